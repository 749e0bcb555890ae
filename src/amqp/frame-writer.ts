/**
 * Methods and contents as frames, into chunks. Deliveries are written in one pass from the message's three byte
 * ranges, bodies split at the receiver's frame_max; everything else goes through the generated methods.
 * Knows no sockets: full chunks and large bodies go to a `ChunkSink`.
 */

import { copyBytes } from '../structures/copy-bytes'
import type { Content } from './content'
import { FRAME_END, FRAME_OVERHEAD, FrameType } from './framing'
import { MethodId } from './methods'
import { Writer } from './writer'

export interface ChunkSink {
  /** Takes `bytes[0, used)` over and returns a chunk of at least `room` bytes to go on with. */
  nextChunk(bytes: Buffer, used: number, room: number): Buffer
  /** Takes bytes that are never written again, to be sent behind what `nextChunk` was given. */
  passOn(bytes: Buffer): void
}

/** What can be written as a method frame: the generated methods of `methods.ts`. */
export interface WritableMethod {
  readonly id: number
  write(writer: Writer): void
}

/** Bodies from here on are not copied into a chunk but handed on by reference. */
export const PASS_ON_BYTES = 64 * 1024

/** class-id, weight and body size in front of the properties. */
const CONTENT_HEADER_BYTES = 12

/** basic.deliver around its consumer tag and address: class-id and method-id, delivery-tag, redelivered. */
const DELIVER_FIXED_BYTES = 4 + 8 + 1

const BASIC_CLASS = MethodId.basicDeliver >>> 16

export class FrameWriter {
  bytes: Buffer = Buffer.alloc(0)
  offset = 0
  frameMax = 0xffffffff
  private readonly scratch = new Writer()

  constructor(private readonly sink: ChunkSink) {}

  method(channel: number, method: WritableMethod): void {
    const scratch = this.scratch
    scratch.reset()
    method.write(scratch)
    const length = scratch.offset
    this.reserve(length + FRAME_OVERHEAD)
    const bytes = this.bytes
    const payload = frameHeader(bytes, this.offset, FrameType.method, channel, length)
    const end = copyBytes(scratch.bytes, 0, length, bytes, payload)
    bytes[end] = FRAME_END
    this.offset = end + 1
  }

  /** A method that carries content: basic.return, basic.get-ok. */
  content(channel: number, method: WritableMethod, content: Content): void {
    this.method(channel, method)
    this.reserve(this.contentRoom(content))
    this.contentFrames(channel, content)
  }

  /** basic.deliver and its content. `consumerTag` is the tag as a shortstr. */
  deliver(
    channel: number,
    consumerTag: Buffer,
    deliveryTag: number,
    redelivered: boolean,
    content: Content,
  ): void {
    const addressStart = content.addressStart
    const addressEnd = content.addressEnd
    const methodBytes = DELIVER_FIXED_BYTES + consumerTag.length + (addressEnd - addressStart)
    this.reserve(methodBytes + FRAME_OVERHEAD + this.contentRoom(content))
    const bytes = this.bytes
    let at = frameHeader(bytes, this.offset, FrameType.method, channel, methodBytes)
    bytes[at] = 0
    bytes[at + 1] = BASIC_CLASS
    bytes[at + 2] = 0
    bytes[at + 3] = MethodId.basicDeliver & 0xff
    at = copyBytes(consumerTag, 0, consumerTag.length, bytes, at + 4)
    at = longlong(bytes, at, deliveryTag)
    bytes[at++] = redelivered ? 1 : 0
    at = copyBytes(content.addressBytes, addressStart, addressEnd, bytes, at)
    bytes[at] = FRAME_END
    this.offset = at + 1
    this.contentFrames(channel, content)
  }

  /** basic.ack or basic.nack (without requeue) to a publisher. */
  confirm(channel: number, id: number, deliveryTag: number, multiple: boolean): void {
    this.reserve(13 + FRAME_OVERHEAD)
    const bytes = this.bytes
    const at = frameHeader(bytes, this.offset, FrameType.method, channel, 13)
    bytes[at] = 0
    bytes[at + 1] = BASIC_CLASS
    bytes[at + 2] = 0
    bytes[at + 3] = id & 0xff
    longlong(bytes, at + 4, deliveryTag)
    bytes[at + 12] = multiple ? 1 : 0
    bytes[at + 13] = FRAME_END
    this.offset = at + 14
  }

