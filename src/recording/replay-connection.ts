/**
 * A connection of a replay: logs in as it is told, sends frames as they were recorded, and hands on the methods it gets.
 * It answers closes by itself.
 */
import { connect, type Socket } from 'node:net'
import type { FieldTable } from '../amqp/field-value'
import { FrameParser } from '../amqp/frame-parser'
import { FRAME_END, FrameType } from '../amqp/framing'
import * as methods from '../amqp/methods'
import { Reader } from '../amqp/reader'
import { Writer } from '../amqp/writer'

const PROTOCOL_HEADER = Buffer.from('AMQP\x00\x00\x09\x01', 'latin1')
/** Further ahead of the broker there is no sending. */
const PENDING_MAX = 1024 * 1024
const FRAME_MAX = 16 * 1024 * 1024

export interface ReplayTarget {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly vhost: string
  /** What the client says of itself and understands: brokers leave out what it does not. */
  readonly clientProperties: FieldTable
}

export interface ReplayEvents {
  /** Of a channel, or a close of the connection by the broker. */
  method(channel: number, id: number, payload: Buffer): void
  /** Called once. */
  ended(why: string): void
}

export class ReplayConnection {
  private readonly socket: Socket
  private readonly parser = new FrameParser(
    {
      method: (channel, bytes, start, end) => this.method(channel, Buffer.from(bytes.subarray(start, end))),
      header: () => {},
      body: () => {},
      heartbeatFrame: () => {},
    },
    FRAME_MAX,
  )
  private opened: (() => void) | undefined
  private why = 'the broker closed the connection'

  /** Resolves when it is open; rejects with why it cannot be. */
  static async open(target: ReplayTarget, events: ReplayEvents): Promise<ReplayConnection> {
    return await new Promise((resolve, reject) => {
      let isOpen = false
      const connection = new ReplayConnection(target, {
        method: (channel, id, payload) => events.method(channel, id, payload),
        ended: why => (isOpen ? events.ended(why) : reject(new Error(why))),
      })
      connection.opened = () => {
        isOpen = true
        resolve(connection)
      }
    })
  }

  private constructor(
    private readonly target: ReplayTarget,
    private readonly events: ReplayEvents,
  ) {
    this.socket = connect({ host: target.host, port: target.port, noDelay: true })
    this.socket.once('connect', () => this.socket.write(PROTOCOL_HEADER))
    this.socket.on('data', chunk => this.read(chunk))
    this.socket.on('error', cause => {
      this.why = cause.message
    })
    this.socket.once('close', () => events.ended(this.why))
  }

  /** Ends when more may be sent. */
  async send(type: number, channel: number, payload: Uint8Array): Promise<void> {
    const frame = Buffer.alloc(payload.length + 8)
    frame.writeUInt8(type, 0)
    frame.writeUInt16BE(channel, 1)
    frame.writeUInt32BE(payload.length, 3)
    frame.set(payload, 7)
    frame.writeUInt8(FRAME_END, payload.length + 7)
    if (this.socket.write(frame) || this.socket.writableLength < PENDING_MAX) return
    await new Promise<void>(resolve => {
      this.socket.once('drain', resolve).once('close', resolve)
    })
  }

  async sendMethod(channel: number, method: { write(writer: Writer): void }): Promise<void> {
    const writer = new Writer()
    method.write(writer)
    await this.send(FrameType.method, channel, writer.take())
  }

  destroy(): void {
    this.socket.destroy()
  }

  private read(chunk: Buffer): void {
    try {
      this.parser.push(chunk)
    } catch (cause) {
      this.why = `the broker sent what cannot be read: ${(cause as Error).message}`
      this.socket.destroy()
    }
  }

  private method(channel: number, payload: Buffer): void {
    const id = payload.readUInt32BE(0)
    if (channel === 0) return this.onChannelZero(id, payload)
    if (id === methods.MethodId.channelClose) void this.sendMethod(channel, new methods.ChannelCloseOk())
    this.events.method(channel, id, payload)
  }

  private onChannelZero(id: number, payload: Buffer): void {
    const { user, password, vhost, clientProperties } = this.target
    switch (id) {
      case methods.MethodId.connectionStart: {
        const response = Buffer.from(`\0${user}\0${password}`)
        void this.sendMethod(0, new methods.ConnectionStartOk(clientProperties, 'PLAIN', response, 'en_US'))
        break
      }
      case methods.MethodId.connectionTune: {
        const { channelMax, frameMax } = methods.ConnectionTune.read(new Reader(payload, 4))
        void this.sendMethod(0, new methods.ConnectionTuneOk(channelMax, frameMax, 0))
        void this.sendMethod(0, new methods.ConnectionOpen(vhost))
        break
      }
      case methods.MethodId.connectionOpenOk:
        this.opened?.()
        break
      case methods.MethodId.connectionClose: {
        const { replyCode, replyText } = methods.ConnectionClose.read(new Reader(payload, 4))
        this.why = `the broker closed the connection: ${replyCode} ${replyText}`
        this.events.method(0, id, payload)
        void this.sendMethod(0, new methods.ConnectionCloseOk()).then(() => this.socket.end())
        break
      }
      case methods.MethodId.connectionCloseOk:
        this.events.method(0, id, payload)
        this.socket.end()
    }
  }
}
