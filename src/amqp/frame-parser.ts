/**
 * Bytes in, frames out, however the network split them. A plain state machine: no sockets, no methods.
 *
 *   ┌──────┬─────────┬─────────┬─────────────┬──────┐
 *   │ type │ channel │  size   │ payload     │ 0xCE │
 *   │  1   │    2    │    4    │ size octets │  1   │
 *   └──────┴─────────┴─────────┴─────────────┴──────┘
 *
 * Frames that lie whole in a chunk are handed on as offsets into it: nothing is copied or allocated. Only a
 * frame cut by the end of a chunk is gathered, in a buffer of its own that grows with what really arrives.
 * Chunks and gathered frames are never written again, so a handler may keep views on them.
 */
import { erlangBinary } from './erlang-text'
import { FrameError } from './errors'
import { FRAME_END, FRAME_OVERHEAD, FrameType } from './framing'

const HEADER_BYTES = 7

/** What RabbitMQ's error texts show of a payload. */
const SHOWN_OCTETS = 16

/** class-id and method-id; class-id, weight and body size. */
const METHOD_PAYLOAD_MIN = 4
const HEADER_PAYLOAD_MIN = 12

/** What receives frames. Payloads are `bytes[start, end)`. */
export interface FrameHandler {
  method(channel: number, bytes: Buffer, start: number, end: number): void
  header(channel: number, bytes: Buffer, start: number, end: number): void
  body(channel: number, bytes: Buffer, start: number, end: number): void
  heartbeatFrame(channel: number, bytes: Buffer, start: number, end: number): void
}

export class FrameParser {
  /** Set by the handler to be left in peace; frames wait until `resume`. */
  paused = false
  private bytes: Buffer = EMPTY
  private offset = 0
  private partial: Buffer = EMPTY
  private partialLength = 0

  constructor(
    private readonly handler: FrameHandler,
    public frameMax: number,
  ) {}

  /** Whether received bytes wait for `resume`. */
  get hasInput(): boolean {
    return this.offset < this.bytes.length
  }

  /** Takes a chunk over. Must not be called while input waits. */
  push(chunk: Buffer): void {
    this.bytes = chunk
    this.offset = 0
    this.run()
  }

  resume(): void {
    this.paused = false
    this.run()
  }

  private run(): void {
    if (this.paused) return
    if (this.partialLength > 0 && !this.completePartial()) return
    if (!this.paused) this.scan()
    if (this.paused) return
    this.keepRest()
  }

  private scan(): void {
    const bytes = this.bytes
    const length = bytes.length
    let offset = this.offset
    while (length - offset >= HEADER_BYTES) {
      const size = sizeAt(bytes, offset)
      if (size > this.frameMax) throw tooLarge(bytes, offset, size, this.frameMax)
      const payload = offset + HEADER_BYTES
      const end = payload + size
      if (end >= length) break
      // Before the call: the handler may pause, or throw.
      this.offset = offset = end + 1
      this.accept(bytes, payload, end)
      if (this.paused) return
    }
    this.offset = offset
  }

  private accept(bytes: Buffer, payload: number, end: number): void {
    if (bytes[end] !== FRAME_END)
      throw malformed(bytes, payload, end, `{invalid_frame_end_marker,${bytes[end]}}`)
    const type = bytes[payload - HEADER_BYTES]
    const channel = (bytes[payload - 6]! << 8) | bytes[payload - 5]!
    const size = end - payload
    if (type === FrameType.method && size >= METHOD_PAYLOAD_MIN)
      this.handler.method(channel, bytes, payload, end)
    else if (type === FrameType.header && size >= HEADER_PAYLOAD_MIN)
      this.handler.header(channel, bytes, payload, end)
    else if (type === FrameType.body) this.handler.body(channel, bytes, payload, end)
    else if (type === FrameType.heartbeat && size === 0)
      this.handler.heartbeatFrame(channel, bytes, payload, end)
    else throw malformed(bytes, payload, end, 'unknown_frame')
  }

  /** Keeps the beginning of a frame until the rest of it comes. */
  private keepRest(): void {
    const rest = this.bytes.length - this.offset
    if (rest > 0) this.gather(rest)
    this.bytes = EMPTY
    this.offset = 0
  }

  /** Fills up the frame begun in an earlier chunk. Returns whether scanning can go on behind it. */
  private completePartial(): boolean {
    if (this.partialLength < HEADER_BYTES) {
      this.gather(Math.min(HEADER_BYTES - this.partialLength, this.bytes.length - this.offset))
      if (this.partialLength < HEADER_BYTES) return false
    }
    const size = sizeAt(this.partial, 0)
    if (size > this.frameMax) throw tooLarge(this.partial, 0, size, this.frameMax)
    const whole = size + FRAME_OVERHEAD
    this.gather(Math.min(whole - this.partialLength, this.bytes.length - this.offset))
    if (this.partialLength < whole) return false
    const frame = this.partial
    this.partial = EMPTY
    this.partialLength = 0
    this.accept(frame, HEADER_BYTES, HEADER_BYTES + size)
    return true
  }

  /** Moves `count` bytes from the chunk to the gathered frame. */
  private gather(count: number): void {
    const needed = this.partialLength + count
    if (needed > this.partial.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.partial.length * 2, 256))
      this.partial.copy(grown, 0, 0, this.partialLength)
      this.partial = grown
    }
    this.bytes.copy(this.partial, this.partialLength, this.offset, this.offset + count)
    this.partialLength = needed
    this.offset += count
  }
}

const EMPTY = Buffer.alloc(0)

function sizeAt(bytes: Buffer, offset: number): number {
  return (
    ((bytes[offset + 3]! << 24) |
      (bytes[offset + 4]! << 16) |
      (bytes[offset + 5]! << 8) |
      bytes[offset + 6]!) >>>
    0
  )
}

/** RabbitMQ counts the payload alone and so allows the eight octets around it on top (FRAME_SIZE_FUDGE). */
function tooLarge(bytes: Buffer, offset: number, size: number, frameMax: number): FrameError {
  const payload = offset + HEADER_BYTES
  return malformed(bytes, payload, payload, `{frame_too_large,${size},${frameMax - FRAME_OVERHEAD}}`)
}

/** RabbitMQ: `type 3, first 16 octets = <<1,2,...>>: {frame_too_large,131073,131064}`. */
function malformed(bytes: Buffer, payload: number, end: number, reason: string): FrameError {
  return new FrameError(`${describeFrame(bytes, payload, end)}: ${reason}`)
}

/** The frame as RabbitMQ's error texts show it: `type 8, all octets = <<>>`. */
export function describeFrame(bytes: Buffer, payload: number, end: number): string {
  const shown = bytes.subarray(payload, Math.min(end, payload + SHOWN_OCTETS))
  const extent = end - payload > SHOWN_OCTETS ? `first ${SHOWN_OCTETS}` : 'all'
  return `type ${bytes[payload - HEADER_BYTES]}, ${extent} octets = ${erlangBinary(shown)}`
}
