/**
 * The arguments that mean something to RabbitMQ, by what they are given to: others are let pass without a word, and do
 * nothing. Those that some version knows are known, and so are Leveret's own.
 */
import type { FieldTable } from '../../amqp/table'
import { DELAYED_TYPE } from '../../exchanges/delayed'
import { COMPARED_ARGUMENTS } from '../../queues/arguments'

const QUEUE: readonly string[] = [
  ...COMPARED_ARGUMENTS,
  'x-quorum-target-group-size',
  'x-max-age',
  'x-stream-max-segment-size-bytes',
  'x-stream-filter-size-bytes',
  'x-initial-cluster-size',
]

const EXCHANGE: readonly string[] = [
  'alternate-exchange',
  'x-message-deduplication',
  'x-cache-size',
  'x-cache-ttl',
  'x-cache-persistence',
]

const OF_EXCHANGE_TYPE: Readonly<Record<string, readonly string[]>> = {
  'x-consistent-hash': ['hash-header', 'hash-property'],
  'x-recent-history': ['x-recent-history-length'],
  [DELAYED_TYPE]: ['x-delayed-type'],
}

const CONSUMER: readonly string[] = [
  'x-priority',
  'x-consumer-timeout',
  'x-cancel-on-ha-failover',
  'x-stream-offset',
  'x-stream-filter',
  'x-stream-match-unfiltered',
]

/** An argument that does nothing, and the one that may have been meant. */
export interface UnknownArgument {
  readonly name: string
  readonly meant: string | undefined
}

export function unknownQueueArguments(args: FieldTable): UnknownArgument[] {
  return unknownAmong(args, QUEUE)
}

export function unknownExchangeArguments(type: string, args: FieldTable): UnknownArgument[] {
  const types = type === DELAYED_TYPE ? [type, delayedTypeOf(args)] : [type]
  return unknownAmong(args, [...EXCHANGE, ...types.flatMap(name => OF_EXCHANGE_TYPE[name] ?? [])])
}

export function unknownConsumerArguments(args: FieldTable): UnknownArgument[] {
  return unknownAmong(args, CONSUMER)
}

/** Headers exchanges read them, and no others do; nor do those read what begins with `x-`, unless `x-match` says so. */
export function uselessBindingArguments(
  exchange: { readonly type: string; readonly arguments: FieldTable },
  args: FieldTable,
): UnknownArgument[] {
  const type = exchange.type === DELAYED_TYPE ? delayedTypeOf(exchange.arguments) : exchange.type
  const names = [...args.keys()]
  if (type !== 'headers') return names.map(name => ({ name, meant: undefined }))
  const match = args.get('x-match')
  if (match?.type === 'S' && match.value.toString().endsWith('-with-x')) return []
  return names
    .filter(name => name.startsWith('x-') && name !== 'x-match')
    .map(name => ({ name, meant: nearest(name, ['x-match']) }))
}

function delayedTypeOf(args: FieldTable): string {
  const type = args.get('x-delayed-type')
  return type?.type === 'S' ? type.value.toString() : ''
}

function unknownAmong(args: FieldTable, known: readonly string[]): UnknownArgument[] {
  const unknown = [...args.keys()].filter(name => !known.includes(name))
  return unknown.map(name => ({ name, meant: nearest(name, known) }))
}

/** Slips of the fingers, a missing `x-`, an underscore: more is not a guess any more. */
const SLIPS_MAX = 3

function nearest(name: string, known: readonly string[]): string | undefined {
  const plain = plainly(name)
  let best: string | undefined
  let fewest = Math.min(SLIPS_MAX, Math.floor(plain.length / 3) + 1) + 1
  for (const candidate of known) {
    const slips = distance(plain, plainly(candidate), fewest)
    if (slips < fewest) {
      best = candidate
      fewest = slips
    }
  }
  return best
}

function plainly(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/_/g, '-')
    .replace(/^x-/, '')
}

/** Levenshtein's; `limit` or more is not told apart, so a name of 64 KiB costs nothing. */
function distance(one: string, other: string, limit: number): number {
  if (Math.abs(one.length - other.length) >= limit) return limit
  let above = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (let row = 1; row <= one.length; row++) {
    const current = [row]
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1]
      const replaced = (above[column - 1] ?? 0) + (same ? 0 : 1)
      current.push(Math.min(replaced, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    above = current
  }
  return above[other.length] ?? limit
}
