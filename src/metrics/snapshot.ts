/**
 * What there is at the moment of a scrape: a row for each queue, channel, connection … and the sums that only grow. Rows are
 * made when the first metric asks for them, and labels when the first one shows them.
 */
import type { Broker } from '../broker/broker'
import { addTraffic, type Traffic } from '../broker/broker-counters'
import { isReplyQueue } from '../broker/names'
import type { Vhost } from '../broker/vhost'
import type { ChannelStatus } from '../channel/channel-status'
import type { Exchange } from '../exchanges/exchange'
import type { Queue } from '../queues/queue'
import { DeathCounts, tallyOfQueue } from '../queues/queue-tally'
import type { ConnectionStatus } from '../server/connection-status'
import type { Connections } from '../server/connections'
import { MessageTally } from '../structures/message-tally'
import type { ConsumerCapacity } from './consumer-capacity'
import type { NodeProbe, ProcessReading } from './node-probe'

export type Labels = Readonly<Record<string, string>>

export interface Row {
  readonly labels: Labels
}

export interface QueueRow extends Row {
  readonly queue: Queue
  readonly tally: MessageTally
  readonly consumerCapacity: number
}

export interface ChannelRow extends Row {
  readonly channel: ChannelStatus
  readonly tally: MessageTally
}

export interface ConnectionRow extends Row {
  readonly connection: ConnectionStatus
}

export interface ExchangeRow extends Row {
  readonly exchange: Exchange
}

/** Messages that went from one exchange to one queue. */
export interface EdgeRow extends Row {
  readonly count: number
}

/** What the queues of one type counted, also those that are gone. */
export interface TypeRow extends Row {
  readonly type: string
  readonly tally: MessageTally
  readonly deaths: DeathCounts
}

/** Which of them are asked for. */
export interface ObjectFilter {
  vhost(name: string): boolean
  queue(name: string): boolean
}

export interface Scraped {
  readonly broker: Broker
  readonly connections: Connections
  readonly probe: NodeProbe
  readonly consumerCapacity: Pick<ConsumerCapacity, 'of'>
}

/** RabbitMQ's names for the types, as its metrics have them. */
const QUEUE_TYPES = ['classic', 'quorum'] as const

export class Snapshot {
  readonly node: ProcessReading
  private queueRows: readonly QueueRow[] | undefined
  private channelRows: readonly ChannelRow[] | undefined
  private connectionRows: readonly ConnectionRow[] | undefined
  private exchangeRows: readonly ExchangeRow[] | undefined
  private edgeRows: readonly EdgeRow[] | undefined
  private typeRows: readonly TypeRow[] | undefined
  private all: MessageTally | undefined

  constructor(
    readonly scraped: Scraped,
    private readonly filter: ObjectFilter,
  ) {
    this.node = scraped.probe.process()
  }

  get queues(): readonly QueueRow[] {
    this.queueRows ??= this.vhosts.flatMap(vhost => [...this.queuesOf(vhost)])
    return this.queueRows
  }

  get connections(): readonly ConnectionRow[] {
    this.connectionRows ??= [...this.scraped.connections]
      .map(({ status }) => status)
      .filter(({ vhost }) => vhost !== undefined)
      // RabbitMQ labels connections, too, as channels.
      .map(connection => ({ connection, labels: { channel: connection.pid } }))
    return this.connectionRows
  }

  get channels(): readonly ChannelRow[] {
    this.channelRows ??= this.connections.flatMap(({ connection }) =>
      [...connection.channels].map(({ status }) => channelRow(status)),
    )
    return this.channelRows
  }

  get exchanges(): readonly ExchangeRow[] {
    this.exchangeRows ??= this.vhosts.flatMap(({ name: vhost, exchanges }) =>
      [...exchanges.values()].map(exchange => ({ exchange, labels: { vhost, exchange: exchange.name } })),
    )
    return this.exchangeRows
  }

  /** With their types. */
  get typedExchanges(): readonly ExchangeRow[] {
    return this.exchanges
      .filter(({ exchange }) => exchange.name !== '')
      .map(({ exchange, labels }) => ({ exchange, labels: { ...labels, type: exchange.type } }))
  }

  get edges(): readonly EdgeRow[] {
    this.edgeRows ??= this.queues.flatMap(({ queue, labels: { vhost = '' } }) =>
      [...(queue.tally.sources ?? [])].map(([exchange, count]) => ({
        count,
        labels: { vhost, exchange, queue: queue.name },
      })),
    )
    return this.edgeRows
  }

  get vhosts(): readonly Vhost[] {
    return [...this.scraped.broker.vhosts.values()].filter(({ name }) => this.filter.vhost(name))
  }

  /** What all connections received and sent, also those that are closed. */
  get traffic(): Traffic {
    const sum = { ...this.scraped.broker.counters.endedTraffic }
    for (const { status } of this.scraped.connections) addTraffic(sum, status)
    return sum
  }

  /** Everything that channels counted, also those that are closed. */
  get total(): MessageTally {
    if (this.all !== undefined) return this.all
    this.all = new MessageTally()
    this.all.add(this.scraped.broker.counters.endedChannels)
    for (const { tally } of this.channels) this.all.add(tally)
    return this.all
  }

  get types(): readonly TypeRow[] {
    this.typeRows ??= QUEUE_TYPES.map(type => this.typeRow(type))
    return this.typeRows
  }

  private *queuesOf({ name: vhost, queues }: Vhost): Iterable<QueueRow> {
    for (const queue of queues.values()) {
      if (!isReplyQueue(queue.name) && this.filter.queue(queue.name))
        yield new LazyQueueRow(vhost, queue, this.scraped)
    }
  }

  private typeRow(type: (typeof QUEUE_TYPES)[number]): TypeRow {
    const tally = new MessageTally()
    const deaths = new DeathCounts()
    const ended = this.scraped.broker.counters.endedQueues.get(type)
    if (ended !== undefined) {
      tally.add(ended.tally)
      deaths.addAll(ended.deaths)
    }
    for (const { queue } of this.queues) {
      if (queue.options.type !== type) continue
      tallyOfQueue(queue, tally)
      if (queue.tally.deaths !== undefined) deaths.addAll(queue.tally.deaths)
    }
    return { type, tally, deaths, labels: { protocol: 'amqp091', queue_type: `rabbit_${type}_queue` } }
  }
}

class LazyQueueRow implements QueueRow {
  private shown: Labels | undefined
  private counted: MessageTally | undefined

  constructor(
    private readonly vhost: string,
    readonly queue: Queue,
    private readonly scraped: Scraped,
  ) {}

  get labels(): Labels {
    this.shown ??= { vhost: this.vhost, queue: this.queue.name }
    return this.shown
  }

  get consumerCapacity(): number {
    return this.scraped.consumerCapacity.of(this.queue)
  }

  get tally(): MessageTally {
    if (this.counted === undefined) {
      this.counted = new MessageTally()
      tallyOfQueue(this.queue, this.counted)
    }
    return this.counted
  }
}

function channelRow(channel: ChannelStatus): ChannelRow {
  const tally = new MessageTally()
  channel.tallyInto(tally)
  return { channel, tally, labels: { channel: channel.pid } }
}
