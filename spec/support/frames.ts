/** Frames made by hand, cut as a network cuts them, and a handler that remembers what it was given. */
import type { FrameHandler } from '../../src/amqp/frame-parser'
import { FRAME_END } from '../../src/amqp/framing'

export function frame(type: number, channel: number, payload: Uint8Array | string, end = FRAME_END): Buffer {
  const bytes = Buffer.from(payload as Uint8Array)
  return Buffer.concat([frameHeader(type, channel, bytes.length), bytes, Buffer.of(end)])
}

/** The seven octets in front of a payload. */
export function frameHeader(type: number, channel: number, size: number): Buffer {
  const header = Buffer.alloc(7)
  header.writeUInt8(type, 0)
  header.writeUInt16BE(channel, 1)
  header.writeUInt32BE(size, 3)
  return header
}

/** Chunks of their own memory, as sockets give them; places beyond the end cut nothing. */
export function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...places].sort((a, b) => a - b)
  const starts = [0, ...sorted]
  const ends = [...sorted, bytes.length]
  return starts.map((start, index) => Buffer.from(bytes.subarray(start, ends[index])))
}

export function byteByByte(bytes: Buffer): Buffer[] {
  return Array.from(bytes, byte => Buffer.of(byte))
}

export interface SeenFrame {
  readonly kind: keyof FrameHandler
  readonly channel: number
  /** As hex. */
  readonly payload: string
}

export class FrameRecorder implements FrameHandler {
  readonly seen: SeenFrame[] = []
  /** What the payloads were handed over in. */
  readonly sources: Buffer[] = []
  private readonly views: Buffer[] = []

  /** Called with the number of the frame, from 0, once it is recorded. */
  onFrame: (index: number) => void = () => {}

  /** Frames whose bytes are not what they were when they were handed over. */
  get overwritten(): SeenFrame[] {
    return this.seen.filter(({ payload }, index) => this.views[index]?.toString('hex') !== payload)
  }

  /** Lets go of what it was given. */
  forget(): void {
    for (const list of [this.seen, this.sources, this.views]) list.length = 0
  }

  method(channel: number, bytes: Buffer, start: number, end: number): void {
    this.record('method', channel, bytes, start, end)
  }

  header(channel: number, bytes: Buffer, start: number, end: number): void {
    this.record('header', channel, bytes, start, end)
  }

  body(channel: number, bytes: Buffer, start: number, end: number): void {
    this.record('body', channel, bytes, start, end)
  }

  heartbeatFrame(channel: number, bytes: Buffer, start: number, end: number): void {
    this.record('heartbeatFrame', channel, bytes, start, end)
  }

  private record(kind: keyof FrameHandler, channel: number, bytes: Buffer, start: number, end: number): void {
    const view = bytes.subarray(start, end)
    this.sources.push(bytes)
    this.views.push(view)
    this.seen.push({ kind, channel, payload: view.toString('hex') })
    this.onFrame(this.seen.length - 1)
  }
}
