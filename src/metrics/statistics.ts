/** What was counted and sampled, as RabbitMQ's management API tells it: numbers, their rates, and their recent past. */
import type { Vhost } from '../broker/vhost'
import type { ChannelStatus } from '../channel/channel-status'
import type { Exchange } from '../exchanges/exchange'
import type { Queue } from '../queues/queue'
import type { ConnectionStatus } from '../server/connection-status'
import { type Details, detailsOf, rateOf } from './history'
import type { HistoryQuery } from './history-query'
import { CHURN, LENGTHS, TRAFFIC } from './kept-kinds'
import {
  type MessageStats,
  messageStatsOf,
  STATS_GROUPS,
  type StatsGroups,
  type StatsKey,
  tell,
} from './message-stats'
import type { NodeReading } from './node-probe'
import type { SampledBroker, Sampler } from './sampler'

export type Told = Readonly<Record<string, number | Details>>

/** A number of a queue's messages that came from one exchange. */
export interface Incoming {
  readonly exchange: string
  readonly publish: number
  readonly publish_details: Details
}

export class Statistics {
  constructor(
    private readonly around: SampledBroker,
    private readonly sampler: Sampler,
  ) {}

  /**
   * RabbitMQ's `message_stats` of a queue, exchange, channel or virtual host; without one of the whole broker. As of the
   * last sampling. Undefined: nothing happened so far.
   */
  messageStats(
    owner?: Queue | Exchange | ChannelStatus | Vhost,
    query: HistoryQuery = {},
  ): MessageStats | undefined {
    const history = owner === undefined ? this.sampler.global : this.sampler.historyOf(owner)
    return messageStatsOf(history, this.sampler, groupsOf(owner), query.msgRates)
  }

  /** One number of `message_stats`, for sorting by it: no object is made. */
  messageCount(owner: Queue | Exchange | ChannelStatus, key: StatsKey): number {
    return this.sampler.historyOf(owner)?.track(key)?.value ?? 0
  }

  /** By how much it grows in a second. */
  messageRate(owner: Queue | Exchange | ChannelStatus, key: StatsKey): number {
    return rateOf(this.sampler.historyOf(owner)?.track(key), this.sampler)
  }

  /** `messages`, `messages_ready` and `messages_unacknowledged`, each with `_details`: of a virtual host, or of all. */
  queueTotals(vhost?: Vhost, query: HistoryQuery = {}): Told {
    return this.lengths(vhost === undefined ? this.sampler.global : this.sampler.historyOf(vhost), query)
  }

  /** The same of a queue, its numbers as they are now. */
  queueLengths(queue: Queue, query: HistoryQuery = {}): Told {
    const told = this.lengths(this.sampler.historyOf(queue), query)
    const { messageCount: ready, unacknowledgedCount: unacked } = queue
    return {
      ...told,
      messages: ready + unacked,
      messages_ready: ready,
      messages_unacknowledged: unacked,
    }
  }

  /** In which part of the time nothing waited for its consumers, from 0 to 1; 0 without consumers. */
  consumerCapacity(queue: Queue): number {
    return this.sampler.consumerCapacity.of(queue)
  }

  /** The exchanges whose messages came to a queue, and how many; those of the last 256 that there were. */
  incoming(queue: Queue, query: HistoryQuery = {}): readonly Incoming[] {
    const history = this.sampler.historyOf(queue)
    return [...(queue.tally.sources ?? [])].map(([exchange, publish]) => ({
      exchange,
      publish,
      publish_details: detailsOf(history?.track(exchange), this.sampler, query.msgRates),
    }))
  }

  /** Messages a second that go from an exchange to a queue. */
  edgeRate(exchange: Exchange, queue: Queue): number {
    const history = this.sampler.historyOf(queue)
    return rateOf(history?.track(exchange.name), this.sampler)
  }

  /** RabbitMQ's `churn_rates`. */
  churn(query: HistoryQuery = {}): Told {
    const told: Record<string, number | Details> = {}
    for (const [, name] of CHURN) tell(told, name, this.sampler.global, this.sampler, query.dataRates)
    return told
  }

  /** The same as `connectionRates`, of all connections of a virtual host, or of all; also those that are closed. */
  traffic(vhost?: Vhost, query: HistoryQuery = {}): Told {
    const history = vhost === undefined ? this.sampler.global : this.sampler.historyOf(vhost)
    const told: Record<string, number | Details> = {}
    for (const name of TRAFFIC) tell(told, name, history, this.sampler, query.dataRates)
    return told
  }

  /** `recv_oct`, `send_oct`, `recv_cnt`, `send_cnt`, each with `_details`. */
  connectionRates(connection: ConnectionStatus, query: HistoryQuery = {}): Told {
    const { bytesReceived, bytesSent, chunksReceived, chunksSent } = connection
    const history = this.sampler.historyOf(connection)
    const told: Record<string, number | Details> = {}
    for (const name of TRAFFIC) {
      tell(told, name, history, this.sampler, query.dataRates)
    }
    return {
      ...told,
      recv_oct: bytesReceived,
      send_oct: bytesSent,
      recv_cnt: chunksReceived,
      send_cnt: chunksSent,
    }
  }

  /** Memory, descriptors, disk …: the numbers of RabbitMQ's `/api/nodes` that there are, those that move with `_details`. */
  node(query: HistoryQuery = {}): NodeReading & Told {
    const told: Record<string, number | Details> = {}
    for (const name of NODE_TRACKS) {
      tell(told, name, this.sampler.global, this.sampler, query.nodeStats)
    }
    return { ...told, ...this.around.probe.now() }
  }

  /** Forgets the past: what was counted stays, and is all there is of it. */
  reset(): void {
    this.sampler.reset()
  }

  /** When it was last seen to have done something, in milliseconds since the epoch; undefined: never. */
  idleSince(thing: Queue | Exchange | ChannelStatus | ConnectionStatus): number | undefined {
    return this.sampler.movedAt(thing)
  }

  private lengths(history: ReturnType<Sampler['historyOf']>, { lengths }: HistoryQuery): Told {
    const told: Record<string, number | Details> = {}
    for (const name of LENGTHS) {
      tell(told, name, history, this.sampler, lengths)
    }
    return told
  }
}

const NODE_TRACKS = ['mem_used', 'fd_used', 'sockets_used', 'disk_free', 'gc_num', 'event_loop_busy']

function groupsOf(owner: Queue | Exchange | ChannelStatus | Vhost | undefined): StatsGroups {
  if (owner === undefined || !('kind' in owner)) return STATS_GROUPS.channel
  return owner.kind === 'queue' ? STATS_GROUPS.queue : STATS_GROUPS.exchange
}
