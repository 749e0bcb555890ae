/** What there is to tell about one channel, for those who watch the broker. Reads its parts and changes nothing in them. */
import type { ConnectionIdentity } from '../broker/events/events'
import { isReplyQueueName } from '../broker/names'
import type { Vhost } from '../broker/vhost'
import type { Queue } from '../queues/queue'
import type { MessageTally } from '../structures/message-tally'
import { ChannelConsumer } from './channel-consumer'
import type { Consuming } from './consuming'
import { DeliveryTimes } from './delivery-times'
import type { Publishing } from './publishing'
import type { Session } from './session'
import type { Unacked } from './unacked'

export interface ChannelParts {
  readonly number: number
  readonly session: Session
  readonly tally: MessageTally
  readonly unacked: Unacked
  readonly publishing: Publishing
  readonly consuming: Consuming
}

/** A message that is out and waits for its acknowledgement. */
export interface UnackedDelivery {
  readonly channel: ChannelStatus
  readonly queue: Queue
  /** Of its entry in the queue. */
  readonly position: number
  readonly deliveryTag: number
  /** Undefined: it was fetched with basic.get. */
  readonly consumerTag: string | undefined
  /** When it was seen first to be out, to a sampling interval; undefined: it went out since. Milliseconds since 1970. */
  readonly since: number | undefined
}

export class ChannelStatus {
  private readonly times = new DeliveryTimes()

  constructor(private readonly parts: ChannelParts) {}

  get number(): number {
    return this.parts.number
  }

  /** `127.0.0.1:53076 -> 127.0.0.1:5672 (1)` */
  get name(): string {
    return `${this.parts.session.connectionName} (${this.number})`
  }

  get pid(): string {
    return this.parts.session.pidOfChannel(this.number)
  }

  /** Undefined: it is a request to the HTTP API. */
  get connection(): ConnectionIdentity | undefined {
    return this.parts.session.identity()
  }

  get user(): string {
    return this.parts.session.user.name
  }

  get vhost(): Vhost {
    return this.parts.session.vhost
  }

  get isConfirming(): boolean {
    return this.parts.publishing.confirms !== undefined
  }

  get isTransactional(): boolean {
    return this.parts.publishing.transaction !== undefined
  }

  get consumerCount(): number {
    return this.consumers.length
  }

  /** Those of direct reply-to are none to RabbitMQ. */
  get consumers(): readonly ChannelConsumer[] {
    return [...this.parts.consuming.all()].filter(({ queue }) => !isReplyQueueName(queue.name))
  }

  /** For the consumers to come; 0: no limit. */
  get prefetchCount(): number {
    return this.parts.consuming.prefetch.perConsumer
  }

  /** Shared by all consumers; 0: no limit. */
  get globalPrefetchCount(): number {
    return this.parts.consuming.prefetch.shared
  }

  get unackedCount(): number {
    return this.parts.unacked.count
  }

  get unconfirmed(): number {
    return this.parts.publishing.confirms?.unconfirmed ?? 0
  }

  /** Publishes that wait for tx.commit. */
  get uncommitted(): number {
    return this.parts.publishing.transaction?.uncommitted ?? 0
  }

  /** Acknowledgements and rejections that do. */
  get acksUncommitted(): number {
    return this.parts.publishing.transaction?.uncommittedAcks ?? 0
  }

  /** Adds all that was counted so far. */
  tallyInto(into: MessageTally): void {
    const { tally, publishing } = this.parts
    into.add(tally)
    into.confirm += publishing.confirms?.confirmed ?? 0
    into.toConfirm += publishing.confirms?.published ?? 0
    for (const consumer of this.consumers) into.addDelivered(consumer)
  }

  countStart(): void {
    this.vhost.around.counters.churn.channelsCreated++
  }

  /** What a channel counted stays in the sums of its virtual host and of the broker. */
  countEnd(): void {
    const { endedChannels, around } = this.vhost
    this.tallyInto(endedChannels)
    this.tallyInto(around.counters.endedChannels)
    around.counters.churn.channelsClosed++
  }

  /** Remembers what is out by now: see `UnackedDelivery.since`. */
  noteTime(now: number): void {
    const { unacked } = this.parts
    if (unacked.count === 0) this.times.clear()
    else this.times.note(now, unacked.newestTag, unacked.tagAt(unacked.first))
  }

  /** What waits for its acknowledgement, the oldest first. Not what a transaction holds. Must be read at once. */
  *unacked(): Iterable<UnackedDelivery> {
    const { unacked } = this.parts
    for (let index = unacked.first; index < unacked.end; index++) {
      const queue = unacked.queueAt(index)
      if (queue === undefined) continue
      const deliveryTag = unacked.tagAt(index)
      const consumer = unacked.consumerAt(index)
      yield {
        channel: this,
        queue,
        position: unacked.positionAt(index),
        deliveryTag,
        consumerTag: consumer instanceof ChannelConsumer ? consumer.tag : undefined,
        since: this.times.seenAt(deliveryTag),
      }
    }
  }
}
