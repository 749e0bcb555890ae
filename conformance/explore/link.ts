/**
 * One connection of a program: it sends what it is told, right or wrong, and hands on whatever comes. By itself it only
 * answers a close, so that the next step finds a server that is done with the last one.
 */
import { connect, type Socket } from 'node:net'
import { encodeFrame, encodeHeader, encodeMethod } from '../support/codec'
import { FrameReader, MethodAssembler } from '../support/frame-reader'
import type { Arrival } from '../support/inbox'
import type { MethodFields, MethodName } from '../support/methods'
import type { Target } from '../support/url'
import { clientCapabilities, protocolHeader } from '../support/wire'

export interface LinkListener {
  /** Everything that comes behind connection.open-ok. */
  heard(channel: number, arrival: Arrival): void
  /** The socket is gone, or the server closed the connection. */
  ended(): void
}

/** More than any server takes to answer; a step that waits this long is told as such. */
export const PATIENCE_MS = 5000
const FRAME_BYTES = 131_072

export class Link {
  isOpen = false
  private readonly reader = new FrameReader()
  private readonly assemblers = new Map<number, MethodAssembler>()
  private readonly waiting = new Set<() => void>()
  private lastArrival: Arrival | undefined

  private constructor(
    private readonly socket: Socket,
    private readonly listener: LinkListener,
  ) {
    socket.setNoDelay(true)
    socket.on('data', chunk => this.receive(chunk))
    socket.on('error', () => {}) // a reset is an end like any other
    socket.on('close', () => this.end())
  }

  static async open(target: Target, listener: LinkListener): Promise<Link> {
    const socket = connect(target.port, target.host)
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.once('connect', resolve)
    })
    const link = new Link(socket, listener)
    await link.handshake(target)
    return link
  }

  send<M extends MethodName>(channel: number, method: M, fields: Partial<MethodFields[M]> = {}): void {
    this.socket.write(encodeMethod(channel, method, fields))
  }

  sendContent(channel: number, properties: Buffer | object, body: Buffer): void {
    const frames = [encodeHeader(channel, body.length, properties)]
    for (let at = 0; at < body.length; at += FRAME_BYTES - 8)
      frames.push(encodeFrame(3, channel, body.subarray(at, at + FRAME_BYTES - 8)))
    this.socket.write(Buffer.concat(frames))
  }

  /** Looked at again whenever something came. False: it did not happen in time. */
  until(isSo: () => boolean, patienceMs = PATIENCE_MS): Promise<boolean> {
    if (isSo()) return Promise.resolve(true)
    return new Promise(resolve => {
      const look = (): void => {
        if (!isSo()) return
        done(true)
      }
      const timer = setTimeout(() => done(false), patienceMs)
      const done = (happened: boolean): void => {
        clearTimeout(timer)
        this.waiting.delete(look)
        resolve(happened)
      }
      this.waiting.add(look)
    })
  }

  async close(): Promise<void> {
    if (!this.isOpen) return
    this.send(0, 'connection.close', { replyCode: 200, replyText: 'bye' })
    await this.until(() => !this.isOpen)
    this.socket.destroy()
  }

  private async handshake({ user, password, vhost }: Target): Promise<void> {
    this.socket.write(protocolHeader)
    await this.next('connection.start')
    this.send(0, 'connection.start-ok', {
      clientProperties: { product: 'explorer', capabilities: clientCapabilities },
      mechanism: 'PLAIN',
      response: Buffer.from(`\0${user}\0${password}`),
      locale: 'en_US',
    })
    await this.next('connection.tune')
    this.send(0, 'connection.tune-ok', { channelMax: 2047, frameMax: FRAME_BYTES, heartbeat: 0 })
    this.send(0, 'connection.open', { virtualHost: vhost })
    await this.next('connection.open-ok')
    this.isOpen = true
  }

  private async next(method: MethodName): Promise<void> {
    const isThere = await this.until(() => this.lastArrival?.name === method)
    if (!isThere) throw new Error(`no ${method}, but ${JSON.stringify(this.lastArrival) ?? 'nothing'}`)
  }

  private receive(chunk: Buffer): void {
    for (const { type, channel, payload } of this.reader.read(chunk)) {
      if (type === 8) continue
      const assembler = this.assemblers.get(channel) ?? new MethodAssembler()
      this.assemblers.set(channel, assembler)
      const arrival = assembler.add({ type, channel, payload })
      if (arrival !== undefined) this.take(channel, arrival)
    }
    for (const look of [...this.waiting]) look()
  }

  private take(channel: number, arrival: Arrival): void {
    this.lastArrival = arrival
    if (!this.isOpen) return
    this.listener.heard(channel, arrival)
    if (arrival.name === 'channel.close') this.send(channel, 'channel.close-ok')
    if (arrival.name === 'connection.close') this.send(0, 'connection.close-ok')
    if (arrival.name !== 'connection.close' && arrival.name !== 'connection.close-ok') return
    this.end()
    this.socket.end() // RabbitMQ leaves that to the client
  }

  private end(): void {
    if (!this.isOpen) return
    this.isOpen = false
    this.listener.ended()
    for (const look of [...this.waiting]) look()
  }
}
