/** What is done in a simulation, made up front from the seed, as data: any part of it can be left out. */
import type { CompatVersion } from '../../../src/broker/compat'
import { Random } from '../../crash/random'
import type { Login } from '../world/client'
import type { Splits } from '../world/network'
import { account, logins, patterns, topicPermission, USERS, user } from './access'
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
import { type Emphasis, type EmphasisName, emphases, emphasisFor } from './emphasis'
import { headersCondition } from './properties'
import { move, PATTERNS, policy, publication, type Told } from './told'

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
  /** Who each client is. */
  readonly logins: readonly Login[]
  readonly queues: readonly DeclaredQueue[]
  readonly exchanges: readonly DeclaredExchange[]
  readonly steps: readonly Step[]
}

const CLIENTS = 4
type Maker = (random: Random, emphasis: Emphasis) => Partial<Told>

/** How often each step is taken, and what with. */
const steps = {
  publish: [40, publication],
  publishMany: [
    6,
    (random, emphasis) => ({
      ...publication(random, emphasis),
      count: random.between(5, 60),
      isMixed: random.chance(0.4),
    }),
  ],
  publishBulk: [
    0.7,
    (random, emphasis) => ({
      ...publication(random, emphasis),
      bytes: random.between(500, 2000),
      count: random.between(300, 1200),
    }),
  ],
  flood: [
    0.3,
    (random, emphasis) => ({
      ...publication(random, emphasis),
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
  replaceVhost: [0.6, random => ({ ticks: random.pick([0, 0, 1, 2, 5]), isGranted: random.chance(0.8) })],
  restart: [0.5, () => ({})],
  putUser: [0.8, account],
  deleteUser: [0.3, user],
  setPermissions: [1.5, random => ({ ...user(random), patterns: patterns(random) })],
  clearPermissions: [0.2, user],
  setTopicPermissions: [1, topicPermission],
  clearTopicPermissions: [0.4, user],
} satisfies Record<string, readonly [number, Maker]>

export type Op = keyof typeof steps

export const OPS = Object.keys(steps) as Op[]

export function planFor(seed: string, length = 200, named?: EmphasisName): Plan {
  const random = new Random(`simulation/${seed}`)
  const emphasis: Emphasis = emphases[named ?? emphasisFor(random.fork('emphasis'))]
  const shape = random.fork('shape')
  const compat = shape.pick<CompatVersion>(['4.2', '4.2', '3.13', '4.3'])
  const queues = Array.from({ length: QUEUES }, (_, index) => declaredQueue(shape, index, emphasis))
  const plan = {
    seed,
    compat,
    splits: Array.from({ length: CLIENTS }, () => shape.pick<Splits>(['whole', 'pieces', 'pieces', 'bytes'])),
    logins: logins(random.fork('logins'), CLIENTS, emphasis),
    // RabbitMQ 4.3 denies transient queues.
    queues: queues.map(queue => (compat === '4.3' ? { ...queue, durable: true } : queue)),
    exchanges: Array.from({ length: EXCHANGES }, (_, index) => declaredExchange(shape, index, emphasis)),
  }
  const chosen = random.fork('steps')
  const first = plan.queues.map(({ queue }) => ({
    ...step(chosen, emphasis),
    op: 'bind' as const,
    with: { queue, exchange: sourceName(chosen), routingKey: chosen.pick(PATTERNS), arguments: {} },
  }))
  return {
    ...plan,
    steps: [
      ...firstUsers(chosen, emphasis),
      ...first,
      ...Array.from({ length: length - first.length }, () => step(chosen, emphasis)),
    ],
  }
}

function firstUsers(random: Random, emphasis: Emphasis): readonly Step[] {
  const everything = { configure: '.*', write: '.*', read: '.*' }
  return USERS.map(user => ({
    ...step(random, emphasis),
    op: 'putUser',
    with: { ...account(random), user, ...(random.chance(0.7) ? { patterns: everything } : {}) },
  }))
}

function step(random: Random, emphasis: Emphasis): Step {
  const weightOf = (op: Op): number => steps[op][0] * (emphasis.steps[op] ?? 1)
  const total = OPS.reduce((sum, op) => sum + weightOf(op), 0)
  let at = random.next() * total
  const op =
    OPS.find(each => {
      at -= weightOf(each)
      return at < 0
    }) ?? 'settle'
  const make: Maker = steps[op][1]
  return {
    op,
    client: random.between(0, CLIENTS - 1),
    channel: random.between(1, 3),
    pick: random.between(0, 1000),
    ticks: random.pick([0, 0, 0, 1, 1, 2, 5]),
    with: make(random, emphasis),
  }
}
