/**
 * The arguments of queue.declare: which RabbitMQ knows, what each may be, and the texts it refuses them with.
 * Pure; the only reader of queue arguments.
 */
import { PreconditionFailed } from '../amqp/errors'
import { type FieldTable, type FieldValue, typeName } from '../amqp/table'

/** RabbitMQ: 10,000 years in milliseconds. */
const MILLISECONDS_MAX = 315_360_000_000

/** Returns the Erlang term RabbitMQ would name, or undefined when the value is fine. */
type Check = (value: FieldValue) => string | undefined

export type QueueType = 'classic' | 'quorum'

/** The types there are, and what each does not know, with the name RabbitMQ's texts give it. */
const QUEUE_TYPES: Readonly<
  Record<QueueType, { readonly module: string; readonly unknown: readonly string[] }>
> = {
  classic: { module: 'rabbit_classic_queue', unknown: ['x-max-age', 'x-delivery-limit'] },
  quorum: { module: 'rabbit_quorum_queue', unknown: ['x-max-age', 'x-max-priority'] },
}

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['x-expires', value => integerFrom(value, 1, MILLISECONDS_MAX)],
  ['x-message-ttl', value => integerFrom(value, 0, MILLISECONDS_MAX)],
  ['x-max-length', value => integerFrom(value, 0)],
  ['x-max-length-bytes', value => integerFrom(value, 0)],
  ['x-max-in-memory-length', value => integerFrom(value, 0)],
  ['x-max-in-memory-bytes', value => integerFrom(value, 0)],
  ['x-max-priority', maxPriority],
  [
    'x-overflow',
    value => oneOf(value, ['drop-head', 'reject-publish', 'reject-publish-dlx'], 'invalid_overflow'),
  ],
  ['x-dead-letter-routing-key', text],
  [
    'x-dead-letter-strategy',
    value => oneOf(value, ['at-most-once', 'at-least-once'], 'invalid_dlx_strategy'),
  ],
  ['x-single-active-consumer', value => (value.type === 't' ? undefined : unacceptable(value))],
  ['x-queue-mode', value => oneOf(value, ['default', 'lazy'], 'invalid_queue_mode')],
  ['x-queue-type', queueType],
])

/** The arguments a second declaration must repeat; RabbitMQ lets all others differ. */
export const COMPARED_ARGUMENTS: readonly string[] = [...checks.keys(), 'x-dead-letter-exchange']

export function queueTypeOf(args: FieldTable): QueueType {
  const type = args.get('x-queue-type')
  return type?.type === 'S' && type.value.toString() === 'quorum' ? 'quorum' : 'classic'
}

/** The arguments with the type spelled out: a queue without `x-queue-type` is a classic one. */
export function withQueueType(args: FieldTable): FieldTable {
  if (args.has('x-queue-type')) return args
  return new Map([...args, ['x-queue-type', { type: 'S', value: Buffer.from('classic') }]])
}

export function isSingleActiveConsumer(args: FieldTable): boolean {
  const value = args.get('x-single-active-consumer')
  return value?.type === 't' && value.value
}

/** `x-consumer-timeout` of a queue, in milliseconds; undefined: it says nothing of it. */
export function consumerTimeoutOf(args: FieldTable): number | undefined {
  const value = args.get('x-consumer-timeout')
  const number = value === undefined ? undefined : integerOf(value)
  return number === undefined || number < 0 ? undefined : Number(number)
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
  for (const [name, value] of args) {
    if (type.unknown.includes(name)) {
      throw new PreconditionFailed(`invalid arg '${name}' for ${resource} of queue type ${type.module}`)
    }
    const problem = checks.get(name)?.(value)
    if (problem !== undefined)
      throw new PreconditionFailed(`invalid arg '${name}' for ${resource}: ${problem}`)
  }
  if (args.has('x-dead-letter-routing-key') && !args.has('x-dead-letter-exchange')) {
    const problem = 'routing_key_but_no_dlx_defined'
    throw new PreconditionFailed(`invalid arg 'x-dead-letter-routing-key' for ${resource}: ${problem}`)
  }
}

/** RabbitMQ looks at this one before the others, and words it otherwise. */
function requireDeadLetterExchangeName(resource: string, args: FieldTable): void {
  const exchange = args.get('x-dead-letter-exchange')
  if (exchange === undefined || exchange.type === 'S') return
  const type = typeName(exchange)
  throw new PreconditionFailed(`invalid type '${type}' for arg 'x-dead-letter-exchange' in ${resource}`)
}

function integerFrom(value: FieldValue, min: number, max = Number.POSITIVE_INFINITY): string | undefined {
  const number = integerOf(value)
  if (number === undefined) return `"expected integer, got ${typeName(value)}"`
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

function integerOf(value: FieldValue): number | bigint | undefined {
  switch (value.type) {
    case 'b':
    case 'B':
    case 's':
    case 'u':
    case 'I':
    case 'i':
    case 'l':
    case 'L':
      return value.value
    default:
      return undefined
  }
}

function oneOf(value: FieldValue, allowed: readonly string[], problem: string): string | undefined {
  if (value.type !== 'S') return unacceptable(value)
  return allowed.includes(value.value.toString()) ? undefined : problem
}

function text(value: FieldValue): string | undefined {
  return value.type === 'S' ? undefined : unacceptable(value)
}

function queueType(value: FieldValue): string | undefined {
  if (value.type !== 'S') return unacceptable(value)
  const type = value.value.toString()
  return Object.hasOwn(QUEUE_TYPES, type) ? undefined : `"unsupported queue type '${type}'"`
}

function unacceptable(value: FieldValue): string {
  return `{unacceptable_type,${typeName(value)}}`
}
