/**
 * One connection: its channels, its channel 0, and how it ends. The only place where an error becomes
 * connection.close. Whatever a peer sends costs at most this connection.
 *
 *     handshake ─► open ─► closing ─► closed
 *                          └ connection.close sent: all but close and close-ok is ignored, for a while
 */
import {
  type AccessRefused,
  AmqpError,
  ChannelError,
  FrameError,
  InternalError,
  UnexpectedFrame,
} from '../amqp/errors'
import { describeFrame } from '../amqp/frame-parser'
import type { WritableMethod } from '../amqp/frame-writer'
import { ConnectionClose, ConnectionCloseOk } from '../amqp/methods'
import type { FieldTable } from '../amqp/table'
import type { User } from '../auth/users'
import { removeExclusiveQueues } from '../broker/declarations/queue-declarations'
import type { Vhost } from '../broker/vhost'
import type { Session } from '../channel/session'
import { ChannelZero, type ChannelZeroConnection } from './channel-zero'
import { Channels } from './channels'
import { ConnectionEvents } from './connection-events'
import { type ConnectionParts, ConnectionStatus } from './connection-status'
import { createPeer } from './create-peer'
import { Deadline } from './deadline'
import { Handshake, type HandshakeConnection, hasCapability } from './handshake'
import { Heartbeat, type HeartbeatLine } from './heartbeat'
import { Input, type InputReceiver } from './input'
import { openSession } from './open-session'
import { Outbound } from './outbound'
import type { OutboundPeer } from './outbound-peer'
import type { Leaver, Partings } from './partings'
import { isSpoken, mayBecomeHeader, PROTOCOL_HEADER } from './protocol-header'
import { PublisherBrake } from './publisher-brake'
import type { ReadingOrder } from './reading-order'
import { LOGIN_FAILURE_DELAY_MS } from './sasl'
import type { ServerSettings, Tuning } from './settings'
import { isLocal, type Transport, type TransportEvents } from './transport'

/** RabbitMQ: how long a peer may take to answer connection.close. */
const CLOSING_TIMEOUT_MS = 30_000

/** RabbitMQ: how long a peer whose frames cannot be read any more is left to read why. */
const SILENT_CLOSE_DELAY_MS = 3000

export interface ConnectionOwner {
  /** Whose turn it is to be read. */
  readonly order: ReadingOrder
  readonly partings: Partings
  /** It is known whose it is. */
  opened(connection: Connection): void
  ended(connection: Connection): void
}

