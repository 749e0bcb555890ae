/**
 * A raw AMQP connection for tests: it sends what it is told, right or wrong, and hands out what the server says, in
 * order. It never answers by itself: no heartbeats, no close-ok, unless a method below says so.
 */
import { connect as connectSocket, type Socket } from 'node:net'
import { encodeFrame, encodeMethod } from './codec'
import { type Cause, expectCloseFields, expectNext } from './expectations'
import { type Frame, FrameReader, MethodAssembler } from './frame-reader'
import { type Arrival, describe, Inbox, patienceMs } from './inbox'
import type { MethodFields, MethodName, Request, Table } from './methods'
import { parseUrl, type Target } from './url'
import { WireChannel } from './wire-channel'

export const protocolHeader = Buffer.from('AMQP\x00\x00\x09\x01', 'latin1')

export interface OpenOptions {
  readonly clientProperties?: Table
  readonly mechanism?: string
  readonly response?: Buffer
  readonly channelMax?: number
  readonly frameMax?: number
  /** Seconds; 0, the default, for none. */
  readonly heartbeat?: number
  readonly vhost?: string
}

/** What RabbitMQ's own clients can do; it decides how some mistakes are answered. */
export const clientCapabilities: Table = {
  publisher_confirms: true,
  exchange_exchange_bindings: true,
  'basic.nack': true,
  consumer_cancel_notify: true,
  'connection.blocked': true,
  authentication_failure_close: true,
}

export class Wire {
  /** From connection.start. */
  serverProperties: Table = {}
  /** What the server offered. */
  tune: MethodFields['connection.tune'] = { channelMax: 0, frameMax: 0, heartbeat: 0 }
  /** What was agreed; 0 stands for no limit. */
  frameMax = 4096
  /** Heartbeat frames that came. */
  heartbeats = 0
  /** Called for each of them. */
  onHeartbeat: () => void = () => {}

  private readonly inboxes = new Map<number, Inbox>()
  private readonly assemblers = new Map<number, MethodAssembler>()
  private readonly reader = new FrameReader()
  private readonly ended: Promise<void>
  private failure: Error | undefined
  private channelFailure: Error | undefined
  private lastChannel = 0

  private constructor(
    readonly socket: Socket,
    readonly target: Target,
  ) {
    socket.setNoDelay(true)
    socket.on('data', chunk => this.receive(chunk))
    socket.on('error', () => {}) // a reset is an end like any other
    this.ended = new Promise(resolve => {
      socket.once('close', () => {
        this.fail(new Error('the server closed the socket'))
        resolve()
      })
    })
  }

