/**
 * A connection of the harness: it says exactly what it is told, in one order, and hands on what the broker says in the
 * order it came. What the broker said before it died is still read; after `hush` nothing more is sent.
 */
import { connect, type Socket } from 'node:net'
import { encodeFrame, encodeHeader, encodeMethod } from '../../conformance/support/codec'
import { type Frame, FrameReader, MethodAssembler } from '../../conformance/support/frame-reader'
import { type Arrival, describe } from '../../conformance/support/inbox'
import type { MethodFields, MethodName, Properties, Request } from '../../conformance/support/methods'

const FRAME_MAX = 131_072
const FRAME_OVERHEAD = 8
const CONNECTION_FORCED = 320

/** The connection is gone: the broker was killed, or stopped. */
export class LinkLost extends Error {}

/** The broker closed a channel. */
export class ChannelClosed extends Error {
  constructor(readonly fields: MethodFields['channel.close']) {
    super(`channel closed: ${fields.replyCode} ${fields.replyText}`)
  }
}

const UNASKED: ReadonlySet<MethodName> = new Set<MethodName>([
  'basic.deliver',
  'basic.return',
  'basic.ack',
  'basic.nack',
  'basic.cancel',
])

export class Link {
  /** Settles when the last byte was read. */
  readonly closed: Promise<void>
  isHushed = false
  /** Nothing more will come. */
  isLost = false
  private readonly reader = new FrameReader()
  private readonly channels = new Map<number, LinkChannel>()
  private readonly zero: LinkChannel
  private lastChannel = 0
  private isClosing = false

  private constructor(
    private readonly socket: Socket,
    /** Told of what no broker should do. */
    private readonly complain: (what: string) => void,
  ) {
    socket.setNoDelay(true)
    this.zero = new LinkChannel(this, 0, complain)
    this.channels.set(0, this.zero)
    socket.on('data', chunk => this.receive(chunk))
    socket.on('error', () => {}) // a reset is an end like any other
    this.closed = new Promise(resolve => {
      socket.once('close', () => {
        this.isLost = true
        for (const channel of this.channels.values()) channel.fail(new LinkLost())
        resolve()
      })
    })
  }

  /** Begins to connect; `open` waits until it is done. */
  static connect(url: string, complain: (what: string) => void): Link {
    const { port, hostname } = new URL(url)
    return new Link(connect(Number(port), hostname), complain)
  }

  /** @throws LinkLost */
  async open(): Promise<void> {
    const { zero } = this
    this.write(Buffer.from('AMQP\x00\x00\x09\x01', 'latin1'))
    await zero.answer()
    const capabilities = { publisher_confirms: true, 'basic.nack': true, consumer_cancel_notify: true }
    const response = Buffer.from('\0guest\0guest')
    zero.send('connection.start-ok', {
      clientProperties: { product: 'crash', capabilities },
      mechanism: 'PLAIN',
      response,
      locale: 'en_US',
    })
    await zero.answer()
    zero.send('connection.tune-ok', { channelMax: 2047, frameMax: FRAME_MAX, heartbeat: 0 })
    await zero.call('connection.open', { virtualHost: '/' })
  }

  async openChannel(onUnasked: (arrival: Arrival) => void = () => {}): Promise<LinkChannel> {
    const channel = new LinkChannel(this, ++this.lastChannel, this.complain, onUnasked)
    this.channels.set(channel.number, channel)
    await channel.call('channel.open')
    return channel
  }

  /** Nothing is sent any more. */
  hush(): void {
    this.isHushed = true
  }

  /** Whether what was sent waits for the broker to read. */
  get isFull(): boolean {
    return this.socket.writableNeedDrain
  }

  /** Returns when what was sent has left, or the link is gone. */
  async drained(): Promise<void> {
    if (this.isFull)
      await Promise.race([new Promise(resolve => this.socket.once('drain', resolve)), this.closed])
  }

  /** Sends what `run` sends in one piece. */
  together(run: () => void): void {
    this.socket.cork()
    run()
    this.socket.uncork()
  }

  write(bytes: Buffer): void {
    if (!this.isHushed && !this.socket.destroyed) this.socket.write(bytes)
  }

  async close(): Promise<void> {
    await this.zero.call('connection.close', { replyCode: 200, replyText: 'bye' }).catch(() => {})
    this.socket.destroy()
    await this.closed
  }