export class Connection
  implements
    InputReceiver,
    HandshakeConnection,
    ChannelZeroConnection,
    HeartbeatLine,
    TransportEvents,
    ConnectionParts,
    Leaver
{
  state: 'handshake' | 'open' | 'closing' | 'closed' = 'handshake'
  /** What events call it. */
  readonly pid: string
  readonly events: ConnectionEvents
  /** What there is to tell about it. */
  readonly status = new ConnectionStatus(this)
  readonly isLoopback: boolean
  readonly input: Input
  readonly outbound: Outbound
  readonly brake: PublisherBrake
  readonly handshake: Handshake
  channels: Channels | undefined
  session: Session | undefined
  tuning: Tuning | undefined
  private readonly peer: OutboundPeer
  private readonly heartbeat: Heartbeat
  private readonly channelZero: ChannelZero
  private readonly deadline: Deadline

  constructor(
    readonly transport: Transport,
    private readonly settings: ServerSettings,
    private readonly owner: ConnectionOwner,
  ) {
    const { broker, wireClock, chunks, limits } = settings
    this.events = new ConnectionEvents(settings, transport)
    this.pid = this.events.pid
    this.isLoopback = isLocal(transport)
    this.input = new Input(transport, owner.order, this, broker.compat.frameMaxBeforeTune)
    this.outbound = new Outbound(transport, chunks, broker.turn)
    this.brake = new PublisherBrake(this.outbound, this.input, broker.store, broker.alarms)
    this.peer = createPeer(settings, this.outbound, this.input, broker.store, broker.commits, this.brake)
    this.handshake = new Handshake(this, settings)
    this.channelZero = new ChannelZero(this, this.handshake)
    this.heartbeat = new Heartbeat(wireClock, this)
    this.deadline = new Deadline(wireClock)
    this.deadline.set(limits.handshakeTimeout, () => this.drop('handshake timed out'))
    transport.listen(this)
  }

  get isHeld(): boolean {
    return this.input.isHeld && !this.peer.isHeldBack
  }

  get bytesReceived(): number {
    return this.input.bytesReceived
  }

  get bytesSent(): number {
    return this.outbound.bytesSent
  }

  /** The server ends the connection: as a rule with 320, and why. */
  forceClose(error: AmqpError): void {
    if (this.state === 'open') this.closeWith(error)
    else if (this.state === 'handshake') this.drop(error.message)
  }

  destroy(): void {
    this.transport.destroy()
  }

  onData(chunk: Buffer): void {
    this.input.receive(chunk)
  }

  onDrain(): void {
    if (!this.outbound.congested) return
    this.outbound.drained()
    this.peer.drained()
    this.channels?.resumeDeliveries()
  }

  /** RabbitMQ: half a connection is none. What was asked before is still answered. */
  onEnd(): void {
    if (this.state !== 'closed' && !this.outbound.hushed) this.endAfterFlush()
  }

  onClosed(): void {
    const isSurprise = this.state !== 'closing'
    this.state = 'closed'
    this.input.goDeaf()
    this.deadline.cancel()
    this.owner.partings.part(this, () => {
      this.events.closed(isSurprise, this.status, this.session?.vhost)
      this.owner.ended(this)
    })
  }

  protocolHeader(bytes: Buffer): boolean {
    if (bytes.length < PROTOCOL_HEADER.length ? mayBecomeHeader(bytes) : isSpoken(bytes)) {
      if (bytes.length === PROTOCOL_HEADER.length) this.handshake.begin()
      return true
    }
    this.outbound.frames().raw(PROTOCOL_HEADER)
    this.endAfterFlush()
    return false
  }

  method(channel: number, bytes: Buffer, start: number, end: number): void {
    if (channel === 0) this.channelZero.method(bytes, start, end)
    else if (this.state === 'open') this.channels!.method(channel, bytes, start, end)
    else if (this.state === 'handshake') throw new ChannelError('unexpected method before connection.open-ok')
  }

  header(channel: number, bytes: Buffer, start: number, end: number): void {
    if (this.takesContent(channel, bytes, start, end))
      this.channels!.content(channel).header(bytes, start, end)
  }

  body(channel: number, bytes: Buffer, start: number, end: number): void {
    if (this.takesContent(channel, bytes, start, end)) this.channels!.content(channel).body(bytes, start, end)
  }

  heartbeatFrame(channel: number, bytes: Buffer, start: number, end: number): void {
    if (channel !== 0) throw new UnexpectedFrame(describeFrame(bytes, start, end))
  }

  inputFailed(error: unknown): void {
    if (this.state === 'closing' || this.state === 'closed') {
      this.transport.destroy()
      return
    }
    if (!(error instanceof AmqpError)) this.events.defect(error)
    this.closeWith(error instanceof AmqpError ? error : new InternalError(''))
  }

  sendHeartbeat(): void {
    this.outbound.frames().heartbeat()
  }

  deaf(): void {
    this.drop('missed heartbeats from client')
  }

  send(method: WritableMethod): void {
    this.peer.send(0, method)
  }

  tuned(tuning: Tuning): void {
    this.input.frameMax = tuning.frameMax
    this.outbound.frameMax = tuning.frameMax
    this.tuning = tuning
    this.heartbeat.start(tuning.heartbeat)
  }

  opened(user: User, vhost: Vhost, clientProperties: FieldTable): void {
    this.deadline.cancel()
    const { peer, events } = this
    const session = openSession(this.settings, { peer, owner: this, events, user, vhost, clientProperties })
    const place = this.settings.broker.limits.takeConnection(user.name, vhost.name)
    this.channels = new Channels(session, this.tuning!.channelMax, place)
    this.brake.engage(this.channels, hasCapability(clientProperties, 'connection.blocked'))
    this.session = session
    this.state = 'open'
    this.owner.opened(this)
    this.events.opened(user.name, vhost.name, this.tuning!)
  }

  loginFailed(reason: string, close: AccessRefused | undefined, delayMs: number): void {
    this.events.warn(reason)
    this.input.goDeaf()
    this.state = 'closing'
    this.deadline.set(delayMs, () => {
      if (close !== undefined) this.send(new ConnectionClose(close.replyCode, close.replyText, 0, 0))
      this.dropAfter(LOGIN_FAILURE_DELAY_MS)
    })
  }

  closedByPeer(): void {
    this.state = 'closing'
    this.input.goDeaf()
    this.owner.partings.part(this, () => {
      if (this.state === 'closed') return
      this.send(new ConnectionCloseOk())
      this.endAfterFlush()
    })
  }

  closeAnswered(): void {
    this.endAfterFlush()
  }

  private takesContent(channel: number, bytes: Buffer, start: number, end: number): boolean {
    if (this.state === 'closing' || this.state === 'closed') return false
    if (channel === 0 || this.state === 'handshake')
      throw new UnexpectedFrame(describeFrame(bytes, start, end))
    return true
  }

  private closeWith(error: AmqpError): void {
    const { methodId } = error
    this.events.closing(error)
    this.release('all')
    this.state = 'closing'
    const text = error instanceof InternalError && error.message === '' ? 'INTERNAL_ERROR' : error.replyText
    this.send(new ConnectionClose(error.replyCode, text, methodId >>> 16, methodId & 0xffff))
    if (error instanceof FrameError) {
      // Where one frame ends and the next begins is not known any more.
      this.input.goDeaf()
      this.dropAfter(SILENT_CLOSE_DELAY_MS)
    } else this.dropAfter(CLOSING_TIMEOUT_MS)
  }

  /** Channels end; what they held goes back to the queues. */
  release(what: 'all' | 'held'): void {
    this.heartbeat.stop()
    this.brake.letGo()
    this.peer.forgetReplies()
    this.channels?.release(what)
    if (this.session !== undefined) removeExclusiveQueues(this.session.vhost, this)
  }

  private endAfterFlush(): void {
    this.release('all')
    this.state = 'closing'
    this.outbound.runTurn()
    this.input.goDeaf()
    this.transport.end()
    this.dropAfter(SILENT_CLOSE_DELAY_MS)
  }

  private drop(reason: string): void {
    this.events.warn(`dropping connection: ${reason}`)
    this.transport.destroy()
  }

  private dropAfter(delayMs: number): void {
    this.deadline.set(delayMs, () => this.transport.destroy())
  }
}