  /** Opens the socket and sends nothing. */
  static connect(url: string): Promise<Wire> {
    const target = parseUrl(url)
    return new Promise((resolve, reject) => {
      const socket = connectSocket(target.port, target.host)
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(new Wire(socket, target))
      })
    })
  }

  /** The whole handshake, from the protocol header to open-ok. */
  async open(options: OpenOptions = {}): Promise<this> {
    await this.login(options)
    this.tuneOk(options)
    this.send('connection.open', { virtualHost: options.vhost ?? this.target.vhost })
    await this.expect('connection.open-ok')
    return this
  }

  /** The handshake up to connection.tune. */
  async login(options: OpenOptions = {}): Promise<this> {
    this.sendBytes(protocolHeader)
    const start = await this.expect('connection.start')
    this.serverProperties = start.fields.serverProperties
    this.startOk(options)
    this.tune = (await this.expect('connection.tune')).fields
    return this
  }

  startOk(options: OpenOptions = {}): void {
    const { user, password } = this.target
    this.send('connection.start-ok', {
      clientProperties: options.clientProperties ?? {
        product: 'conformance',
        capabilities: clientCapabilities,
      },
      mechanism: options.mechanism ?? 'PLAIN',
      response: options.response ?? Buffer.from(`\0${user}\0${password}`),
      locale: 'en_US',
    })
  }

  tuneOk(options: OpenOptions = {}): void {
    const { channelMax = this.tune.channelMax, frameMax = this.tune.frameMax, heartbeat = 0 } = options
    this.frameMax = frameMax
    this.send('connection.tune-ok', { channelMax, frameMax, heartbeat })
  }

  sendBytes(bytes: Uint8Array): void {
    this.socket.write(bytes)
  }

  /** Returns when what was sent so far has left for the kernel. */
  sent(): Promise<void> {
    return new Promise(resolve => this.socket.write('', () => resolve()))
  }

  sendFrame(type: number, channel: number, payload: Buffer = Buffer.alloc(0), end = 0xce): void {
    this.sendBytes(encodeFrame(type, channel, payload, end))
  }

  /** A method on channel 0. */
  send<M extends MethodName>(method: M, fields: Partial<MethodFields[M]> = {}): void {
    this.sendBytes(encodeMethod(0, method, fields))
  }

  sendHeartbeat(): void {
    this.sendFrame(8, 0)
  }

  /** Sends a method on channel 0 and waits for its `-ok`. */
  call<M extends Request>(method: M, fields: Partial<MethodFields[M]> = {}): Promise<Arrival<`${M}-ok`>> {
    this.send(method, fields)
    return this.expect(`${method}-ok` as `${M}-ok`)
  }

  /** The next method on channel 0, which must be this one. */
  expect<M extends MethodName>(method: M): Promise<Arrival<M>> {
    return expectNext(this.inbox(0), method)
  }

  /** The server closes the connection with exactly this, and after close-ok the socket. */
  async expectClose(replyCode: number, replyText: string | RegExp, cause: Cause): Promise<void> {
    await this.expectFatalClose(replyCode, replyText, cause)
    this.send('connection.close-ok')
    await this.expectEof()
  }

  /** The same after frame errors, where the server keeps the socket open for a while. */
  async expectFatalClose(replyCode: number | 'any', replyText: string | RegExp, cause: Cause): Promise<void> {
    const close = await this.expect('connection.close')
    expectCloseFields(close.fields, replyCode, replyText, cause)
  }

  /**
   * The server ends the handshake: it closes the socket, and may say why with exactly this connection.close first.
   * RabbitMQ only logs it, three seconds late; the specification lets the server "report the error in some fashion".
   */
  async expectRefused(replyCode: number | 'any', replyText: string | RegExp, cause: Cause): Promise<void> {
    const close = await this.expect('connection.close').catch((error: Error) => {
      if (error !== this.failure) throw error
    })
    if (close !== undefined) {
      expectCloseFields(close.fields, replyCode, replyText, cause)
      this.send('connection.close-ok')
    }
    await this.expectEof()
  }

  /** The server closes the socket. */
  async expectEof(withinMs = patienceMs): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`the socket is still open after ${withinMs} ms`)), withinMs)
    })
    await Promise.race([this.ended, late]).finally(() => clearTimeout(timer))
  }

  /** The server says nothing more and closes the socket. */
  async expectSilentEof(withinMs = patienceMs): Promise<void> {
    await this.expectEof(withinMs)
    expect([...this.inbox(0).peek()].map(describe)).toEqual([])
    expect(this.reader.unread).toHaveLength(0)
  }

  /** Bytes that came and are no frame: the protocol header of a server that refuses ours. */
  get strayBytes(): Buffer {
    return this.reader.unread
  }

  /** Opens a channel: the next free number, or the given one. */
  async channel(number = this.lastChannel + 1): Promise<WireChannel> {
    const channel = this.unopenedChannel(number)
    await channel.call('channel.open')
    return channel
  }

  /** A channel to send on without channel.open. */
  unopenedChannel(number = this.lastChannel + 1): WireChannel {
    this.lastChannel = number
    return new WireChannel(this, number, this.inbox(number))
  }

  /** Says goodbye and closes the socket, which RabbitMQ leaves to the client. */
  async close(): Promise<void> {
    await this.call('connection.close', { replyCode: 200, replyText: 'bye' })
    this.socket.end()
    await this.ended
  }

  /** Drops the socket without a word. */
  async destroy(): Promise<void> {
    this.socket.destroy()
    await this.ended
  }

  private inbox(channel: number): Inbox {
    let inbox = this.inboxes.get(channel)
    if (inbox === undefined) {
      inbox = new Inbox(channel === 0 ? 'connection' : `channel ${channel}`)
      const failure = this.failure ?? (channel > 0 ? this.channelFailure : undefined)
      if (failure !== undefined) inbox.fail(failure)
      this.inboxes.set(channel, inbox)
    }
    return inbox
  }

  private receive(chunk: Buffer): void {
    try {
      for (const frame of this.reader.read(chunk)) this.receiveFrame(frame)
    } catch (error) {
      this.fail(error as Error)
      this.socket.destroy()
    }
  }

  private receiveFrame(frame: Frame): void {
    if (frame.type === 8) {
      this.heartbeats++
      this.onHeartbeat()
      return
    }
    let assembler = this.assemblers.get(frame.channel)
    if (assembler === undefined) {
      assembler = new MethodAssembler()
      this.assemblers.set(frame.channel, assembler)
    }
    const arrival = assembler.add(frame)
    if (arrival === undefined) return
    this.inbox(frame.channel).push(arrival)
    if (arrival.name !== 'connection.close') return
    // Channels have nothing more to hope for; channel 0 may still hear close-ok.
    this.channelFailure = new Error(`the server sent ${describe(arrival)}`)
    for (const [number, inbox] of this.inboxes) if (number > 0) inbox.fail(this.channelFailure)
  }

  private fail(error: Error): void {
    this.failure ??= error
    for (const inbox of this.inboxes.values()) inbox.fail(this.failure)
  }
}
