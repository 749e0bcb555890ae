// A client that asks for a million things without waiting for each answer: frames out, answers counted. Raw sockets, so
// that what is measured is the broker.

import { createRequire } from 'node:module'
import { connect } from 'node:net'

const require = createRequire(import.meta.url)
const frames = require('../../dist/load/frames.js')
const { FrameScanner } = require('../../dist/load/frame-scanner.js')

const FRAME_END = 0xce
const CHUNK_BYTES = 64 * 1024

export const id = {
  ...frames.method,
  exchangeDeclare: 0x0028_000a,
  exchangeDeclareOk: 0x0028_000b,
  exchangeDelete: 0x0028_0014,
  exchangeDeleteOk: 0x0028_0015,
  queueUnbind: 0x0032_0032,
  queueUnbindOk: 0x0032_0033,
  txSelect: 0x005a_000a,
  txSelectOk: 0x005a_000b,
  txCommit: 0x005a_0014,
  txCommitOk: 0x005a_0015,
}

/** A method frame: numbers are octets or pairs [value, bytes], texts short strings, buffers as they are. */
export function method(channel, methodId, ...fields) {
  const parts = fields.map(encoded)
  const size = 4 + parts.reduce((sum, part) => sum + part.length, 0)
  const head = Buffer.alloc(11)
  head.writeUInt8(1, 0)
  head.writeUInt16BE(channel, 1)
  head.writeUInt32BE(size, 3)
  head.writeUInt32BE(methodId, 7)
  return Buffer.concat([head, ...parts, Buffer.of(FRAME_END)])
}

function encoded(field) {
  if (Buffer.isBuffer(field)) return field
  if (typeof field === 'number') return Buffer.of(field)
  if (typeof field === 'string')
    return Buffer.concat([Buffer.of(Buffer.byteLength(field)), Buffer.from(field)])
  const [value, bytes] = field
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntBE(value, 0, bytes)
  return buffer
}

const NO_TABLE = Buffer.alloc(4)

export const declareQueue = (
  name,
  { durable = false, exclusive = false, channel = 1, args = NO_TABLE } = {},
) => method(channel, id.queueDeclare, [0, 2], name, (durable ? 2 : 0) | (exclusive ? 4 : 0), args)
export const deleteQueue = name => method(1, id.queueDelete, [0, 2], name, 0)
export const declareExchange = (name, type, { durable = false } = {}) =>
  method(1, id.exchangeDeclare, [0, 2], name, type, durable ? 2 : 0, NO_TABLE)
export const deleteExchange = name => method(1, id.exchangeDelete, [0, 2], name, 0)
export const bind = (queue, exchange, key, args = NO_TABLE) =>
  method(1, id.queueBind, [0, 2], queue, exchange, key, 0, args)
export const unbind = (queue, exchange, key) =>
  method(1, id.queueUnbind, [0, 2], queue, exchange, key, NO_TABLE)
export const consume = (queue, { channel = 1, noAck = true } = {}) =>
  method(channel, id.basicConsume, [0, 2], queue, '', noAck ? 2 : 0, NO_TABLE)
export const qos = prefetch => method(1, id.basicQos, [0, 4], [prefetch, 2], 0)
export const openChannel = channel => method(channel, 0x14000a, '')
export const closeConnection = () => method(0, id.connectionClose, [200, 2], 'bye', [0, 4])
export const publish = (exchange, key, bytes, { persistent = false, frameMax = 131072 } = {}) =>
  frames.publishImage(exchange, key, bytes, persistent, frameMax).bytes

/** Arguments: whole numbers and texts. */
export function table(args) {
  const entries = Object.entries(args).map(([name, value]) => {
    if (typeof value === 'number')
      return Buffer.concat([encoded(name), Buffer.from('I'), encoded([value, 4])])
    const text = Buffer.from(value)
    return Buffer.concat([encoded(name), Buffer.from('S'), encoded([text.length, 4]), text])
  })
  const bytes = Buffer.concat(entries)
  return Buffer.concat([encoded([bytes.length, 4]), bytes])
}

/** What `publish` gave, with a priority. */
export function prioritized(image, priority) {
  const header = 8 + image.readUInt32BE(3)
  const size = image.readUInt32BE(header + 3)
  const end = header + 7 + size
  const bytes = Buffer.concat([image.subarray(0, end), Buffer.of(priority), image.subarray(end)])
  bytes.writeUInt32BE(size + 1, header + 3)
  bytes.writeUInt16BE(bytes.readUInt16BE(header + 19) | 0x0800, header + 19)
  return bytes
}

/** A connection, with channel 1 open. */
export class Wire {
  /** Method frames that came, by id, and bytes of bodies. */
  counts = new Map()
  bodyBytes = 0
  frameMax = 131072
  #waiting = []
  #failure
  #ended

