/** What every verb draws from: small pools of names, so that steps meet, and now and then something odd. */
import type { Random } from '../../../spec/crash/random'
import type { MethodFields, MethodName, Table } from '../../support/methods'
import type { MethodStep, Step } from '../step'
import type { Topology } from './topology'

export interface Draw {
  readonly random: Random
  readonly id: number
  readonly topology: Topology
}

export type Verb = (draw: Draw) => Step

/** A step somewhere: mostly on the first channel of the first connection. */
export function step<M extends MethodName>(
  { random, id }: Draw,
  method: M,
  fields: Partial<MethodFields[M]>,
  content?: MethodStep['content'],
): MethodStep {
  const connection = random.pick([0, 0, 0, 0, 1])
  const channel = random.pick([1, 1, 1, 1, 2, 2, 3])
  return { id, connection, channel, method, fields, ...(content && { content }) } as unknown as MethodStep
}

const oddNames = ['nobody', 'amq.nobody', 'amq.rabbitmq.reply-to', 'q\n0', 'Ünï', 'long'.repeat(60)]

export function queueName({ random, id, topology }: Draw): string {
  const odd = random.next()
  if (odd < 0.04) return ''
  if (odd < 0.1) return chosenBefore(random, id)
  if (odd < 0.12) return random.pick(oddNames)
  return random.pick(topology.queueNames)
}

export function exchangeName({ random, topology }: Draw): string {
  const odd = random.next()
  if (odd < 0.03) return ''
  if (odd < 0.06) return random.pick(['nowhere', 'amq.nowhere', 'e\r\n0'])
  if (odd < 0.25)
    return random.pick([
      'amq.direct',
      'amq.fanout',
      'amq.topic',
      'amq.headers',
      'amq.match',
      'amq.rabbitmq.trace',
    ])
  return random.pick(topology.exchangeNames)
}

const words = ['a', 'b', 'c', '']
const patterns = ['*', '#', 'a', 'b', '']

export function routingKey({ random, topology }: Draw): string {
  return random.chance(0.3) ? random.pick(topology.queueNames) : dotted(random, words)
}

export function bindingKey(draw: Draw): string {
  return draw.random.chance(0.4) ? routingKey(draw) : dotted(draw.random, patterns)
}

function dotted(random: Random, among: readonly string[]): string {
  return Array.from({ length: random.pick([1, 1, 1, 2, 2, 3]) }, () => random.pick(among)).join('.')
}

/** What an earlier step was given, if it was given anything. */
export function chosenBefore(random: Random, id: number): string {
  return `$${random.between(1, id)}`
}

/** Of every type that a field can have. */
export function fieldValue(random: Random): unknown {
  return random.pick<unknown>([
    0,
    1,
    -1,
    300,
    70_000,
    2 ** 40,
    1.5,
    'text',
    '1',
    '',
    true,
    false,
    null,
    Buffer.from('bytes'),
    [1, 'a'],
    [],
    { a: 1 },
    {},
    { '!': 'timestamp', value: 1_000_000 },
    { '!': 'float', value: 0.5 },
    { '!': 'double', value: 1 },
    { '!': 'int64', value: 1 },
    { '!': 'short', value: 1 },
    { '!': 'uint8', value: 200 },
    { '!': 'decimal', value: { digits: 5, places: 1 } },
  ])
}

/** No time of a few milliseconds: what happens when is nobody's fault. */
export function oddValue(random: Random): unknown {
  for (;;) {
    const value = fieldValue(random)
    const number = typeof value === 'object' && value !== null ? (value as { value?: unknown }).value : value
    if (typeof number !== 'number' || number <= 0 || number >= 1_000_000) return value
  }
}

/** A table of some of these, each with a value of its own; once in a while any value at all. */
export function someOf(
  random: Random,
  values: Readonly<Record<string, readonly unknown[]>>,
  often: number,
  odd = 0.05,
): Table {
  const table: Table = {}
  for (const [key, good] of Object.entries(values)) {
    if (!random.chance(often)) continue
    table[key] = random.chance(odd)
      ? (key === 'x-expires' || key === 'x-message-ttl' ? oddValue : fieldValue)(random)
      : random.pick(good)
  }
  return table
}
