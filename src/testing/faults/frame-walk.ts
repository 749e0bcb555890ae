/** Where AMQP frames end in a stream of bytes, however the network split it. Looks at their headers only. */
import { FrameType } from '../../amqp/framing'

const PROTOCOL_HEADER_BYTES = 8
/** Type, channel and size; of a method, also class-id and method-id. */
const HEADER_BYTES = 7
const METHOD_HEADER_BYTES = 11
const LETTER_A = 'A'.charCodeAt(0)

export class FrameWalk {
  /** Of the frame that ended last: class-id << 16 | method-id; 0: it is no method. */
  method = 0
  isHeartbeat = false
  private readonly header = Buffer.alloc(METHOD_HEADER_BYTES)
  private headerBytes = 0
  /** Of the frame, or of the protocol header, behind what was gathered of it. */
  private left = 0
  private isFrame = true

  /** The offset behind the next frame that ends in the chunk; -1: none does, and all of it was walked. */
  next(chunk: Uint8Array, from: number): number {
    let at = from
    while (at < chunk.length) {
      if (this.left === 0) {
        at = this.gather(chunk, at)
        if (this.left === 0) return -1
      }
      const step = Math.min(this.left, chunk.length - at)
      at += step
      this.left -= step
      if (this.left === 0 && this.ended()) return at
    }
    return -1
  }

  /** Takes header bytes in until it is known how long the frame is. */
  private gather(chunk: Uint8Array, from: number): number {
    let at = from
    while (at < chunk.length && this.left === 0) {
      this.header[this.headerBytes++] = chunk[at++] as number
      this.measure()
    }
    return at
  }

  private measure(): void {
    const { header, headerBytes } = this
    if (headerBytes === 1 && header[0] === LETTER_A) {
      this.isFrame = false
      this.left = PROTOCOL_HEADER_BYTES - 1
    } else if (headerBytes >= HEADER_BYTES) {
      const size = header.readUInt32BE(3)
      const wanted = header[0] === FrameType.method && size >= 4 ? METHOD_HEADER_BYTES : HEADER_BYTES
      if (headerBytes === wanted) this.left = HEADER_BYTES + size + 1 - wanted
    }
  }

  /** Returns whether it was a frame. */
  private ended(): boolean {
    const { isFrame, header, headerBytes } = this
    this.method = headerBytes === METHOD_HEADER_BYTES ? header.readUInt32BE(HEADER_BYTES) : 0
    this.isHeartbeat = header[0] === FrameType.heartbeat
    this.headerBytes = 0
    this.isFrame = true
    return isFrame
  }
}