  static async open({ host, port }, { localAddress, channelMax = 0, withChannel = true } = {}) {
    const wire = new Wire(host, port, localAddress)
    wire.write(frames.protocolHeader)
    await wire.count(id.connectionStart, 1)
    wire.write(frames.startOk('guest', 'guest'))
    await wire.count(id.connectionTune, 1)
    wire.frameMax = Math.min(wire.tune.frameMax, 131072)
    wire.write(frames.tuneOk(channelMax || wire.tune.channelMax, wire.frameMax))
    wire.write(frames.connectionOpen('/'))
    if (withChannel) wire.write(openChannel(1))
    await wire.count(id.connectionOpenOk, 1)
    if (withChannel) await wire.count(id.channelOpenOk, 1)
    return wire
  }

  constructor(host, port, localAddress) {
    const scanner = new FrameScanner(this)
    this.socket = connect({ host, port, localAddress, noDelay: true })
    this.socket.on('data', chunk => scanner.push(chunk, chunk.length))
    this.socket.on('error', error => this.#fail(error))
    this.#ended = new Promise(resolve => this.socket.once('close', resolve))
    this.socket.once('close', () => this.#fail(new Error('the broker closed the connection')))
  }

  write(bytes) {
    return this.socket.write(bytes)
  }

  /** Sends frames as they are made, in chunks, no faster than the broker takes them; resolves with the last answer. */
  async all(frames, answer, count) {
    const before = this.counts.get(answer) ?? 0
    let chunk = []
    let bytes = 0
    for (const frame of frames) {
      chunk.push(frame)
      bytes += frame.length
      if (bytes < CHUNK_BYTES) continue
      await this.#send(chunk)
      chunk = []
      bytes = 0
    }
    await this.#send(chunk)
    await this.count(answer, before + count)
  }

  #send(chunk) {
    if (this.#failure !== undefined) throw this.#failure
    if (chunk.length === 0 || this.write(Buffer.concat(chunk))) return undefined
    return new Promise(resolve => this.socket.once('drain', resolve))
  }

  /** One request and its answer. */
  async ask(frame, answer) {
    const before = this.counts.get(answer) ?? 0
    this.write(frame)
    await this.count(answer, before + 1)
  }

  /** Resolves when so many of these have come since the beginning. */
  count(methodId, count) {
    if ((this.counts.get(methodId) ?? 0) >= count) return Promise.resolve()
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => this.#waiting.push({ methodId, count, resolve, reject }))
  }

  /** Resolves when so many bytes of bodies have come since the beginning. */
  bodies(bytes) {
    return this.count('bodies', bytes)
  }

  /** Resolves when so many publishes have been confirmed since the beginning. */
  confirmed(count) {
    return this.count('confirmed', count)
  }

  /** Closes as the protocol has it, and waits for the socket. */
  async close() {
    this.socket.removeAllListeners('error')
    this.socket.on('error', () => {})
    this.write(closeConnection())
    await this.#ended
  }

  destroy() {
    this.socket.destroy()
    return this.#ended
  }

  frame(bytes, at, size) {
    const type = bytes[at]
    if (type === 3) this.#counted('bodies', size)
    if (type !== 1) return
    const methodId = bytes.readUInt32BE(at + 7)
    if (methodId === id.connectionTune)
      this.tune = { channelMax: bytes.readUInt16BE(at + 11), frameMax: bytes.readUInt32BE(at + 13) }
    if (methodId === id.connectionClose || methodId === id.channelClose)
      this.#fail(
        new Error(
          `${bytes.readUInt16BE(at + 11)} ${bytes.toString('utf8', at + 14, at + 14 + bytes[at + 13])}`,
        ),
      )
    if (methodId === id.basicAck) {
      const tag = Number(bytes.readBigUInt64BE(at + 11))
      this.#counted('confirmed', bytes[at + 19] === 1 ? tag - (this.counts.get('confirmed') ?? 0) : 1)
    }
    this.#counted(methodId, 1)
  }

  readEnded() {}

  #counted(what, by) {
    const count = (this.counts.get(what) ?? 0) + by
    this.counts.set(what, count)
    if (this.#waiting.length === 0) return
    const due = this.#waiting.filter(({ methodId, count: most }) => methodId === what && count >= most)
    if (due.length === 0) return
    this.#waiting = this.#waiting.filter(waiting => !due.includes(waiting))
    for (const { resolve } of due) resolve()
  }

  #fail(error) {
    this.#failure ??= error
    const waiting = this.#waiting
    this.#waiting = []
    for (const { reject } of waiting) reject(this.#failure)
  }
}

/** Runs `make(i)` for all of 0 … count-1, at most so many at a time. */
export async function inParallel(count, atATime, make) {
  const made = new Array(count)
  let next = 0
  await Promise.all(
    Array.from({ length: Math.min(atATime, count) }, async () => {
      while (next < count) {
        const i = next++
        made[i] = await make(i)
      }
    }),
  )
  return made
}
