/**
 * What a queue is told to do: its arguments, its policy and its operator policy made into one frozen record. Pure; the
 * only reader of what the arguments mean (`arguments.ts` says which are valid). Policies are taken as they were checked.
 *
 *   arguments ∧ (policy ∧ operator policy)    limits: the lower one; names and modes: the argument, then the policy
 */
import type { FieldTable } from '../amqp/table'
import { booleanArgument, integerArgument, type QueueType, queueTypeOf, textArgument } from './arguments'

export type { QueueType } from './arguments'

export type Overflow = 'drop-head' | 'reject-publish' | 'reject-publish-dlx'

/** A policy's definition as the management API has it: JSON values by key. */
export type PolicyDefinition = Readonly<Record<string, unknown>>

export interface DelayedRetry {
  readonly type: 'all' | 'failed' | 'returned'
  /** Milliseconds, times the number of deliveries so far. */
  readonly min: number
  /** Milliseconds, at most. RabbitMQ: as much as `min` where nothing is said. */
  readonly max: number | undefined
}

export interface QueueOptions {
  readonly type: QueueType
  /** Milliseconds; undefined: no limit. Same for all below. */
  readonly messageTtl: number | undefined
  /** Leveret's own: 'exact' expires anywhere in the queue, 'head' (RabbitMQ) only at its head. Argument x-ttl-mode. */
  readonly ttlMode: 'head' | 'exact'
  readonly expires: number | undefined
  readonly maxLength: number | undefined
  readonly maxLengthBytes: number | undefined
  readonly overflow: Overflow
  readonly deadLetterExchange: string | undefined
  readonly deadLetterRoutingKey: string | undefined
  /** 'at-least-once' only beside the overflow 'reject-publish', as in RabbitMQ. */
  readonly deadLetterStrategy: 'at-most-once' | 'at-least-once'
  /** 0: no priorities (argument only, no policy). */
  readonly maxPriority: number
  readonly singleActiveConsumer: boolean
  /** Undefined: no limit. */
  readonly deliveryLimit: number | undefined
  /** Whether what was merely returned counts towards it, or only what was rejected. */
  readonly countsReturned: boolean
  readonly delayedRetry: DelayedRetry | undefined
  readonly consumerTimeout: number | undefined
  readonly deduplication: { readonly size: number | undefined; readonly ttl: number | undefined } | undefined
}

/** What quorum queues get where nothing is said; differs by RabbitMQ's version. */
export interface QueueDefaults {
  readonly deliveryLimit: number | undefined
  /** Whether what was merely returned counts towards the delivery limit, or only what was rejected. */
  readonly countsReturned: boolean
}

export function queueOptions(
  args: FieldTable,
  policy?: PolicyDefinition,
  operatorPolicy?: PolicyDefinition,
  defaults?: QueueDefaults,
): QueueOptions {
  const type = queueTypeOf(args)
  const told = new Told(args, mergeOperatorPolicy(policy, operatorPolicy) ?? {})
  const overflow = told.oneOf('overflow', OVERFLOWS, 'drop-head')
  return Object.freeze({
    type,
    messageTtl: told.lower('message-ttl'),
    ttlMode: told.oneOf('ttl-mode', TTL_MODES, 'head'),
    expires: told.lower('expires'),
    maxLength: told.lower('max-length'),
    maxLengthBytes: told.lower('max-length-bytes'),
    overflow,
    deadLetterExchange: told.text('dead-letter-exchange'),
    deadLetterRoutingKey: told.text('dead-letter-routing-key'),
    deadLetterStrategy:
      overflow === 'reject-publish'
        ? told.oneOf('dead-letter-strategy', DEAD_LETTER_STRATEGIES, 'at-most-once')
        : 'at-most-once',
    maxPriority: integerArgument(args, 'x-max-priority') ?? 0,
    singleActiveConsumer: booleanArgument(args, 'x-single-active-consumer') ?? false,
    deliveryLimit: deliveryLimit(told, type === 'quorum' ? defaults?.deliveryLimit : undefined),
    countsReturned: defaults?.countsReturned ?? true,
    delayedRetry: delayedRetry(told),
    consumerTimeout: told.lower('consumer-timeout'),
    deduplication: deduplication(told),
  })
}

