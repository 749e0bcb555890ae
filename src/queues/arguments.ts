/**
 * The arguments of queue.declare: which are known, what each may be, and the texts RabbitMQ refuses them with. Pure; what
 * they mean is in `options.ts`, which reads them through what is here.
 */
import { erlangString } from '../amqp/erlang-text'
import { PreconditionFailed } from '../amqp/errors'
import { type FieldTable, type FieldValue, integerOf, typeName } from '../amqp/table'

/** RabbitMQ: 10,000 years in milliseconds. */
const MILLISECONDS_MAX = 315_360_000_000

/** Returns the Erlang term RabbitMQ would name, or undefined when the value is fine. */
type Check = (value: FieldValue, args: FieldTable) => string | undefined

export type QueueType = 'classic' | 'quorum'

/** RabbitMQ's last two mean 'balanced'; here nobody leads. */
const LEADER_LOCATORS = ['client-local', 'balanced', 'random', 'least-leaders'] as const

/** Arguments of streams, which the types here do not know. */
const STREAM_ARGUMENTS = ['x-max-age', 'x-stream-max-segment-size-bytes', 'x-initial-cluster-size'] as const

/** The types there are, and what each does not know, with the name RabbitMQ's texts give it. */
const QUEUE_TYPES: Readonly<
  Record<QueueType, { readonly module: string; readonly unknown: readonly string[] }>
> = {
  classic: {
    module: 'rabbit_classic_queue',
    unknown: [
      ...STREAM_ARGUMENTS,
      'x-max-in-memory-length',
      'x-max-in-memory-bytes',
      'x-quorum-initial-group-size',
    ],
  },
  quorum: {
    module: 'rabbit_quorum_queue',
    unknown: [
      ...STREAM_ARGUMENTS,
      'x-max-priority',
      'x-queue-mode',
      'x-queue-version',
      'x-queue-master-locator',
    ],
  },
}

/** In the order in which RabbitMQ looks at them; then come Leveret's own and those it does not check. */
const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['x-queue-type', value => unsupported(value, Object.keys(QUEUE_TYPES), 'type')],
  ['x-expires', value => integerFrom(value, 1, MILLISECONDS_MAX)],
  ['x-message-ttl', value => integerFrom(value, 0, MILLISECONDS_MAX)],
  ['x-dead-letter-routing-key', deadLetterRoutingKey],
  [
    'x-dead-letter-strategy',
    value => oneOf(value, ['at-most-once', 'at-least-once'], 'invalid_dlx_strategy'),
  ],
  ['x-max-length', value => integerFrom(value, 0)],
  ['x-max-length-bytes', value => integerFrom(value, 0)],
  ['x-max-in-memory-length', value => integerFrom(value, 0)],
  ['x-max-in-memory-bytes', value => integerFrom(value, 0)],
  ['x-max-priority', maxPriority],
  [
    'x-overflow',
    value => oneOf(value, ['drop-head', 'reject-publish', 'reject-publish-dlx'], 'invalid_overflow'),
  ],
  ['x-queue-mode', value => unsupported(value, ['default', 'lazy'], 'mode')],
  ['x-queue-version', queueVersion],
  ['x-single-active-consumer', flag],
  ['x-consumer-timeout', value => integerFrom(value, 0)],
  ['x-consumer-disconnected-timeout', value => integerFrom(value, 0)],
  ['x-quorum-initial-group-size', value => integerFrom(value, 1)],
  ['x-queue-leader-locator', value => oneOf(value, LEADER_LOCATORS, 'invalid_queue_locator_arg')],
  ['x-delivery-limit', integer],
  [
    'x-delayed-retry-type',
    value => oneOf(value, ['disabled', 'all', 'failed', 'returned'], 'invalid_delayed_retry_type'),
  ],
  ['x-delayed-retry-min', value => integerFrom(value, 1, MILLISECONDS_MAX)],
  ['x-delayed-retry-max', value => integerFrom(value, 1, MILLISECONDS_MAX)],
  ['x-ttl-mode', value => oneOf(value, ['head', 'exact'], 'invalid_ttl_mode')],
  ['x-message-deduplication', flag],
  ['x-cache-size', value => integerFrom(value, 1)],
  ['x-cache-ttl', value => integerFrom(value, 1, MILLISECONDS_MAX)],
])

