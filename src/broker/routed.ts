/** Counting where published messages went: at the exchange, and at the queues it led to. */
import type { Exchange } from '../exchanges/exchange'
import type { Queue } from '../queues/queue'
import type { BrokerCounters } from './broker-counters'

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
