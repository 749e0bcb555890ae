/** One connection of a recording while it is played: what its client sent is sent, what was answered is expected. */
import { FrameType } from '../amqp/framing'
import { ChannelClose, ConnectionClose, ConnectionOpen, ConnectionStartOk, MethodId } from '../amqp/methods'
import { Reader } from '../amqp/reader'
import type { Clock } from '../clock'
import type { FrameEvent } from './format'
import { ifReadable } from './readable'
import type { Renames } from './renames'
import { ReplayConnection, type ReplayTarget } from './replay-connection'
import { isUnasked, ReplayedChannel, type Reply } from './replayed-channel'

/** The broker that is played to. */
export interface ReplayServer extends Omit<ReplayTarget, 'vhost' | 'clientProperties'> {
  /** Undefined: that of the recording. */
  readonly vhost: string | undefined
}

export interface ReplayedConnectionParts {
  readonly server: ReplayServer
  readonly clock: Clock
  readonly renames: Renames
  readonly patienceMs: number
  /** `, channel 1: …` */
  differs(text: string): void
}

export class ReplayedConnection {
  private readonly channels = new Map<number, ReplayedChannel>()
  /** Channels that we close, not the recording: what still comes on them is of no interest. */
  private readonly closing = new Set<number>()
  private wire: ReplayConnection | undefined
  /** Why the broker ended it, where nobody has been told yet. */
  private lostWhy: string | undefined
  private isEndExpected = false
  private vhost = '/'
  private clientProperties: ReplayTarget['clientProperties'] = new Map()

  constructor(private readonly parts: ReplayedConnectionParts) {}

  /** Returns whether it was sent. */
  async send(event: FrameEvent): Promise<boolean> {
    const payload = Buffer.from(event.payload ?? '', 'base64')
    if (event.channel === 0) {
      this.note(event.frame, payload)
      if (event.frame !== 'connection.close') return false
      this.isEndExpected = true
    }
    // We answer the broker's closes ourselves.
    if (this.wire === undefined || event.frame === 'channel.close-ok') return false
    if (event.frame === 'channel.open') this.openChannel(event.channel)
    if (event.channel !== 0 && (this.channels.get(event.channel)?.isLost ?? true)) return false
    await this.wire.send(...this.frameOf(event, payload))
    return true
  }

  /** Waits for what the broker answered then. */
  async expect(event: FrameEvent): Promise<void> {
    if (event.frame === 'connection.open-ok') return await this.open()
    if (event.frame === 'connection.close') return await this.expectClose(event)
    if (event.channel === 0 && event.frame !== 'connection.close-ok') return
    this.tellLoss()
    const channel = this.channels.get(event.channel)
    if (channel === undefined || channel.isLost || event.payload === undefined) return
    if (isUnasked(event.frame)) {
      if (await channel.keepsUp(event.frame)) return
      return this.lose(channel, event, channel.closeInstead())
    }
    const reply = await channel.reply()
    if (reply?.kind === event.frame) {
      this.parts.renames.learn(reply.id, Buffer.from(event.payload, 'base64'), reply.payload)
      if (event.frame === 'channel.close-ok' || event.frame === 'channel.close') this.conclude(event.channel)
    } else if (event.channel !== 0 || this.wire !== undefined) this.lose(channel, event, reply)
  }

  /** The client is gone. */
  end(): void {
    this.tellLoss()
    for (const number of [...this.channels.keys()]) this.conclude(number)
    this.abandon()
  }

  abandon(): void {
    const { wire } = this
    this.wire = undefined
    wire?.destroy()
  }

  private note(frame: string, payload: Buffer): void {
    const reader = new Reader(payload, 4)
    ifReadable(() => {
      if (frame === 'connection.start-ok' && payload.length > 0)
        this.clientProperties = ConnectionStartOk.read(reader).clientProperties
      if (frame === 'connection.open') this.vhost = ConnectionOpen.read(reader).virtualHost
    })
  }

  private async open(): Promise<void> {
    const { server, differs } = this.parts
    const target = { ...server, vhost: server.vhost ?? this.vhost, clientProperties: this.clientProperties }
    this.openChannel(0)
    try {
      this.wire = await ReplayConnection.open(target, {
        method: (channel, id, payload) => this.received(channel, id, payload),
        ended: why => this.ended(why),
      })
    } catch (cause) {
      differs(` could not be opened: ${(cause as Error).message}`)
    }
  }

  private received(number: number, id: number, payload: Buffer): void {
    if (!this.closing.has(number)) this.channels.get(number)?.received(id, payload)
    else if (id === MethodId.channelCloseOk) this.closing.delete(number)
  }

  private ended(why: string): void {
    for (const channel of this.channels.values()) channel.end()
    if (this.wire !== undefined && !this.isEndExpected) this.lostWhy = why
    this.wire = undefined
  }

  /** Not at once: it may be what the recording comes to next. */
  private tellLoss(): void {
    if (this.lostWhy !== undefined) this.parts.differs(`: ${this.lostWhy}`)
    this.lostWhy = undefined
  }

  private async expectClose(event: FrameEvent): Promise<void> {
    const control = this.channels.get(0)
    if (control === undefined || (this.wire === undefined && this.lostWhy === undefined)) return
    this.isEndExpected = true
    this.lostWhy = undefined
    const reply = await control.reply()
    if (reply?.kind !== event.frame)
      this.parts.differs(`: ${event.frame}${reasonOf(event.frame, event.payload)} did not come`)
  }

  private openChannel(number: number): ReplayedChannel {
    this.conclude(number)
    const channel = new ReplayedChannel(this.parts.clock, this.parts.patienceMs)
    this.channels.set(number, channel)
    return channel
  }

  /** What else came on a channel that is no more. */
  private conclude(number: number): void {
    const channel = this.channels.get(number)
    if (channel === undefined) return
    this.channels.delete(number)
    if (channel.isLost) return
    for (const kind of channel.surplus())
      this.parts.differs(`, channel ${number}: ${kind} came more often than it was recorded`)
  }

  /** From here on the channel is in another state than it was. */
  private lose(channel: ReplayedChannel, event: FrameEvent, reply: Reply | undefined): void {
    channel.isLost = true
    if (this.wire === undefined) return // told already
    const recorded = `${event.frame}${reasonOf(event.frame, event.payload)}`
    const now = reply && `${reply.kind}${reasonOf(reply.kind, reply.payload.toString('base64'))}`
    this.parts.differs(`, channel ${event.channel}: then ${recorded}, now ${now ?? 'nothing'}`)
    if (reply?.kind === 'channel.close') return
    // So that its number is free, where the recording opens it again.
    this.closing.add(event.channel)
    void this.wire.sendMethod(event.channel, new ChannelClose(200, '', 0, 0))
  }

  private frameOf({ frame, channel }: FrameEvent, payload: Buffer): [number, number, Buffer] {
    if (frame === 'header') return [FrameType.header, channel, payload]
    if (frame === 'body') return [FrameType.body, channel, payload]
    return [FrameType.method, channel, this.parts.renames.applyTo(payload)]
  }
}

/** ` (404 NOT_FOUND - …)` of a close. */
function reasonOf(kind: string, payload: string | undefined): string {
  if (kind !== 'channel.close' && kind !== 'connection.close') return ''
  const close = ifReadable(() => {
    const reader = new Reader(Buffer.from(payload ?? '', 'base64'))
    return reader.long() === MethodId.channelClose ? ChannelClose.read(reader) : ConnectionClose.read(reader)
  })
  return close === undefined ? '' : ` (${close.replyCode} ${close.replyText})`
}
