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
  private hasLeft = false

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

  /** What they held goes back to the queues. `held`: only those end that others wait for; the place of all is free. */
  release(what: 'all' | 'held'): void {
    this.leavePlace()
    if (what === 'all') this.releaseSome(Number.POSITIVE_INFINITY)
    else for (const channel of this.byNumber.values()) if (channel.isWaitedFor) this.end(channel)
  }

  /** Returns how many there were to release, at most as many as asked for. */
  releaseSome(most: number): number {
    this.leavePlace()
    let released = 0
    for (const channel of this.byNumber.values()) {
      if (released === most) return released
      this.end(channel)
      released++
    }
    this.session.routes.close()
    return released
  }

  private end(channel: Channel): void {
    channel.release()
    this.byNumber.delete(channel.number)
    this.last = undefined
  }

  private leavePlace(): void {
    if (this.hasLeft) return
    this.hasLeft = true
    this.place.releaseChannels(this.byNumber.size)
    this.place.release()
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
    if (this.byNumber.delete(channel.number) && !this.hasLeft) this.place.releaseChannels(1)
    this.last = undefined
  }
}
