/** The names of a program and what it mostly means by them, and the declarations it begins with. */
import type { Random } from '../../../spec/crash/random'
import type { MethodFields } from '../../support/methods'
import { type Draw, someOf, step, type Verb } from './draw'

export type QueueDefinition = Partial<MethodFields['queue.declare']>
export type ExchangeDefinition = Partial<MethodFields['exchange.declare']>

export interface Topology {
  readonly queueNames: readonly string[]
  readonly exchangeNames: readonly string[]
  readonly queues: Readonly<Record<string, QueueDefinition>>
  readonly exchanges: Readonly<Record<string, ExchangeDefinition>>
  readonly prelude: readonly Verb[]
  readonly hasPolicies: boolean
}

/** How many of the programs, from 0 to 1. */
export interface Often {
  /** They take long. */
  readonly quorum: number
  /** They need a management. */
  readonly policies: number
}

const exchangeTypes = ['direct', 'direct', 'fanout', 'fanout', 'topic', 'topic', 'headers']

export function drawTopology(random: Random, often: Often): Topology {
  const queueNames = names('q', random.between(1, 4))
  const exchangeNames = names('e', random.between(1, 3))
  const plain = random.chance(0.2)
  const isQuorum = random.chance(often.quorum)
  const draw = () =>
    isQuorum && random.chance(0.7)
      ? drawQuorumQueue(random, exchangeNames, queueNames)
      : drawQueue(random, exchangeNames, queueNames, plain)
  const queues = Object.fromEntries(queueNames.map(name => [name, { queue: name, ...draw() }]))
  const exchanges = Object.fromEntries(
    exchangeNames.map(name => [name, { exchange: name, ...drawExchange(random, exchangeNames) }]),
  )
  const mode = random.pick(['tx.select', 'confirm.select', 'confirm.select', '', ''] as const)
  const prelude: Verb[] = [
    ...(mode === '' ? [] : [(draw: Draw) => step(draw, mode, {})]),
    ...exchangeNames.map(
      (name): Verb =>
        draw =>
          step(draw, 'exchange.declare', exchanges[name] ?? {}),
    ),
    ...queueNames.map(
      (name): Verb =>
        draw =>
          step(draw, 'queue.declare', queues[name] ?? {}),
    ),
    ...queueNames.map(
      (queue): Verb =>
        draw => {
          const exchange = draw.random.pick(exchangeNames)
          const routingKey = draw.random.pick(['a', 'a.b', '#', queue])
          return step(draw, 'queue.bind', { queue, exchange, routingKey })
        },
    ),
  ]
  const hasPolicies = random.chance(often.policies)
  return { queueNames, exchangeNames, queues, exchanges, prelude, hasPolicies }
}

function names(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${letter}${index}`)
}

const rarelyUsed = {
  'x-queue-version': [0, 1, 2, 3],
  'x-max-in-memory-length': [5],
  'x-quorum-initial-group-size': [1, 0],
  'x-max-age': ['1h'],
  'x-other': ['anything'],
  other: [1],
}

const hardlyEverUsed = {
  'x-queue-leader-locator': ['client-local', 'balanced', 'nonsense'],
  'x-dead-letter-strategy': ['at-most-once', 'at-least-once', 'nonsense'],
  // no other: RabbitMQ 3.10 closes the connection then (541)
  'x-queue-master-locator': ['min-masters', 'client-local'],
}

export function drawQueue(
  random: Random,
  exchanges: readonly string[],
  queues: readonly string[],
  plain = false,
): QueueDefinition {
  const often = plain ? 0 : random.pick([0.05, 0.15, 0.3])
  return {
    durable: random.chance(0.3),
    exclusive: random.chance(0.1),
    autoDelete: random.chance(0.1),
    arguments: {
      ...someOf(
        random,
        {
          'x-max-length': [0, 1, 2, 3],
          'x-max-length-bytes': [0, 3, 10],
          'x-overflow': ['drop-head', 'reject-publish', 'reject-publish-dlx'],
          'x-message-ttl': [0, 100_000_000],
          'x-expires': [100_000_000],
          'x-max-priority': [1, 3, 10, 255],
          'x-single-active-consumer': [true, true, false],
          'x-queue-mode': ['lazy', 'default'],
          'x-queue-type': ['classic'],
        },
        often,
      ),
      ...someOf(random, rarelyUsed, 0.02, 0.2),
      ...someOf(random, hardlyEverUsed, 0.004, 0),
      ...someOf(random, { 'x-dead-letter-exchange': ['', ...exchanges, ...exchanges] }, often * 2, 0.02),
      ...someOf(random, { 'x-dead-letter-routing-key': ['a', ...queues] }, often, 0.02),
    },
  }
}

function drawQuorumQueue(
  random: Random,
  exchanges: readonly string[],
  queues: readonly string[],
): QueueDefinition {
  const often = random.pick([0.1, 0.3])
  return {
    durable: !random.chance(0.03),
    exclusive: random.chance(0.03),
    autoDelete: random.chance(0.03),
    arguments: {
      'x-queue-type': 'quorum',
      // without it what is given back goes to the end in 3.10
      'x-delivery-limit': random.pick([0, 1, 2, 20, 20]),
      ...someOf(
        random,
        {
          'x-max-length': [1, 2, 3],
          'x-max-length-bytes': [3, 10],
          'x-overflow': ['drop-head', 'reject-publish'],
          'x-message-ttl': [100_000_000],
          'x-expires': [100_000_000],
          'x-single-active-consumer': [true],
          'x-quorum-initial-group-size': [1],
          'x-queue-leader-locator': ['client-local', 'balanced'],
        },
        often,
        0.03,
      ),
      ...someOf(random, { 'x-max-priority': [5], 'x-queue-mode': ['lazy'], 'x-max-age': ['1h'] }, 0.01, 0),
      ...someOf(random, { 'x-dead-letter-exchange': ['', ...exchanges, ...exchanges] }, often * 2, 0),
      ...someOf(random, { 'x-dead-letter-routing-key': ['a', ...queues] }, often, 0),
    },
  }
}

export function drawExchange(random: Random, exchanges: readonly string[]): ExchangeDefinition {
  return {
    type: random.pick(exchangeTypes),
    durable: random.chance(0.3),
    autoDelete: random.chance(0.15),
    internal: random.chance(0.08),
    arguments: someOf(random, { 'alternate-exchange': ['amq.fanout', ...exchanges] }, 0.15, 0.1),
  }
}
