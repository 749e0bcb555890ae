/** The queues and exchanges of a plan: each has one way to be declared, so that most declarations agree. */
import type { Random } from '../../crash/random'
import type { Plain } from '../model/plain'
import type { Emphasis } from './emphasis'

export const QUEUES = 6
export const EXCHANGES = 5

export interface DeclaredQueue {
  readonly queue: string
  readonly durable: boolean
  readonly exclusive: boolean
  readonly autoDelete: boolean
  readonly arguments: Plain
}

export interface DeclaredExchange {
  readonly exchange: string
  readonly type: string
  readonly durable: boolean
  readonly autoDelete: boolean
  readonly internal: boolean
  readonly arguments: Plain
}

export function declaredQueue(random: Random, index: number, emphasis: Emphasis): DeclaredQueue {
  if (random.chance(0.15)) return quorumQueue(random, index, emphasis)
  const durable = random.chance(0.65)
  return {
    queue: `q${index}`,
    durable,
    exclusive: random.chance(0.06),
    autoDelete: random.chance(0.12),
    arguments: queueArguments(random, emphasis),
  }
}

function quorumQueue(random: Random, index: number, emphasis: Emphasis): DeclaredQueue {
  const {
    'x-max-priority': _,
    'x-single-active-consumer': __,
    'x-queue-mode': ___,
    ...args
  } = queueArguments(random, emphasis)
  const overflow =
    args['x-overflow'] === undefined ? {} : { 'x-overflow': random.pick(['drop-head', 'reject-publish']) }
  const type = { 'x-queue-type': 'quorum' }
  return {
    ...{ queue: `q${index}`, durable: true, exclusive: false, autoDelete: false },
    arguments: { ...args, ...overflow, ...type },
  }
}

function queueArguments(random: Random, { deduplicated, refusing, limited }: Emphasis): Plain {
  const args: Record<string, unknown> = {}
  const maybe = (chance: number, key: string, value: () => unknown): void => {
    if (random.chance(chance)) args[key] = value()
  }
  maybe(0.2, 'x-message-ttl', () => random.pick([0, 100, 1000, 30_000]))
  maybe(refusing ?? 0.25, 'x-max-length', () => random.pick([0, 1, 5, 20]))
  maybe(0.1, 'x-max-length-bytes', () => random.between(20, 2000))
  maybe(refusing ?? 0.3, 'x-overflow', () =>
    random.pick(['drop-head', 'reject-publish', 'reject-publish-dlx']),
  )
  maybe(0.45, 'x-dead-letter-exchange', () => random.pick(['', 'e0', 'e1', 'amq.fanout', 'nowhere']))
  if ('x-dead-letter-exchange' in args)
    maybe(0.6, 'x-dead-letter-routing-key', () => random.pick([queueName(random), 'a.b']))
  maybe(0.2, 'x-max-priority', () => random.pick([1, 3, 10]))
  maybe(0.15, 'x-single-active-consumer', () => true)
  maybe(0.15, 'x-expires', () => random.pick([100, 1000, 30_000]))
  maybe(limited ?? 0.3, 'x-delivery-limit', () => random.pick([0, 0, 1, 3]))
  maybe(0.1, 'x-ttl-mode', () => 'exact')
  if (random.chance(0.08))
    Object.assign(args, {
      'x-delayed-retry-type': random.pick(['all', 'failed', 'returned']),
      'x-delayed-retry-min': 1000,
    })
  if (args['x-overflow'] === 'reject-publish') maybe(0.4, 'x-dead-letter-strategy', () => 'at-least-once')
  maybe(deduplicated ?? 0.35, 'x-message-deduplication', () => random.chance(0.9))
  if ('x-message-deduplication' in args) {
    maybe(0.3, 'x-cache-size', () => random.pick([1, 2, 5]))
    maybe(0.3, 'x-cache-ttl', () => random.pick([500, 20_000]))
  }
  maybe(0.1, 'x-queue-mode', () => 'lazy')
  return args
}

export function declaredExchange(
  random: Random,
  index: number,
  { delayed: delays, topics, deduplicated }: Emphasis,
): DeclaredExchange {
  const delayed = random.chance(delays ?? 0.4)
    ? { 'x-delayed-type': random.pick(['direct', 'fanout', 'topic', 'headers']) }
    : {}
  const types = ['direct', 'fanout', 'topic', 'headers', 'topic', 'x-random', 'x-consistent-hash'] as const
  return {
    exchange: `e${index}`,
    type:
      'x-delayed-type' in delayed
        ? 'x-delayed-message'
        : random.chance(topics ?? 0)
          ? 'topic'
          : types[index] !== undefined && random.chance(0.6)
            ? types[index]
            : random.pick(types),
    durable: random.chance(0.6),
    autoDelete: random.chance(0.15),
    internal: false,
    arguments: {
      ...delayed,
      ...exchangeDeduplication(random, deduplicated ?? 0.15),
      ...(random.chance(0.25) ? { 'alternate-exchange': exchangeName(random) } : {}),
    },
  }
}

function exchangeDeduplication(random: Random, chance: number): Plain {
  if (!random.chance(chance)) return {}
  return {
    'x-message-deduplication': true,
    ...(random.chance(0.3) ? { 'x-cache-size': random.between(1, 3) } : {}),
    ...(random.chance(0.3) ? { 'x-cache-ttl': random.pick([500, 20_000]) } : {}),
    ...(random.chance(0.2) ? { 'x-cache-persistence': 'memory' } : {}),
  }
}

export function queueName(random: Random): string {
  return `q${random.between(0, QUEUES - 1)}`
}

export function exchangeName(random: Random): string {
  return `e${random.between(0, EXCHANGES - 1)}`
}

export function sourceName(random: Random): string {
  return random.chance(0.2)
    ? random.pick(['amq.direct', 'amq.fanout', 'amq.topic', 'amq.headers'])
    : exchangeName(random)
}
