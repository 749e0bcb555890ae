/** What a broker holds that misuse could leave behind. Two of them are compared: before and after. */
import { removeExchange } from '../../src/broker/declarations/bindings'
import { removeQueue } from '../../src/broker/declarations/queue-declarations'
import type { ComposedBroker } from '../support/composed-broker'

export interface Standing {
  readonly connections: number
  readonly queues: readonly string[]
  readonly exchanges: number
  /** Connections with exclusive queues. */
  readonly owners: number
  /** Queues and exchanges something is bound to. */
  readonly bound: number
  readonly timers: number
}

export function standingOf({ connections, vhost, clock }: ComposedBroker): Standing {
  return {
    connections: connections.count,
    queues: [...vhost.queues.keys()].sort(),
    exchanges: vhost.exchanges.size,
    owners: vhost.exclusiveQueues.size,
    bound: vhost.sources.size,
    timers: clock.pending,
  }
}

/** Deletes the queues and exchanges that came since, unless they are some connection's own. */
export function removeWhatIsNobodys(broker: ComposedBroker, since: Standing): void {
  const { vhost } = broker
  for (const queue of [...vhost.queues.values()]) {
    if (queue.definition.owner === undefined && !since.queues.includes(queue.name)) removeQueue(vhost, queue)
  }
  if (vhost.exchanges.size === since.exchanges) return
  for (const exchange of [...vhost.exchanges.values()]) {
    if (exchange.name !== '' && !exchange.name.startsWith('amq.')) removeExchange(vhost, exchange)
  }
}
