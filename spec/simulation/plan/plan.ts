/** What is done in a simulation, made up front from the seed, as data: any part of it can be left out. */
import type { Properties, Table } from '../../../conformance/support/methods'
import type { CompatVersion } from '../../../src/broker/compat'
import { Random } from '../../crash/random'
import type { Plain } from '../model/plain'
import type { MoveTarget } from '../steps/moves'
import type { Splits } from '../world/network'
import {
  type DeclaredExchange,
  type DeclaredQueue,
  declaredExchange,
  declaredQueue,
  EXCHANGES,
  exchangeName,
  QUEUES,
  queueName,
  sourceName,
} from './declarations'
import { headersCondition, properties } from './properties'

/** What a step is taken with: of these whatever it needs. */
export interface Told {
  readonly queue: string
  readonly exchange: string
  readonly source: string
  readonly destination: string
  readonly routingKey: string
  readonly arguments: Table
  readonly noAck: boolean
  readonly nowait: boolean
  readonly exclusive: boolean
  readonly prefetch: number
  readonly priority: number | undefined
  readonly multiple: boolean
  readonly requeue: boolean
  readonly ifUnused: boolean
  readonly ifEmpty: boolean
  readonly mandatory: boolean
  readonly bytes: number
  readonly count: number
  readonly target: MoveTarget
  /** Some of them are transient, whatever their properties say. */
  readonly isMixed: boolean
  readonly properties: Properties
  readonly name: string
  readonly pattern: string
  readonly definition: Plain
  readonly direction: 'toServer' | 'toClient'
  readonly ms: number
  readonly ticks: number
}

export interface Step {
  readonly op: Op
  readonly client: number
  readonly channel: number
  /** Chooses among what there is when its time comes. */
  readonly pick: number
  /** Turns that pass behind it. */
  readonly ticks: number
  readonly with: Partial<Told>
}

export interface Plan {
  readonly seed: string
  /** The RabbitMQ that the broker is. */
  readonly compat: CompatVersion
  /** How the connections of each client are cut into chunks. */
  readonly splits: readonly Splits[]
  readonly queues: readonly DeclaredQueue[]
  readonly exchanges: readonly DeclaredExchange[]
  readonly steps: readonly Step[]
}

const CLIENTS = 4
const KEYS = ['a', 'b', 'a.b', 'a.b.c', 'c.a', 'x'] as const
const PATTERNS = ['a', 'b', '*.b', 'a.#', '#', '#.c', '*', 'a.*.c', '#.b.#'] as const

type Maker = (random: Random) => Partial<Told>

/** How often each step is taken, and what with. */
const steps = {
  publish: [40, publication],
  publishMany: [
    6,
    random => ({ ...publication(random), count: random.between(5, 60), isMixed: random.chance(0.4) }),
  ],
  publishBulk: [
    0.7,
    random => ({
      ...publication(random),
      bytes: random.between(500, 2000),
      count: random.between(300, 1200),
    }),
  ],
  flood: [
    0.3,
    random => ({
      ...publication(random),
      bytes: random.between(200_000, 300_000),
      count: random.between(4, 9),
    }),
  ],
  consume: [
    12,
    random => ({
      queue: queueName(random),
      noAck: random.chance(0.2),
      exclusive: random.chance(0.05),
      prefetch: random.pick([0, 1, 1, 2, 5, 20]),
      priority: random.chance(0.3) ? random.between(-2, 5) : undefined,
      nowait: random.chance(0.1),
    }),
  ],
  ack: [25, random => ({ multiple: random.chance(0.15) })],
  ackAll: [8, () => ({})],
  ackScattered: [4, () => ({})],
  nack: [8, random => ({ multiple: random.chance(0.15), requeue: random.chance(0.6) })],
  reject: [10, random => ({ requeue: random.chance(0.7) })],
  get: [10, random => ({ queue: queueName(random), noAck: random.chance(0.3) })],
  limitChannel: [2, random => ({ prefetch: random.pick([0, 1, 3, 10]) })],
  ownQueue: [
    2,
    random => ({
      exchange: sourceName(random),
      routingKey: random.pick(PATTERNS),
      noAck: random.chance(0.5),
    }),
  ],
  recover: [2, () => ({})],
  cancel: [5, random => ({ nowait: random.chance(0.1) })],
  declareQueue: [8, random => ({ queue: queueName(random), nowait: random.chance(0.1) })],
  declarePassively: [2, random => ({ queue: queueName(random), exchange: exchangeName(random) })],
  declareOtherwise: [0.5, random => ({ queue: queueName(random) })],
  declareExchange: [4, random => ({ exchange: exchangeName(random) })],
  bind: [
    8,
    random => ({
      queue: queueName(random),
      exchange: sourceName(random),
      routingKey: random.pick(PATTERNS),
      arguments: headersCondition(random),
    }),
  ],
  unbind: [3, () => ({})],
  bindExchange: [
    3,
    random => ({
      destination: exchangeName(random),
      source: exchangeName(random),
      routingKey: random.pick(PATTERNS),
    }),
  ],
  purge: [2, random => ({ queue: queueName(random) })],
  deleteQueue: [
    2,
    random => ({ queue: queueName(random), ifUnused: random.chance(0.3), ifEmpty: random.chance(0.3) }),
  ],
  deleteExchange: [1, random => ({ exchange: exchangeName(random), ifUnused: random.chance(0.3) })],
  move: [6, move],
  selectConfirm: [6, () => ({})],
  selectTx: [2, () => ({})],
  commit: [5, () => ({})],
  rollback: [3, () => ({})],
  closeChannel: [2, () => ({})],
  closeConnection: [1.5, () => ({})],
  setPolicy: [2, policy],
  clearPolicy: [1, random => ({ name: random.pick(['p0', 'p1', 'p2']) })],
  cut: [1.5, () => ({})],
  stall: [3, random => ({ direction: random.pick(['toServer', 'toClient'] as const) })],
  unstall: [4, () => ({})],
  diskFull: [1, () => ({})],
  diskFree: [2, () => ({})],
  memoryShort: [0.7, () => ({})],
  memoryEnough: [2, () => ({})],
  memoryLow: [3, () => ({})],
  diskSlow: [2, random => ({ ticks: random.between(3, 30) })],
  advance: [5, random => ({ ms: random.magnitude(1, 60_000) })],
  settle: [6, () => ({})],
  crash: [1, () => ({})],
  replaceVhost: [0.6, random => ({ ticks: random.pick([0, 0, 1, 2, 5]) })],
  restart: [0.5, () => ({})],
} satisfies Record<string, readonly [number, Maker]>

