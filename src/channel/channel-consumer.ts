/** A consumer on a channel: writes basic.deliver to the peer and counts what is out. */
import { BasicCancel } from '../amqp/methods'
import type { FieldTable } from '../amqp/table'
import type { Vhost } from '../broker/vhost'
import type { Message } from '../message'
import type { Consumer } from '../queues/consumer'
import type { Queue } from '../queues/queue'
import { shown } from '../queues/shown'
import type { Peer } from './peer'
import type { Prefetch } from './prefetch'
import type { Session } from './session'
import type { Unacked } from './unacked'

/** What a consumer needs of its channel. */
export interface ConsumerChannel {
  readonly number: number
  readonly session: Session
  readonly peer: Peer
  readonly unacked: Unacked
  readonly prefetch: Prefetch
  readonly cancelNotify: boolean
  /** The queue cancelled the consumer. */
  forget(consumer: ChannelConsumer): void
  /** Room under the channel's shared limit came back. */
  sharedCreditReturned(): void
}

export interface ConsumerOptions {
  readonly tag: string
  readonly priority: number
  readonly exclusive: boolean
  readonly noAck: boolean
  /** Deliveries that may be out; 0: no limit. */
  readonly limit: number
  /** Until a delivery must be acknowledged, in milliseconds; 0: no limit. */
  readonly ackTimeoutMs: number
  readonly arguments: FieldTable
}

export class ChannelConsumer implements Consumer {
  readonly tag: string
  readonly priority: number
  readonly exclusive: boolean
  readonly noAck: boolean
  readonly ackTimeoutMs: number
  /** It was cancelled for a delivery that was late. */
  isLate = false
  delivered = 0
  redelivered = 0
  /** Deliveries that may be out; 0: no limit. */
  readonly limit: number
  readonly arguments: FieldTable
  private readonly wireTag: Buffer
  private readonly peer: Peer
  private readonly unacked: Unacked
  private readonly prefetch: Prefetch
  readonly number: number
  private readonly vhost: Vhost
  private outstanding = 0

  constructor(
    private readonly channel: ConsumerChannel,
    readonly queue: Queue,
    options: ConsumerOptions,
  ) {
    this.tag = options.tag
    this.priority = options.priority
    this.exclusive = options.exclusive
    this.noAck = options.noAck
    this.limit = options.limit
    this.ackTimeoutMs = options.ackTimeoutMs
    this.arguments = options.arguments
    const tag = Buffer.from(options.tag)
    this.wireTag = Buffer.concat([Buffer.of(tag.length), tag])
    this.peer = channel.peer
    this.unacked = channel.unacked
    this.prefetch = channel.prefetch
    this.number = channel.number
    this.vhost = channel.session.vhost
  }

  get session(): Session {
    return this.channel.session
  }

  /** Whether it is served: all are, but beside a single active one. */
  get isActive(): boolean {
    return this.queue.consumers.isActive(this)
  }

  hasCredit(): boolean {
    if (this.peer.congested) return false
    if (this.noAck) return true
    return (this.limit === 0 || this.outstanding < this.limit) && this.prefetch.hasRoom
  }

  deliver(message: Message, position: number, redelivered: boolean): void {
    const { firehose } = this.vhost
    if (firehose !== undefined)
      firehose.delivered(
        message,
        this.queue.name,
        redelivered,
        this.channel.session,
        this.number,
        position,
        this,
      )
    this.delivered++
    if (redelivered) this.redelivered++
    let deliveryTag: number
    if (this.noAck) deliveryTag = this.unacked.skip()
    else {
      deliveryTag = this.unacked.add(this.queue, position, this)
      this.outstanding++
      this.prefetch.outstanding++
    }
    this.peer.deliver(
      this.number,
      this.wireTag,
      deliveryTag,
      redelivered,
      message.marks === 0 ? message : shown(message),
    )
  }

  /** A delivery was settled or requeued. */
  returnCredit(): void {
    const prefetch = this.prefetch
    const sharedWasFull = !prefetch.hasRoom
    prefetch.outstanding--
    if (this.outstanding-- === this.limit) this.queue.creditReturned()
    if (sharedWasFull) this.channel.sharedCreditReturned()
  }

  cancelled(): void {
    this.channel.forget(this)
    if (this.channel.cancelNotify) this.peer.send(this.number, new BasicCancel(this.tag, true))
  }
}
