/** Where published messages went: counting it, at the exchange and at the queues it led to; and what it took. */
import type { Exchange } from '../exchanges/exchange'
import type { Queue } from '../queues/queue'
import type { BrokerCounters } from './broker-counters'

/** Exchanges, ways and conditions looked at in a unit of work. */
export const VISITS_PER_WORK = 128

const QUEUES_PER_WORK = 8

/** To copy a message into its queues, in units of `WORK_PER_TURN`. */
export function copyingWork(queues: readonly Queue[]): number {
  return queues.length / QUEUES_PER_WORK
}

export function countRouted(
  counters: BrokerCounters,
  exchange: Exchange,
  queues: readonly Queue[],
  count: number,
): void {
  counters.routed += count * queues.length
  exchange.tally.publishIn += count
  exchange.tally.publishOut += count * queues.length
  for (let i = 0; i < queues.length; i++) queues[i]!.tally.cameFrom(exchange.name, count)
}