export type Op = keyof typeof steps

export const OPS = Object.keys(steps) as Op[]

export function planFor(seed: string, length = 200): Plan {
  const random = new Random(`simulation/${seed}`)
  const shape = random.fork('shape')
  const compat = shape.pick<CompatVersion>(['4.2', '4.2', '3.13', '4.3'])
  const queues = Array.from({ length: QUEUES }, (_, index) => declaredQueue(shape, index))
  const plan = {
    seed,
    compat,
    splits: Array.from({ length: CLIENTS }, () => shape.pick<Splits>(['whole', 'pieces', 'pieces', 'bytes'])),
    // RabbitMQ 4.3 denies transient queues.
    queues: queues.map(queue => (compat === '4.3' ? { ...queue, durable: true } : queue)),
    exchanges: Array.from({ length: EXCHANGES }, (_, index) => declaredExchange(shape, index)),
  }
  const chosen = random.fork('steps')
  const first = plan.queues.map(({ queue }) => ({
    ...step(chosen),
    op: 'bind' as const,
    with: { queue, exchange: sourceName(chosen), routingKey: chosen.pick(PATTERNS), arguments: {} },
  }))
  return { ...plan, steps: [...first, ...Array.from({ length: length - first.length }, () => step(chosen))] }
}

function step(random: Random): Step {
  const total = OPS.reduce((sum, op) => sum + steps[op][0], 0)
  let at = random.next() * total
  const op =
    OPS.find(each => {
      at -= steps[each][0]
      return at < 0
    }) ?? 'settle'
  const make: Maker = steps[op][1]
  return {
    op,
    client: random.between(0, CLIENTS - 1),
    channel: random.between(1, 3),
    pick: random.between(0, 1000),
    ticks: random.pick([0, 0, 0, 1, 1, 2, 5]),
    with: make(random),
  }
}

function move(random: Random): Partial<Told> {
  return {
    queue: queueName(random),
    destination: queueName(random),
    exchange: sourceName(random),
    target: random.pick(['queue', 'queue', 'exchange', 'back', 'back', 'nowhere'] as const),
    count: random.pick([1, 5, 100]),
  }
}

function publication(random: Random): Partial<Told> {
  const toQueue = random.chance(0.5)
  return {
    exchange: toQueue ? '' : sourceName(random),
    routingKey: toQueue ? queueName(random) : random.pick(KEYS),
    mandatory: random.chance(0.2),
    bytes: random.chance(0.05)
      ? 0
      : random.chance(0.02)
        ? random.between(100_000, 300_000)
        : random.magnitude(8, 3000),
    properties: properties(random),
  }
}

function policy(random: Random): Partial<Told> {
  const definition: Record<string, unknown> = {}
  if (random.chance(0.4)) definition['message-ttl'] = random.pick([500, 5000])
  if (random.chance(0.4)) definition['max-length'] = random.pick([2, 10])
  if (random.chance(0.3)) definition['dead-letter-exchange'] = random.pick(['e0', 'amq.fanout'])
  if (random.chance(0.2)) definition['dead-letter-routing-key'] = queueName(random)
  if (random.chance(0.2)) definition['overflow'] = random.pick(['drop-head', 'reject-publish'])
  if (random.chance(0.2)) definition['delivery-limit'] = random.between(0, 2)
  if (random.chance(0.2)) definition['max-length-bytes'] = random.magnitude(100, 100_000)
  if (random.chance(0.1)) definition['expires'] = random.pick([2000, 30_000])
  if (random.chance(0.2)) definition['message-deduplication'] = random.chance(0.8)
  if (random.chance(0.1)) definition['cache-size'] = random.between(1, 3)
  if (Object.keys(definition).length === 0) definition['max-length'] = 50
  return {
    name: random.pick(['p0', 'p1', 'p2']),
    pattern: random.pick(['^q[0-2]$', 'q', '^q4']),
    priority: random.between(0, 2),
    definition,
  }
}
