/** The durable topology that the common load runs on: declared once, and there ever after. */
import type { Table } from '../../conformance/support/methods'
import type { Link, LinkChannel } from './link'
import { exchangeExists, messageCountOf } from './look'

export const BULK_QUEUES = ['bulk-0', 'bulk-1', 'bulk-2'] as const

/** Consumers publish here what tells them that their acknowledgements are kept. */
export const TICKS = 'ticks'

/** Purged and deleted again and again while others use it. */
export const DOOMED = 'doomed'

/** Some take from it without acknowledging. */
export const TAKEN = 'taken'

/** Their messages are moved to and fro, and counted as those of the first. */
export const MOVED = ['moved-0', 'moved-1'] as const

/** As long as this queue is there, messages are moved. */
export const MOVING = 'moving'

export const TO_MOVED: Route = { exchange: '', routingKey: MOVED[0], queues: [MOVED[0]] }

export interface Route {
  readonly exchange: string
  readonly routingKey: string
  readonly queues: readonly string[]
  readonly headers?: Table
}

export const ROUTES: readonly Route[] = [
  { exchange: '', routingKey: 'bulk-0', queues: ['bulk-0'] },
  { exchange: '', routingKey: 'bulk-1', queues: ['bulk-1'] },
  { exchange: '', routingKey: 'bulk-2', queues: ['bulk-2'] },
  { exchange: '', routingKey: TAKEN, queues: [TAKEN] },
  { exchange: 'fan', routingKey: '', queues: ['bulk-0', 'bulk-1'] },
  { exchange: 'news', routingKey: 'a.b', queues: ['bulk-1', 'bulk-2'] },
  { exchange: 'news', routingKey: 'a.c', queues: ['bulk-2'] },
  { exchange: 'relay', routingKey: 'any', queues: ['bulk-0', 'bulk-1'] },
  { exchange: 'tagged', routingKey: '', queues: ['bulk-2'], headers: { colour: 'red', size: 7 } },
]

export const TO_DOOMED: Route = { exchange: '', routingKey: DOOMED, queues: [DOOMED] }

const STEADY_QUEUES = [
  ...[...BULK_QUEUES, ...MOVED, TICKS].map(queue => ({ queue, arguments: {} })),
  { queue: TAKEN, arguments: { 'x-queue-mode': 'lazy', 'x-max-length': 1_000_000 } },
]

const EXCHANGES = [
  { exchange: 'fan', type: 'fanout', arguments: {} },
  { exchange: 'news', type: 'topic', arguments: { 'alternate-exchange': 'fan' } },
  { exchange: 'relay', type: 'direct', arguments: {} },
  { exchange: 'tagged', type: 'headers', arguments: {} },
]

const BINDINGS = [
  { queue: 'bulk-0', exchange: 'fan', routingKey: '', arguments: {} },
  { queue: 'bulk-1', exchange: 'fan', routingKey: '', arguments: {} },
  { queue: 'bulk-1', exchange: 'news', routingKey: '*.b', arguments: {} },
  { queue: 'bulk-2', exchange: 'news', routingKey: 'a.#', arguments: {} },
  {
    queue: 'bulk-2',
    exchange: 'tagged',
    routingKey: '',
    arguments: { 'x-match': 'all', colour: 'red', size: 7 },
  },
]

/** Once: what is missing after a restart is not made again. */
export async function declarePlaces(channel: LinkChannel): Promise<void> {
  await declareAll(channel)
  await channel.call('exchange.bind', { destination: 'fan', source: 'relay', routingKey: 'any' })
  for (const binding of BINDINGS) await channel.call('queue.bind', binding)
}

/** They are there, and just as they were declared; the bindings show in where messages go. */
export async function checkPlaces(link: Link, complain: (what: string) => void): Promise<void> {
  for (const { queue } of STEADY_QUEUES) {
    if ((await messageCountOf(link, queue)) === undefined) complain(`${queue} is not there`)
  }
  for (const { exchange } of EXCHANGES) {
    if (!(await exchangeExists(link, exchange))) complain(`${exchange} is not there`)
  }
  await declareAll(await link.openChannel())
}

/** amqp: declaring what is there is fine if all of it is the same. */
async function declareAll(channel: LinkChannel): Promise<void> {
  const durable = true
  for (const queue of STEADY_QUEUES) await channel.call('queue.declare', { ...queue, durable })
  for (const exchange of EXCHANGES) await channel.call('exchange.declare', { ...exchange, durable })
}
