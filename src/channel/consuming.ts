/** basic.qos, consume, cancel and get: what a channel asks of queues as a reader. */
import { AccessRefused, NotAllowed, NotImplemented, PreconditionFailed, ResourceLocked } from '../amqp/errors'
import {
  type BasicCancel,
  BasicCancelOk,
  type BasicConsume,
  BasicConsumeOk,
  type BasicGet,
  BasicGetEmpty,
  BasicGetOk,
  type BasicQos,
  BasicQosOk,
  MethodId,
} from '../amqp/methods'
import type { FieldTable } from '../amqp/table'
import { requireUnlocked } from '../broker/declarations/queue-declarations'
import { describeResource, generatedConsumerTag, isReplyQueueName, REPLY_TO } from '../broker/names'
import { Message } from '../message'
import { isSingleActiveConsumer, queueTypeOf } from '../queues/arguments'
import { NO_POSITION, NOT_LOADED } from '../queues/entries'
import type { Queue } from '../queues/queue'
import { shown } from '../queues/shown'
import type { MessageTally } from '../structures/message-tally'
import { type AckRules, AckTimeout } from './ack-timeout'
import { ChannelConsumer, type ConsumerChannel } from './channel-consumer'
import type { ChannelEvents } from './channel-events'
import { consumerPriority, consumerTimeout } from './consumer-arguments'
import type { DirectReplyTo } from './direct-reply-to'
import type { Peer } from './peer'
import { Prefetch } from './prefetch'
import type { QueueMethods } from './queue-methods'
import type { Session } from './session'
import type { CreditHolder, Unacked } from './unacked'

type Asked = Pick<BasicConsume, 'noAck' | 'exclusive' | 'arguments'>

const NOTHING_SPECIAL = { exclusive: false, arguments: new Map() } as const

export class Consuming implements ConsumerChannel, AckRules {
  readonly prefetch = new Prefetch()
  readonly peer: Peer
  readonly cancelNotify: boolean
  private readonly consumers = new Map<string, ChannelConsumer>()
  private readonly ackTimeout: AckTimeout

  constructor(
    readonly number: number,
    readonly session: Session,
    readonly unacked: Unacked,
    private readonly queueMethods: QueueMethods,
    private readonly replyTo: DirectReplyTo,
    private readonly events: ChannelEvents,
    private readonly tally: MessageTally,
    /** Runs what comes later than its method did: errors become the channel's, nothing happens once it is closed. */
    private readonly guarded: (methodId: number, run: () => void) => void,
  ) {
    this.peer = session.peer
    this.cancelNotify = session.cancelNotify
    this.ackTimeout = new AckTimeout(session.ticker, unacked, this, session.consumerTimeout)
  }

  get consumerCount(): number {
    return this.consumers.size
  }

  /** One of them has its queue for itself. */
  get hasExclusive(): boolean {
    for (const { exclusive } of this.consumers.values()) if (exclusive) return true
    return false
  }

  all(): Iterable<ChannelConsumer> {
    return this.consumers.values()
  }

  qos(method: BasicQos): void {
    if (method.prefetchSize !== 0) throw new NotImplemented(`prefetch_size!=0 (${method.prefetchSize})`)
    // RabbitMQ: without global the count is for each consumer to come, with it all consumers of the channel share it
    if (method.global && this.session.compat.globalQos) {
      this.prefetch.shared = method.prefetchCount
      this.sharedCreditReturned()
    } else {
      this.prefetch.perConsumer = method.prefetchCount
      this.prefetch.shared = 0 // RabbitMQ: the later of the two kinds counts
      this.sharedCreditReturned()
    }
    this.peer.send(this.number, new BasicQosOk())
  }

  consume(method: BasicConsume): void {
    const { session } = this
    const isReplyTo = method.queue === REPLY_TO
    const name = isReplyTo ? REPLY_TO : this.readable(method.queue)
    const tag = method.consumerTag === '' ? generatedConsumerTag() : method.consumerTag
    if (this.consumers.has(tag)) throw new NotAllowed(`attempt to reuse consumer tag '${tag}'`)
    if (session.consumersMax > 0 && this.consumers.size >= session.consumersMax) {
      throw new NotAllowed(`reached maximum (${session.consumersMax}) of consumers per channel`)
    }
    // RabbitMQ does not look at what a consumer of replies asks for
    const asked = isReplyTo ? { ...NOTHING_SPECIAL, noAck: method.noAck } : method
    const make = (queue: Queue): ChannelConsumer => this.createConsumer(queue, tag, asked)
    const consumer = isReplyTo ? this.replyTo.consume(method.noAck, make) : make(this.usable(name))
    this.consumers.set(tag, consumer)
    if (!method.noWait) this.peer.send(this.number, new BasicConsumeOk(tag))
    if (!consumer.noAck) this.ackTimeout.expect(consumer.ackTimeoutMs)
    consumer.queue.addConsumer(consumer)
    this.events.consumerCreated(consumer, this.prefetch.perConsumer, method.arguments)
  }

  /** amqp: basic.cancel: cancelling an unknown consumer is no error. Deliveries on their way stay out. */
  cancel(method: BasicCancel): void {
    const consumer = this.consumers.get(method.consumerTag)
    if (consumer !== undefined) {
      this.consumers.delete(method.consumerTag)
      this.left(consumer)
      consumer.queue.removeConsumer(consumer)
    }
    if (!method.noWait) this.peer.send(this.number, new BasicCancelOk(method.consumerTag))
  }