const ALL_ARGUMENTS: readonly string[] = [
  ...checks.keys(),
  'x-dead-letter-exchange',
  'x-queue-master-locator',
]

/** The arguments a second declaration must repeat, in the order of RabbitMQ, which lets all others differ. */
const comparedArguments: Readonly<Record<QueueType, readonly string[]>> = {
  classic: comparedIn('classic', [
    'x-expires',
    'x-message-ttl',
    'x-dead-letter-exchange',
    'x-dead-letter-routing-key',
    'x-max-length',
    'x-max-length-bytes',
    'x-max-priority',
    'x-overflow',
    'x-queue-mode',
    'x-queue-version',
    'x-single-active-consumer',
    'x-queue-type',
    'x-queue-master-locator',
  ]),
  quorum: comparedIn('quorum', [
    'x-dead-letter-exchange',
    'x-dead-letter-routing-key',
    'x-dead-letter-strategy',
    'x-expires',
    'x-max-length',
    'x-max-length-bytes',
    'x-max-in-memory-length',
    'x-max-in-memory-bytes',
    'x-overflow',
    'x-single-active-consumer',
    'x-queue-type',
    'x-quorum-initial-group-size',
    'x-delivery-limit',
    'x-message-ttl',
    'x-queue-leader-locator',
  ]),
}

/** These first, and behind them what only Leveret knows for this type. */
function comparedIn(type: QueueType, first: readonly string[]): string[] {
  const { unknown } = QUEUE_TYPES[type]
  return [...first, ...ALL_ARGUMENTS.filter(name => !first.includes(name) && !unknown.includes(name))]
}

/** Every argument that some queue looks at. */
export const COMPARED_ARGUMENTS: readonly string[] = [
  ...new Set([...comparedArguments.classic, ...comparedArguments.quorum]),
]

/** For a queue that was declared with these. */
export function argumentsToRepeat(args: FieldTable): readonly string[] {
  return comparedArguments[queueTypeOf(args)]
}

export function isQueueType(name: string): name is QueueType {
  return Object.hasOwn(QUEUE_TYPES, name)
}

export function queueTypeOf(args: FieldTable): QueueType {
  const type = args.get('x-queue-type')
  return type?.type === 'S' && type.value.toString() === 'quorum' ? 'quorum' : 'classic'
}

/** The arguments with the type spelled out: a queue without `x-queue-type` is a classic one. */
export function withQueueType(args: FieldTable): FieldTable {
  if (args.has('x-queue-type')) return args
  return new Map([...args, ['x-queue-type', { type: 'S', value: Buffer.from('classic') }]])
}

/** An argument that is there and of that type. Whole numbers beyond 2^53 are as good as 2^53. */
export function integerArgument(args: FieldTable, name: string): number | undefined {
  const value = args.get(name)
  const integer = value === undefined ? undefined : integerOf(value)
  if (typeof integer !== 'bigint') return integer
  return integer < 0n ? Number.MIN_SAFE_INTEGER : Number.MAX_SAFE_INTEGER
}

export function textArgument(args: FieldTable, name: string): string | undefined {
  const value = args.get(name)
  return value?.type === 'S' ? value.value.toString() : undefined
}

export function booleanArgument(args: FieldTable, name: string): boolean | undefined {
  const value = args.get(name)
  return value?.type === 't' ? value.value : undefined
}

export function isSingleActiveConsumer(args: FieldTable): boolean {
  return booleanArgument(args, 'x-single-active-consumer') ?? false
}

export interface QueueProperties {
  readonly durable: boolean
  readonly isExclusive: boolean
  readonly autoDelete: boolean
}

