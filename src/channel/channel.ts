/**
 * One conversation: a switch from method to handler, and a close. The only place where an error of the domain becomes
 * channel.close; errors that cost the connection pass through, with the method that caused them.
 *
 *     open ── channel.close from the client ──► closed
 *       └──── error: channel.close sent ──► closing ── close-ok ──► closed      while closing, all else is ignored
 */
import { AmqpError, ChannelError, CommandInvalid, NotImplemented } from '../amqp/errors'
import {
  AccessRequestOk,
  BasicRecoverOk,
  ChannelClose,
  ChannelCloseOk,
  ChannelFlowOk,
  type Method,
  MethodId,
  readMethod,
} from '../amqp/methods'
import { Reader } from '../amqp/reader'
import { MessageTally } from '../structures/message-tally'
import type { TurnWork } from '../turn'
import { ChannelEvents } from './channel-events'
import { ChannelStatus } from './channel-status'
import { Consuming } from './consuming'
import { DirectReplyTo } from './direct-reply-to'
import { ExchangeMethods } from './exchange-methods'
import { PublisherMode } from './publisher-mode'
import { Publishing } from './publishing'
import { QueueMethods } from './queue-methods'
import type { Session } from './session'
import { Settling } from './settling'
import { Unacked } from './unacked'

/** class-id, method-id, delivery-tag and the bit `multiple`. */
const ACK_BYTES = 13
/** Class and method of what is at fault when a content frame is. */
const PUBLISH_METHOD_ID = MethodId.basicPublish

export class Channel implements TurnWork {
  private state: 'open' | 'closing' | 'closed' = 'open'
  readonly status: ChannelStatus
  private readonly tally = new MessageTally()
  private readonly unacked = new Unacked()
  private readonly events: ChannelEvents
  private readonly publishing: Publishing
  private readonly mode: PublisherMode
  private readonly consuming: Consuming
  private readonly settling: Settling
  private readonly exchangeMethods: ExchangeMethods
  private readonly queueMethods: QueueMethods
  private marked = false

  constructor(
    readonly number: number,
    private readonly session: Session,
    /** The number is free again. */
    private readonly onClosed: (channel: Channel) => void,
  ) {
    this.events = new ChannelEvents(number, session)
    this.queueMethods = new QueueMethods(number, session)
    this.exchangeMethods = new ExchangeMethods(number, session)
    const replyTo = new DirectReplyTo(session.vhost)
    const { unacked, queueMethods, events, tally } = this
    const guarded = (id: number, run: () => void): void => this.guarded(id, run)
    this.consuming = new Consuming(number, session, unacked, queueMethods, replyTo, events, tally, guarded)
    this.settling = new Settling(unacked, tally)
    this.publishing = new Publishing(number, session, replyTo, tally, () => this.markAnswerDue())
    const { publishing, consuming } = this
    this.mode = new PublisherMode(number, session, publishing, this.settling, unacked, tally, guarded)
    this.status = new ChannelStatus({ number, session, tally, unacked, publishing, consuming })
    this.events.opened()
    this.status.countStart()
  }

  get isOpen(): boolean {
    return this.state === 'open'
  }

  get awaitsConfirms(): boolean {
    return (this.publishing.confirms?.unconfirmed ?? 0) > 0
  }

  /** It has what others wait for: messages, or a queue for itself. */
  get isWaitedFor(): boolean {
    return this.unacked.count > 0 || this.publishing.transaction !== undefined || this.consuming.hasExclusive
  }

  /** A method frame's payload, `bytes[start, end)`. */
  method(bytes: Buffer, start: number, end: number): void {
    const id =
      (bytes[start]! << 24) | (bytes[start + 1]! << 16) | (bytes[start + 2]! << 8) | bytes[start + 3]!
    if (this.publishing.isBetweenFrames && this.state === 'open') {
      this.failed(this.publishing.interrupted(), PUBLISH_METHOD_ID)
      return
    }
    try {
      if (this.state !== 'open') this.whileClosing(id)
      else if (id === MethodId.basicPublish) this.publishing.begin(bytes, start + 4, end)
      else if (id === MethodId.basicAck && end - start === ACK_BYTES) this.ack(bytes, start + 4)
      else this.handleAsUser(readMethod(new Reader(bytes, start, end)))
    } catch (error) {
      this.failed(error, id)
    }
  }

  header(bytes: Buffer, start: number, end: number): void {
    if (this.state !== 'open') return
    const methodId = this.publishing.isBetweenFrames ? PUBLISH_METHOD_ID : 0
    try {
      this.publishing.header(bytes, start, end)
    } catch (error) {
      this.failed(error, methodId)
    }
  }

  body(bytes: Buffer, start: number, end: number): void {
    if (this.state !== 'open') return
    const methodId = this.publishing.isBetweenFrames ? PUBLISH_METHOD_ID : 0
    try {
      this.publishing.bodyFrame(bytes, start, end)
    } catch (error) {
      this.failed(error, methodId)
    }
  }

  /** The peer reads again. */
  resumeDeliveries(): void {
    this.consuming.resumeDeliveries()
  }

