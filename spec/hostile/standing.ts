/** What a broker holds that misuse could leave behind. Two of them are compared: before and after. */
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