/** Quorum queues last. @throws PreconditionFailed `invalid property 'auto-delete' for queue 'q' in vhost '/'` */
export function checkQueueProperties(resource: string, properties: QueueProperties, args: FieldTable): void {
  if (queueTypeOf(args) === 'classic') return
  const { durable, isExclusive, autoDelete } = properties
  const wrong = isExclusive
    ? 'exclusive-owner'
    : autoDelete
      ? 'auto-delete'
      : durable
        ? undefined
        : 'non-durable'
  if (wrong !== undefined) throw new PreconditionFailed(`invalid property '${wrong}' for ${resource}`)
}

/** @throws PreconditionFailed for the types that need a name of their own */
export function requireServerNaming(args: FieldTable): void {
  if (queueTypeOf(args) === 'classic') return
  throw new PreconditionFailed(`Cannot declare a server-named queue for type ${QUEUE_TYPES.quorum.module}`)
}

/** @throws PreconditionFailed `invalid arg 'x-message-ttl' for queue 'q' in vhost '/': {value_negative,-1}` */
export function checkQueueArguments(resource: string, args: FieldTable): void {
  requireDeadLetterExchangeName(resource, args)
  const type = QUEUE_TYPES[queueTypeOf(args)]
  for (const [name, check] of checks) {
    if (type.unknown.includes(name)) continue
    const value = args.get(name)
    const problem = value === undefined ? undefined : check(value, args)
    if (problem !== undefined)
      throw new PreconditionFailed(`invalid arg '${name}' for ${resource}: ${problem}`)
  }
  for (const name of args.keys()) {
    if (!type.unknown.includes(name)) continue
    throw new PreconditionFailed(`invalid arg '${name}' for ${resource} of queue type ${type.module}`)
  }
}

/** RabbitMQ looks at this one before the others, and words it otherwise. */
function requireDeadLetterExchangeName(resource: string, args: FieldTable): void {
  const exchange = args.get('x-dead-letter-exchange')
  if (exchange === undefined || exchange.type === 'S') return
  const type = typeName(exchange)
  throw new PreconditionFailed(`invalid type '${type}' for arg 'x-dead-letter-exchange' in ${resource}`)
}

/** RabbitMQ: a delivery limit below zero is none. */
function integer(value: FieldValue): string | undefined {
  return integerOf(value) === undefined ? `"expected integer, got ${typeName(value)}"` : undefined
}

function integerFrom(value: FieldValue, min: number, max = Number.POSITIVE_INFINITY): string | undefined {
  const number = integerOf(value)
  if (number === undefined) return integer(value)
  if (number < 0) return `{value_negative,${number}}`
  if (number < min) return `{value_zero,${number}}`
  return number > max ? `{value_too_large,${number}}` : undefined
}

function maxPriority(value: FieldValue): string | undefined {
  const number = integerOf(value)
  return (
    integerFrom(value, 0) ??
    (number !== undefined && number > 255 ? `{max_value_exceeded,${number}}` : undefined)
  )
}

function oneOf(value: FieldValue, allowed: readonly string[], problem: string): string | undefined {
  if (value.type !== 'S') return unacceptable(value)
  return allowed.includes(value.value.toString()) ? undefined : problem
}

function flag(value: FieldValue): string | undefined {
  return value.type === 't' ? undefined : unacceptable(value)
}

function deadLetterRoutingKey(value: FieldValue, args: FieldTable): string | undefined {
  if (value.type !== 'S') return unacceptable(value)
  return args.has('x-dead-letter-exchange') ? undefined : 'routing_key_but_no_dlx_defined'
}

function queueVersion(value: FieldValue): string | undefined {
  const version = integerOf(value)
  if (version === undefined || version < 0) return integerFrom(value, 0)
  return version === 1 || version === 2 ? undefined : `"unsupported queue version '${version}'"`
}

function unsupported(value: FieldValue, supported: readonly string[], what: string): string | undefined {
  if (value.type !== 'S') return unacceptable(value)
  const text = value.value.toString()
  return supported.includes(text) ? undefined : erlangString(`unsupported queue ${what} '${text}'`)
}

function unacceptable(value: FieldValue): string {
  return `{unacceptable_type,${typeName(value)}}`
}