  /** Confirms that are due at the end of a turn, or after a commit. */
  runTurn(): void {
    this.marked = false
    const { confirms } = this.publishing
    if (this.state !== 'open' || confirms === undefined) return
    confirms.answer(this.session.store.committed)
    if (confirms.unconfirmed > 0) this.session.commits.wake(this)
  }

  /** The server ends the channel. @throws what is no error of a channel */
  forceClose(error: AmqpError): void {
    if (this.state === 'open') this.failed(error, 0)
  }

  /** Consumers leave and what is out goes back to its queues. */
  release(): void {
    if (this.state === 'closed') return
    this.leave()
    this.state = 'closed'
  }

  private ack(bytes: Buffer, at: number): void {
    const deliveryTag = bytes.readUInt32BE(at) * 0x100000000 + bytes.readUInt32BE(at + 4)
    this.settling.settle(deliveryTag, (bytes[at + 8]! & 1) !== 0, 'acked')
  }

  private handleAsUser(method: Method): void {
    const { events, user, peer } = this.session
    peer.worked(1)
    const before = events.actor
    events.actor = user.name
    try {
      this.handle(method)
    } finally {
      events.actor = before
    }
  }

  private handle(method: Method): void {
    switch (method.id) {
      case MethodId.exchangeDeclare:
        return this.exchangeMethods.declare(method)
      case MethodId.exchangeDelete:
        return this.exchangeMethods.delete(method)
      case MethodId.exchangeBind:
        return this.exchangeMethods.bind(method)
      case MethodId.exchangeUnbind:
        return this.exchangeMethods.unbind(method)
      case MethodId.queueDeclare:
        return this.queueMethods.declare(method)
      case MethodId.queueBind:
        return this.queueMethods.bind(method)
      case MethodId.queueUnbind:
        return this.queueMethods.unbind(method)
      case MethodId.queuePurge:
        return this.queueMethods.purge(method)
      case MethodId.queueDelete:
        return this.queueMethods.delete(method)
      case MethodId.basicQos:
        return this.consuming.qos(method)
      case MethodId.basicConsume:
        return this.consuming.consume(method)
      case MethodId.basicCancel:
        return this.consuming.cancel(method)
      case MethodId.basicGet:
        return this.consuming.get(method)
      default:
        return this.handleOther(method)
    }
  }

  private handleOther(method: Method): void {
    switch (method.id) {
      case MethodId.basicNack:
        return this.settling.settle(
          method.deliveryTag,
          method.multiple,
          method.requeue ? 'returned' : 'dropped',
        )
      case MethodId.basicReject:
        return this.settling.settle(method.deliveryTag, false, method.requeue ? 'failed' : 'dropped')
      case MethodId.basicRecover:
      case MethodId.basicRecoverAsync:
        return this.recover(method.id, method.requeue)
      case MethodId.confirmSelect:
        return this.mode.selectConfirm(method.noWait)
      case MethodId.txSelect:
        return this.mode.selectTx()
      case MethodId.txCommit:
        return this.mode.commit()
      case MethodId.txRollback:
        return this.mode.rollback()
      case MethodId.channelFlow:
        if (!method.active) throw new NotImplemented('active=false')
        return this.send(new ChannelFlowOk(true))
      case MethodId.accessRequest:
        return this.send(new AccessRequestOk(1))
      case MethodId.channelClose:
        return this.closedByClient()
      case MethodId.channelOpen:
        throw new ChannelError("second 'channel.open' seen")
      default:
        throw new CommandInvalid('unimplemented method')
    }
  }

  private recover(id: number, requeue: boolean): void {
    if (!requeue) throw new NotImplemented('requeue=false')
    this.settling.requeueAll()
    if (id === MethodId.basicRecover) this.send(new BasicRecoverOk())
  }

  private guarded(methodId: number, run: () => void): void {
    if (this.state !== 'open') return
    try {
      run()
    } catch (error) {
      this.failed(error, methodId)
    }
  }

  private closedByClient(): void {
    this.release()
    this.send(new ChannelCloseOk())
    this.onClosed(this)
  }

  /** amqp: channel.close: after sending it, all but close and close-ok must be discarded. */
  private whileClosing(id: number): void {
    // Both closed it at once: each answers the other, and the number is free when the peer has answered ours.
    if (id === MethodId.channelClose) this.send(new ChannelCloseOk())
    if (id !== MethodId.channelCloseOk || this.state === 'closed') return
    this.state = 'closed'
    this.onClosed(this)
  }

  private failed(error: unknown, methodId: number): void {
    if (!(error instanceof AmqpError)) throw error
    error.methodId = methodId
    if (error.closes === 'connection') throw error
    this.leave()
    this.state = 'closing'
    this.send(new ChannelClose(error.replyCode, error.replyText, methodId >>> 16, methodId & 0xffff))
  }

  private leave(): void {
    const { consumerCount } = this.consuming
    this.consuming.close()
    if (this.state === 'open') {
      this.events.closed(consumerCount)
      this.status.countEnd()
    }
    this.publishing.leave()
    this.publishing.transaction?.rollback(this.unacked)
    this.settling.requeueAll()
  }

  private send(method: Parameters<Session['peer']['send']>[1]): void {
    this.session.peer.send(this.number, method)
  }

  private markAnswerDue(): void {
    if (this.marked) return
    this.marked = true
    this.session.turn.answer(this)
  }
}