  heartbeat(): void {
    this.reserve(FRAME_OVERHEAD)
    const at = frameHeader(this.bytes, this.offset, FrameType.heartbeat, 0, 0)
    this.bytes[at] = FRAME_END
    this.offset = at + 1
  }

  /** Bytes that are no frame: the protocol header of a refused version. */
  raw(bytes: Buffer): void {
    this.reserve(bytes.length)
    this.offset = copyBytes(bytes, 0, bytes.length, this.bytes, this.offset)
  }

  /** What the header frame and, when it is copied into one frame, the body need. */
  private contentRoom(content: Content): number {
    const header = CONTENT_HEADER_BYTES + content.propertiesEnd - content.propertiesStart + FRAME_OVERHEAD
    const bodyLength = content.bodyEnd - content.bodyStart
    return bodyLength >= PASS_ON_BYTES ? header : header + bodyLength + FRAME_OVERHEAD
  }

  private contentFrames(channel: number, content: Content): void {
    const bytes = this.bytes
    const properties = content.propertiesEnd - content.propertiesStart
    const bodyLength = content.bodyEnd - content.bodyStart
    let at = frameHeader(bytes, this.offset, FrameType.header, channel, CONTENT_HEADER_BYTES + properties)
    bytes[at] = 0
    bytes[at + 1] = BASIC_CLASS
    bytes[at + 2] = 0
    bytes[at + 3] = 0
    at = longlong(bytes, at + 4, bodyLength)
    at = copyBytes(content.propertiesBytes, content.propertiesStart, content.propertiesEnd, bytes, at)
    bytes[at++] = FRAME_END
    this.offset = at
    if (bodyLength === 0) return
    if (bodyLength >= PASS_ON_BYTES || bodyLength > this.frameMax - FRAME_OVERHEAD) {
      this.splitBody(channel, content.bodyBytes, content.bodyStart, content.bodyEnd)
      return
    }
    at = frameHeader(bytes, at, FrameType.body, channel, bodyLength)
    at = copyBytes(content.bodyBytes, content.bodyStart, content.bodyEnd, bytes, at)
    bytes[at] = FRAME_END
    this.offset = at + 1
  }

  /** A body in frames of at most frame_max. Large pieces leave by reference. */
  private splitBody(channel: number, body: Buffer, start: number, end: number): void {
    const byReference = end - start >= PASS_ON_BYTES
    const pieceMax = this.frameMax - FRAME_OVERHEAD
    for (let from = start; from < end; from += pieceMax) {
      const to = Math.min(end, from + pieceMax)
      const length = to - from
      const copied = !byReference || length < PASS_ON_BYTES / 4
      this.reserve(FRAME_OVERHEAD + (copied ? length : 0))
      this.offset = frameHeader(this.bytes, this.offset, FrameType.body, channel, length)
      if (copied) {
        this.offset = copyBytes(body, from, to, this.bytes, this.offset)
      } else {
        this.bytes = this.sink.nextChunk(this.bytes, this.offset, 1)
        this.offset = 0
        this.sink.passOn(body.subarray(from, to))
      }
      this.bytes[this.offset++] = FRAME_END
    }
  }

  private reserve(room: number): void {
    if (this.bytes.length - this.offset >= room) return
    this.bytes = this.sink.nextChunk(this.bytes, this.offset, room)
    this.offset = 0
  }
}

function frameHeader(bytes: Buffer, at: number, type: number, channel: number, size: number): number {
  bytes[at] = type
  bytes[at + 1] = channel >>> 8
  bytes[at + 2] = channel
  bytes[at + 3] = size >>> 24
  bytes[at + 4] = size >>> 16
  bytes[at + 5] = size >>> 8
  bytes[at + 6] = size
  return at + 7
}

function longlong(bytes: Buffer, at: number, value: number): number {
  const high = (value / 0x100000000) | 0
  bytes[at] = high >>> 24
  bytes[at + 1] = high >>> 16
  bytes[at + 2] = high >>> 8
  bytes[at + 3] = high
  bytes[at + 4] = value >>> 24
  bytes[at + 5] = value >>> 16
  bytes[at + 6] = value >>> 8
  bytes[at + 7] = value
  return at + 8
}
