/**
 * What one side of a connection sends, cut into the frames of a recording. It never fails: after what is no AMQP it is
 * silent. Passwords and tokens are left out here, before anything is written.
 */

import { type FrameHandler, FrameParser } from '../amqp/frame-parser'
import { ConnectionStartOk, MethodId, methodName } from '../amqp/methods'
import { Reader } from '../amqp/reader'
import { Writer } from '../amqp/writer'
import type { Side } from './format'

const PROTOCOL_HEADER_BYTES = 8
/** The largest that can be negotiated; the connection itself holds the peer to less. */
const FRAME_MAX = 16 * 1024 * 1024
const NOTHING = Buffer.alloc(0)

export interface FrameSink {
  frame(channel: number, frame: string, content: FrameContent): void
  unreadable(): void
}

export type FrameContent = { readonly payload: string } | { readonly bytes: number }

export class RecordedStream implements FrameHandler {
  private readonly parser: FrameParser
  private opening: Buffer
  private isReadable = true

  constructor(
    private readonly side: Side,
    private readonly sink: FrameSink,
  ) {
    this.parser = new FrameParser(this, FRAME_MAX)
    this.opening = side === 'client' ? NOTHING : Buffer.alloc(PROTOCOL_HEADER_BYTES)
  }

  /** Keeps nothing of the chunk. */
  push(chunk: Uint8Array): void {
    if (!this.isReadable) return
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    try {
      this.parser.push(bytes.subarray(this.takeHeader(bytes)))
    } catch {
      this.isReadable = false
      this.sink.unreadable()
    }
  }

  method(channel: number, bytes: Buffer, start: number, end: number): void {
    const id = bytes.readUInt32BE(start)
    this.sink.frame(channel, methodName(id), withoutSecrets(id, bytes, start, end))
  }

  header(channel: number, bytes: Buffer, start: number, end: number): void {
    this.sink.frame(channel, 'header', this.contentOf(bytes, start, end))
  }

  body(channel: number, bytes: Buffer, start: number, end: number): void {
    this.sink.frame(channel, 'body', this.contentOf(bytes, start, end))
  }

  heartbeatFrame(channel: number, bytes: Buffer, start: number, end: number): void {
    this.sink.frame(channel, 'heartbeat', this.contentOf(bytes, start, end))
  }

  /** Deliveries are what was published before. */
  private contentOf(bytes: Buffer, start: number, end: number): FrameContent {
    if (this.side === 'broker') return { bytes: end - start }
    return { payload: bytes.toString('base64', start, end) }
  }

  /** Returns where the frames begin. */
  private takeHeader(bytes: Buffer): number {
    const missing = PROTOCOL_HEADER_BYTES - this.opening.length
    if (missing === 0) return 0
    this.opening = Buffer.concat([this.opening, bytes.subarray(0, missing)])
    if (this.opening.length === PROTOCOL_HEADER_BYTES)
      this.sink.frame(0, 'protocol header', { payload: this.opening.toString('base64') })
    return Math.min(missing, bytes.length)
  }
}

function withoutSecrets(id: number, bytes: Buffer, start: number, end: number): FrameContent {
  switch (id) {
    case MethodId.connectionStartOk:
      return startOkWithoutResponse(bytes, start, end)
    case MethodId.connectionSecureOk:
    case MethodId.connectionUpdateSecret:
      return { bytes: end - start }
    default:
      return { payload: bytes.toString('base64', start, end) }
  }
}

/** One that cannot be read is left out whole: nobody knows where in it the password is. */
function startOkWithoutResponse(bytes: Buffer, start: number, end: number): FrameContent {
  try {
    const { clientProperties, mechanism, locale } = ConnectionStartOk.read(new Reader(bytes, start + 4, end))
    const writer = new Writer()
    new ConnectionStartOk(clientProperties, mechanism, NOTHING, locale).write(writer)
    return { payload: writer.take().toString('base64') }
  } catch {
    return { bytes: end - start }
  }
}
