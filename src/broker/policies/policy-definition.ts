/**
 * What a policy's definition may hold: RabbitMQ's settings with its texts, and Leveret's own. An operator policy knows
 * fewer. Pure; what the settings do is in `queues/options`, but for `alternate-exchange`.
 */
import { erlangJson } from '../../amqp/erlang-text'
import type { PolicyDefinition, QueueType } from '../../queues/options'
import { erlangProplist } from '../validation'

export type PolicyKind = 'policy' | 'operator-policy'

type Check = (value: unknown) => boolean

/** What a value must be, and how RabbitMQ goes on when it is not: `-1 is not a valid message TTL`. */
type Setting = readonly [check: Check, complaint: string]

const text: Check = value => typeof value === 'string'
const named: Check = value => typeof value === 'string' && value !== ''
const whole: Check = value => Number.isSafeInteger(value)
const anything: Check = () => true

function from(least: number, most = Number.MAX_SAFE_INTEGER): Check {
  return value => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
}

function one(...allowed: readonly unknown[]): Check {
  return value => allowed.includes(value)
}

const maxAge: Check = value => typeof value === 'string' && /^0*[1-9][0-9]*[YMDhms]$/.test(value)

const SETTINGS: ReadonlyMap<string, Setting> = new Map<string, Setting>([
  ['alternate-exchange', [text, 'is not a valid alternate exchange name']],
  ['consumer-disconnected-timeout', [from(0), 'is not a valid consumer disconnected timeout']],
  ['consumer-timeout', [from(0), 'is not a valid consumer timeout']],
  ['dead-letter-exchange', [text, 'is not a valid dead letter exchange name']],
  ['dead-letter-routing-key', [text, 'is not a valid dead letter routing key']],
  ['dead-letter-strategy', [one('at-most-once', 'at-least-once'), 'is not a valid dead letter strategy']],
  [
    'delayed-retry-type',
    [
      one('all', 'failed', 'returned', 'disabled'),
      'is not a valid delayed retry type. Must be one of: all, failed, returned, disabled',
    ],
  ],
  ['delayed-retry-min', [from(1), 'is not a valid delayed retry minimum delay. Must be a positive integer']],
  ['delayed-retry-max', [from(1), 'is not a valid delayed retry maximum delay. Must be a positive integer']],
  ['delivery-limit', [whole, 'is not a valid delivery limit']],
  ['expires', [from(1), 'is not a valid queue expiry']],
  ['federation-upstream', [text, 'is not a valid federation upstream name']],
  ['federation-upstream-pattern', [text, 'is not a valid federation upstream pattern']],
  ['federation-upstream-set', [text, 'is not a valid federation upstream set name']],
  ['initial-cluster-size', [from(0), 'is not a valid cluster size']],
  ['max-age', [maxAge, 'is not a valid max age']],
  ['max-in-memory-bytes', [from(0), 'is not a valid maximum memory in bytes']],
  ['max-in-memory-length', [from(0), 'is not a valid maximum memory in bytes']],
  ['max-length', [from(0), 'is not a valid maximum length']],
  ['max-length-bytes', [from(0), 'is not a valid maximum length in bytes']],
  ['member-placement-tag', [named, 'is not a valid member-placement-tag value. Must be a non-empty string']],
  ['message-ttl', [from(0), 'is not a valid message TTL']],
  ['overflow', [one('drop-head', 'reject-publish', 'reject-publish-dlx'), 'is not a valid overflow value']],
  [
    'queue-leader-locator',
    [one('client-local', 'balanced', 'random', 'least-leaders'), 'is not a valid queue leader locator value'],
  ],
  ['queue-master-locator', [text, 'is not a valid queue master locator']],
  ['queue-mode', [one('default', 'lazy'), 'is not a valid queue-mode value']],
  ['queue-version', [one(1, 2), 'is not a valid queue-version value']],
  ['stream-filter-size-bytes', [from(16, 255), 'is not a valid filter size. Valid range is 16-255']],
  ['stream-max-segment-size-bytes', [from(0, 3_000_000_000), 'is not a valid segment size']],
  ['target-group-size', [from(1), 'is not a valid qq target count value']],
  // Mirroring is gone since 4.0; definitions of older brokers still name it.
  ['ha-mode', [anything, '']],
  ['ha-params', [anything, '']],
  ['ha-promote-on-failure', [anything, '']],
  ['ha-promote-on-shutdown', [anything, '']],
  ['ha-sync-batch-size', [anything, '']],
  ['ha-sync-mode', [anything, '']],
  // Leveret's own
  ['cache-size', [from(1), 'is not a valid cache size']],
  ['cache-ttl', [from(1), 'is not a valid cache TTL']],
  ['message-deduplication', [one(true, false), 'is not a valid message deduplication value']],
  ['ttl-mode', [one('head', 'exact'), 'is not a valid TTL mode']],
])