  get(method: BasicGet): void {
    const queue = this.usable(this.readable(method.queue))
    this.requireGet(queue)
    const message = new Message()
    const position = queue.get(message)
    if (position === NOT_LOADED) {
      this.getLater(queue, method)
      return
    }
    if (position === NO_POSITION) {
      this.tally.getEmpty++
      queue.tally.getEmpty++
      this.peer.send(this.number, new BasicGetEmpty())
      return
    }
    const tag = method.noAck ? this.unacked.skip() : this.unacked.add(queue, position, undefined)
    message.readAddress()
    const { exchange, routingKey } = message
    const redelivered = queue.isRedelivered(position)
    countGet(this.tally, method.noAck, redelivered)
    countGet(queue.tally, method.noAck, redelivered)
    const { session, number } = this
    session.vhost.firehose?.delivered(message, queue.name, redelivered, session, number, position, method)
    const reply = new BasicGetOk(tag, redelivered, exchange, routingKey, queue.messageCount)
    this.peer.sendContent(this.number, reply, shown(message))
    if (method.noAck) queue.settle(position)
    else this.ackTimeout.expect(this.timeoutOf(queue, undefined))
  }

  /** The peer reads again: every consumer may have credit. */
  resumeDeliveries(): void {
    for (const consumer of this.consumers.values()) consumer.queue.creditReturned()
  }

  forget(consumer: ChannelConsumer): void {
    this.consumers.delete(consumer.tag)
    this.left(consumer)
  }

  sharedCreditReturned(): void {
    this.resumeDeliveries()
  }

  timeoutOf(queue: Queue, consumer: CreditHolder | undefined): number {
    if (consumer instanceof ChannelConsumer) return consumer.ackTimeoutMs
    if (!this.mustAcknowledge(queue)) return 0
    return queue.options.consumerTimeout ?? this.session.consumerTimeout
  }

  cancelLate(consumer: CreditHolder | undefined): boolean {
    if (this.session.compat.consumerTimeoutActs === 'channel' || !this.cancelNotify) return false
    if (!(consumer instanceof ChannelConsumer)) return false
    if (this.consumers.get(consumer.tag) === consumer) {
      consumer.isLate = true
      consumer.queue.removeConsumer(consumer)
      consumer.cancelled()
    }
    return consumer.isLate
  }

  failLate(timeoutMs: number): void {
    this.guarded(0, () => {
      throw new PreconditionFailed(
        `delivery acknowledgement on channel ${this.number} timed out. Timeout value used: ${timeoutMs} ms. ` +
          'This timeout value can be configured, see consumers doc guide to learn more',
      )
    })
  }

  /** The channel ends. */
  close(): void {
    this.ackTimeout.stop()
    const consumers = [...this.consumers.values()]
    this.consumers.clear()
    for (const consumer of consumers) {
      this.left(consumer)
      consumer.queue.removeConsumer(consumer)
    }
  }

  private left(consumer: ChannelConsumer): void {
    if (!isReplyQueueName(consumer.queue.name)) this.tally.addDelivered(consumer)
    this.events.consumerDeleted(consumer)
  }

  /** The message must come from the store first; the peer's next request waits for it. */
  private getLater(queue: Queue, method: BasicGet): void {
    this.peer.hold()
    queue.whenLoaded(() => {
      this.guarded(MethodId.basicGet, () => this.get(method))
      this.peer.release()
    })
  }

  /** The name of a queue that may be read. */
  private readable(queue: string): string {
    const { access, user, vhost } = this.session
    const name = this.queueMethods.named(queue)
    access.requireRead(user.name, vhost.name, 'queue', name)
    return name
  }

  /** RabbitMQ: quorum queues do not mix the two. */
  private requireGet({ name, options }: Queue): void {
    if (options.type === 'classic' || !options.singleActiveConsumer) return
    const resource = describeResource('queue', name, this.session.vhost.name)
    throw new ResourceLocked(
      `cannot obtain access to locked ${resource}. basic.get operations are not supported by ${options.type} queues with single active consumer`,
    )
  }

  private usable(name: string): Queue {
    const { vhost, owner } = this.session
    const queue = vhost.requireQueue(name)
    requireUnlocked(vhost, queue, owner)
    return queue
  }

  private createConsumer(queue: Queue, tag: string, method: Asked): ChannelConsumer {
    const resource = describeResource('queue', queue.name, this.session.vhost.name)
    const args = queue.definition.arguments
    if (queueTypeOf(args) === 'quorum' && this.prefetch.shared !== 0) {
      throw new NotImplemented(`${resource} does not support global qos`)
    }
    const priority = consumerPriority(method.arguments, resource)
    const ackTimeoutMs = this.ackTimeoutFor(queue, method.arguments, resource)
    const isShared = queue.consumers.count > 0 || isSingleActiveConsumer(args)
    if (queue.consumers.hasExclusive || (method.exclusive && isShared)) {
      throw new AccessRefused(`${resource} in exclusive use`)
    }
    return new ChannelConsumer(this, queue, {
      tag,
      priority,
      exclusive: method.exclusive,
      noAck: method.noAck,
      limit: this.prefetch.perConsumer,
      arguments: method.arguments,
      ackTimeoutMs,
    })
  }

  /** The consumer's own timeout, or its queue's. */
  private ackTimeoutFor(queue: Queue, args: FieldTable, resource: string): number {
    const own = consumerTimeout(args, resource)
    return own !== undefined && this.mustAcknowledge(queue) ? own : this.timeoutOf(queue, undefined)
  }

  private mustAcknowledge(queue: Queue): boolean {
    const { consumerTimeoutFor } = this.session.compat
    return consumerTimeoutFor === 'all' || queueTypeOf(queue.definition.arguments) === 'quorum'
  }
}

function countGet(tally: MessageTally, noAck: boolean, redelivered: boolean): void {
  if (noAck) tally.getNoAck++
  else tally.get++
  if (redelivered) tally.redeliver++
}
