/** What the steps of a plan are taken with, and how much of it is made up. */
import type { Properties, Table } from '../../../conformance/support/methods'
import type { Random } from '../../crash/random'
import type { Patterns } from '../model/access-model'
import type { Plain } from '../model/plain'
import type { MoveTarget } from '../steps/moves'
import { queueName, sourceName } from './declarations'
import type { Emphasis } from './emphasis'
import { properties } from './properties'

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
  readonly user: string
  readonly password: string
  readonly isImpersonator: boolean
  readonly patterns: Patterns
  /** A virtual host made anew is for everybody again. */
  readonly isGranted: boolean
}

const KEYS = ['a', 'b', 'a.b', 'a.b.c', 'c.a', 'x'] as const
export const PATTERNS = ['a', 'b', '*.b', 'a.#', '#', '#.c', '*', 'a.*.c', '#.b.#'] as const

export function move(random: Random): Partial<Told> {
  return {
    queue: queueName(random),
    destination: queueName(random),
    exchange: sourceName(random),
    target: random.pick(['queue', 'queue', 'exchange', 'back', 'back', 'nowhere'] as const),
    count: random.pick([1, 5, 100]),
  }
}

export function publication(random: Random, emphasis: Emphasis): Partial<Told> {
  const toQueue = random.chance(1 - (emphasis.toExchanges ?? 0.5))
  return {
    exchange: toQueue ? '' : sourceName(random),
    routingKey: toQueue ? queueName(random) : random.pick(KEYS),
    mandatory: random.chance(0.2),
    bytes: random.chance(0.05)
      ? 0
      : random.chance(0.02)
        ? random.between(100_000, 300_000)
        : random.magnitude(8, 3000),
    properties: properties(random, emphasis),
  }
}

export function policy(random: Random): Partial<Told> {
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