/** The policy and the operator policy that apply to a thing as one definition: key by key, the operator has the last word. */
export function mergeOperatorPolicy(
  policy: PolicyDefinition | undefined,
  operatorPolicy: PolicyDefinition | undefined,
): PolicyDefinition | undefined {
  if (policy === undefined || operatorPolicy === undefined) return policy ?? operatorPolicy
  const merged: Record<string, unknown> = { ...policy }
  for (const [key, value] of Object.entries(operatorPolicy)) {
    merged[key] = Object.hasOwn(policy, key) ? mergeValue(key, policy[key], value) : value
  }
  return merged
}

const OVERFLOWS = ['drop-head', 'reject-publish', 'reject-publish-dlx'] as const
const TTL_MODES = ['head', 'exact'] as const
const DEAD_LETTER_STRATEGIES = ['at-most-once', 'at-least-once'] as const
const DELAYED_RETRIES = ['all', 'failed', 'returned', 'disabled'] as const

/** An argument and a policy key of the same name are called `x-<key>` and `<key>`. */
class Told {
  constructor(
    private readonly args: FieldTable,
    private readonly policy: PolicyDefinition,
  ) {}

  argumentInteger(key: string): number | undefined {
    return integerArgument(this.args, `x-${key}`)
  }

  policyInteger(key: string): number | undefined {
    return integerIn(this.policyValue(key))
  }

  lower(key: string): number | undefined {
    return lowerOf(this.argumentInteger(key), this.policyInteger(key))
  }

  text(key: string): string | undefined {
    return textArgument(this.args, `x-${key}`) ?? textIn(this.policyValue(key))
  }

  oneOf<T extends string>(key: string, allowed: readonly T[], otherwise: T): T {
    return allowed.find(value => value === this.text(key)) ?? otherwise
  }

  /** RabbitMQ: of this one key the policy goes before the argument. */
  delayedRetryType(): (typeof DELAYED_RETRIES)[number] {
    const key = 'delayed-retry-type'
    const said = textIn(this.policyValue(key)) ?? textArgument(this.args, `x-${key}`)
    return DELAYED_RETRIES.find(value => value === said) ?? 'disabled'
  }

  isTrue(key: string): boolean {
    return booleanArgument(this.args, `x-${key}`) ?? this.policyValue(key) === true
  }

  private policyValue(key: string): unknown {
    return Object.hasOwn(this.policy, key) ? this.policy[key] : undefined
  }
}

function deliveryLimit(told: Told, otherwise: number | undefined): number | undefined {
  const limit = strictestLimit(told.argumentInteger('delivery-limit'), told.policyInteger('delivery-limit'))
  if (limit === undefined) return otherwise
  return limit < 0 ? undefined : limit
}

function delayedRetry(told: Told): DelayedRetry | undefined {
  const type = told.delayedRetryType()
  const min = told.lower('delayed-retry-min')
  if (type === 'disabled' || min === undefined) return undefined
  return Object.freeze({ type, min, max: told.lower('delayed-retry-max') ?? min })
}

function deduplication(told: Told): QueueOptions['deduplication'] {
  if (!told.isTrue('message-deduplication')) return undefined
  return Object.freeze({ size: told.lower('cache-size'), ttl: told.lower('cache-ttl') })
}

/** RabbitMQ's `merge_policy_value`, of its policies and of its quorum queues. */
function mergeValue(key: string, value: unknown, operatorValue: unknown): unknown {
  const ours = integerIn(value)
  const theirs = integerIn(operatorValue)
  if (ours === undefined || theirs === undefined) return operatorValue
  switch (key) {
    case 'delivery-limit':
      return strictestLimit(ours, theirs)
    case 'delayed-retry-min':
    case 'target-group-size':
      return Math.max(ours, theirs)
    case 'queue-version':
      return theirs
    default:
      return Math.min(ours, theirs)
  }
}

function lowerOf(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return Math.min(one, other)
}

/** Less than nothing is no limit, and no limit is the weakest. */
function strictestLimit(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return one < 0 || other < 0 ? Math.max(one, other) : Math.min(one, other)
}

function integerIn(value: unknown): number | undefined {
  return Number.isInteger(value) ? (value as number) : undefined
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