const OPERATOR_SETTINGS: ReadonlySet<string> = new Set([
  'delayed-retry-max',
  'delayed-retry-min',
  'delayed-retry-type',
  'delivery-limit',
  'expires',
  'max-in-memory-bytes',
  'max-in-memory-length',
  'max-length',
  'max-length-bytes',
  'member-placement-tag',
  'message-ttl',
  'overflow',
  'queue-version',
  'target-group-size',
])

export const POLICY_KEYS: readonly string[] = [...SETTINGS.keys()]
export const OPERATOR_POLICY_KEYS: readonly string[] = [...OPERATOR_SETTINGS]

/** RabbitMQ: one setting that a type of queue does not know, and the policy is none for its queues. */
const UNKNOWN_TO: Readonly<Record<QueueType, ReadonlySet<string>>> = {
  classic: new Set([
    'initial-cluster-size',
    'max-age',
    'max-in-memory-bytes',
    'max-in-memory-length',
    'stream-max-segment-size-bytes',
    'target-group-size',
  ]),
  quorum: new Set([
    'ha-mode',
    'ha-params',
    'ha-promote-on-failure',
    'ha-promote-on-shutdown',
    'ha-sync-mode',
    'initial-cluster-size',
    'max-age',
    'queue-master-locator',
    'queue-mode',
    'stream-max-segment-size-bytes',
  ]),
}

export function suits(definition: PolicyDefinition, type: QueueType): boolean {
  return Object.keys(definition).every(key => !UNKNOWN_TO[type].has(key))
}

/** What is wrong with a definition, if anything: the first such thing, by key. */
export function definitionProblem(kind: PolicyKind, name: string, definition: unknown): string | undefined {
  if (Array.isArray(definition) && definition.length > 0)
    return `definition must be a dictionary: ${erlangJson(definition)}`
  if (typeof definition !== 'object' || definition === null) {
    const validator = kind === 'policy' ? 'policy_validator' : 'operator_policy_validator'
    return `parse error while reading policy ${name}: ${erlangJson(definition)}. Validator: ${validator}.`
  }
  const settings = definition as PolicyDefinition
  const keys = Object.keys(settings).sort()
  if (keys.length === 0) return 'no policy provided'
  const known = keys.filter(key => SETTINGS.has(key) && (kind === 'policy' || OPERATOR_SETTINGS.has(key)))
  for (const key of known) {
    const [check, complaint] = SETTINGS.get(key) as Setting
    if (!check(settings[key])) return `${erlangJson(settings[key])} ${complaint}`
  }
  const unknown = keys.filter(key => !known.includes(key))
  if (unknown.length > 0) return `${erlangProplist(settings, unknown)} are not recognised policy settings`
  return delayedRetryProblem(settings)
}

function delayedRetryProblem(settings: PolicyDefinition): string | undefined {
  const type = settings['delayed-retry-type']
  const min = settings['delayed-retry-min']
  const max = settings['delayed-retry-max']
  if (type !== undefined && type !== 'disabled' && min === undefined)
    return `delayed-retry-min is required when delayed-retry-type is ${type}`
  if (typeof min === 'number' && typeof max === 'number' && max < min)
    return `delayed-retry-max (${max}) must not be smaller than delayed-retry-min (${min})`
  return undefined
}
