/**
 * The open channels of an open connection, by number: who a frame is for, and the opening of new ones. Remembers the
 * last one asked for: frames come in runs.
 */
import { ChannelError, NotAllowed, UnexpectedFrame } from '../amqp/errors'
import { ChannelOpenOk, MethodId, readMethod } from '../amqp/methods'
import { Reader } from '../amqp/reader'
import type { ConnectionPlace } from '../broker/limits'
import { Channel } from '../channel/channel'
import type { Session } from '../channel/session'

export class Channels {
  private readonly byNumber = new Map<number, Channel>()
  private last: Channel | undefined

  constructor(
    private readonly session: Session,
    /** 0: no limit. */
    private readonly channelMax: number,
    private readonly place: ConnectionPlace,
  ) {}

  /** A method frame's payload. @throws ChannelError, NotAllowed, and what the channel throws */
  method(number: number, bytes: Buffer, start: number, end: number): void {
    const channel = this.find(number)
    if (channel === undefined) this.open(number, bytes, start, end)
    else channel.method(bytes, start, end)
  }

  /** The channel a header or body frame is for. @throws UnexpectedFrame */
  content(number: number): Channel {
    const channel = this.find(number)
    if (channel === undefined)
      throw new UnexpectedFrame('expected method frame, got non method frame instead')
    return channel
  }

  /** Whether something was published that has not been confirmed, though it is to be. */
  get awaitConfirms(): boolean {
    for (const channel of this.byNumber.values()) if (channel.awaitsConfirms) return true
    return false
  }

  get count(): number {
    return this.byNumber.size
  }

  /** The open ones, not those that wait for their close-ok. */
  *[Symbol.iterator](): Iterator<Channel> {
    for (const channel of this.byNumber.values()) if (channel.isOpen) yield channel
  }

  resumeDeliveries(): void {
    for (const channel of this.byNumber.values()) channel.resumeDeliveries()
  }

  /** All end; what they held goes back to the queues. */
  release(): void {
    for (const channel of this.byNumber.values()) channel.release()
    this.place.releaseChannels(this.byNumber.size)
    this.place.release()
    this.byNumber.clear()
    this.session.routes.close()
    this.last = undefined
  }

  private find(number: number): Channel | undefined {
    if (this.last !== undefined && this.last.number === number) return this.last
    this.last = this.byNumber.get(number)
    return this.last
  }

  private open(number: number, bytes: Buffer, start: number, end: number): void {
    const method = readMethod(new Reader(bytes, start, end))
    if (method.id !== MethodId.channelOpen) {
      const error = new ChannelError("expected 'channel.open'")
      error.methodId = method.id
      throw error
    }
    const { size } = this.byNumber
    if (this.channelMax !== 0 && size >= this.channelMax) {
      const text = `number of channels opened (${size}) has reached the negotiated channel_max (${this.channelMax})`
      throw new NotAllowed(text)
    }
    this.place.takeChannel()
    this.session.peer.worked(1)
    this.byNumber.set(number, new Channel(number, this.session, channel => this.forget(channel)))
    this.session.peer.send(number, new ChannelOpenOk())
  }

  private forget(channel: Channel): void {
    if (this.byNumber.delete(channel.number)) this.place.releaseChannels(1)
    this.last = undefined
  }
}