  destroy(): void {
    this.socket.destroy()
  }

  /** Reads nothing until told to, so that what the broker sends waits at its side. */
  deafen(): void {
    this.socket.pause()
  }

  listen(): void {
    this.socket.resume()
  }

  private receive(chunk: Buffer): void {
    try {
      for (const frame of this.reader.read(chunk)) this.receiveFrame(frame)
    } catch (error) {
      this.complain(`unreadable: ${String(error)}`)
      this.socket.destroy()
    }
  }

  private receiveFrame(frame: Frame): void {
    if (frame.type === 8) return
    if (this.isClosing) throw new Error(`a frame of type ${frame.type} after connection.close`)
    const channel = this.channels.get(frame.channel)
    if (channel === undefined) throw new Error(`a frame on channel ${frame.channel}, which is not open`)
    const arrival = channel.assembler.add(frame)
    if (arrival === undefined) return
    if (arrival.name !== 'connection.close') {
      channel.take(arrival)
      return
    }
    this.isClosing = true
    if (arrival.fields.replyCode !== CONNECTION_FORCED) this.complain(describe(arrival))
    this.zero.send('connection.close-ok')
    this.socket.end()
    for (const each of this.channels.values()) each.fail(new LinkLost())
  }
}

interface Waiting {
  readonly resolve: (arrival: Arrival) => void
  readonly reject: (error: Error) => void
}

export class LinkChannel {
  readonly assembler = new MethodAssembler()
  private readonly waiting: Waiting[] = []
  private failure: Error | undefined

  constructor(
    readonly link: Link,
    readonly number: number,
    private readonly complain: (what: string) => void,
    /** Deliveries, confirms, returns and cancellations. */
    public onUnasked: (arrival: Arrival) => void = () => {},
  ) {}

  send<M extends MethodName>(method: M, fields: Partial<MethodFields[M]> = {}): void {
    this.link.write(encodeMethod(this.number, method, fields))
  }

  /** Sends a request and settles with its answer; answers come in the order of the requests. */
  async call<M extends Request>(
    method: M,
    fields: Partial<MethodFields[M]> = {},
  ): Promise<MethodFields[`${M}-ok`]> {
    this.send(method, fields)
    const arrival = await this.answer()
    if (arrival.name !== `${method}-ok`) throw new Error(`${describe(arrival)} in answer to ${method}`)
    return arrival.fields as MethodFields[`${M}-ok`]
  }

  /** basic.get: undefined when the queue is empty. */
  async get(
    queue: string,
    options: { readonly noAck?: boolean } = {},
  ): Promise<(Arrival & { name: 'basic.get-ok' }) | undefined> {
    this.send('basic.get', { queue, ...options })
    const arrival = await this.answer()
    return arrival.name === 'basic.get-ok' ? arrival : undefined
  }

  publish(exchange: string, routingKey: string, body: Buffer, properties: Properties): void {
    const frames = [
      encodeMethod(this.number, 'basic.publish', { exchange, routingKey }),
      encodeHeader(this.number, body.length, properties),
    ]
    for (let at = 0; at < body.length; at += FRAME_MAX - FRAME_OVERHEAD) {
      frames.push(encodeFrame(3, this.number, body.subarray(at, at + FRAME_MAX - FRAME_OVERHEAD)))
    }
    this.link.write(Buffer.concat(frames))
  }

  /** What was asked for so far is forgotten by whoever waits for it: the channel, or the link, is gone. */
  fail(error: Error): void {
    this.failure ??= error
    for (const { reject } of this.waiting.splice(0)) reject(this.failure)
  }

  answer(): Promise<Arrival> {
    if (this.failure !== undefined) return Promise.reject(this.failure)
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }))
  }

  take(arrival: Arrival): void {
    if (UNASKED.has(arrival.name)) {
      this.onUnasked(arrival)
      return
    }
    if (arrival.name === 'channel.close') {
      this.send('channel.close-ok')
      if (this.waiting.length === 0) this.complain(describe(arrival))
      this.fail(new ChannelClosed(arrival.fields))
      return
    }
    const first = this.waiting.shift()
    if (first === undefined) this.complain(`${arrival.name} that nobody asked for`)
    else first.resolve(arrival)
  }
}
