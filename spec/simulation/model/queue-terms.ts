/** What arguments and a policy make a queue do, read a second time and not by src/queues/options. */
import type { Plain } from './plain'

export interface QueueTerms {
  readonly maxLength: number
  readonly maxLengthBytes: number
  readonly overflow: string
  readonly messageTtl: number | undefined
  readonly deadLetterExchange: string | undefined
  readonly deadLetterRoutingKey: string | undefined
  readonly maxPriority: number
  readonly isSingleActive: boolean
  readonly deliveryLimit: number
  /** Milliseconds that nobody may use it. */
  readonly expires: number
  /** They expire anywhere, not only at the head. */
  readonly isExact: boolean
  /** What comes back may have to wait for its next try. */
  readonly delaysRetries: boolean
  /** A dead letter that finds no place is tried again. */
  readonly isAtLeastOnce: boolean
  readonly isDeduplicating: boolean
  /** Keys that it remembers, and for how many milliseconds. */
  readonly cacheSize: number
  readonly cacheTtl: number
}

export interface PolicyModel {
  readonly name: string
  /** A regular expression of the harmless kind. */
  readonly pattern: string
  readonly priority: number
  readonly definition: Plain
}

export function queueTerms(args: Plain, policy: Plain | undefined): QueueTerms {
  const lower = (key: string): number => Math.min(numberOr(args[`x-${key}`]), numberOr(policy?.[key]))
  const text = (key: string): string | undefined => (args[`x-${key}`] ?? policy?.[key]) as string | undefined
  const ttl = lower('message-ttl')
  const isQuorum = args['x-queue-type'] === 'quorum'
  return {
    maxLength: lower('max-length'),
    maxLengthBytes: lower('max-length-bytes'),
    overflow: text('overflow') ?? 'drop-head',
    messageTtl: ttl === Number.POSITIVE_INFINITY ? undefined : ttl,
    deadLetterExchange: text('dead-letter-exchange'),
    deadLetterRoutingKey: text('dead-letter-routing-key'),
    expires: lower('expires'),
    isExact: args['x-ttl-mode'] === 'exact',
    delaysRetries: args['x-delayed-retry-type'] !== undefined,
    isAtLeastOnce:
      args['x-dead-letter-strategy'] === 'at-least-once' && text('overflow') === 'reject-publish',
    isDeduplicating: (args['x-message-deduplication'] ?? policy?.['message-deduplication']) === true,
    cacheSize: lower('cache-size'),
    cacheTtl: lower('cache-ttl'),
    maxPriority: (args['x-max-priority'] as number | undefined) ?? 0,
    isSingleActive: args['x-single-active-consumer'] === true,
    deliveryLimit: Math.min(
      lower('delivery-limit'),
      isQuorum && args['x-delivery-limit'] === undefined ? 20 : Infinity,
    ),
  }
}

/** The one with the highest priority; of equal ones the first by name. */
export function policyFor(name: string, policies: readonly PolicyModel[]): PolicyModel | undefined {
  const [first] = policies
    .filter(({ pattern }) => new RegExp(pattern).test(name))
    .sort((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1))
  return first
}

function numberOr(value: unknown): number {
  return typeof value === 'number' ? value : Number.POSITIVE_INFINITY
}
