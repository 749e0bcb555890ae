/**
 * Received bytes into whole frames, however they were cut. The receiver is told where a frame lies and copies nothing.
 * Only a frame that straddles two reads goes through the carry buffer:
 *
 *     read 1  [frame][frame][fra          read 2  me][frame]…
 *                            └── carry ◄──────────┘
 *
 * Invariant: `carry` never holds a whole frame between two pushes.
 */
import { FRAME_END } from './frames'

const HEAD = 7
const OVERHEAD = HEAD + 1

export interface FrameReceiver {
  /** A frame begins at `at` and has `size` payload bytes from `at + 7`. The bytes are gone after the call. */
  frame(bytes: Buffer, at: number, size: number): void
  /** All frames of one read have been given. */
  readEnded(): void
}

export class FrameScanner {
  private carry = Buffer.allocUnsafeSlow(64 * 1024)
  private carried = 0

  constructor(public receiver: FrameReceiver) {}

  /** Throws when the bytes cannot be frames. */
  push(bytes: Buffer, length: number): void {
    let at = this.carried === 0 ? 0 : this.finishCarried(bytes, length)
    while (length - at >= OVERHEAD) {
      const size = sizeAt(bytes, at)
      const end = at + size + OVERHEAD
      if (end > length) break
      if (bytes[end - 1] !== FRAME_END) throw new Error('a frame does not end where it should')
      this.receiver.frame(bytes, at, size)
      at = end
    }
    if (at < length) this.keep(bytes, at, length)
    this.receiver.readEnded()
  }

  /** Gives the frame begun in an earlier read; returns where the next one begins. */
  private finishCarried(bytes: Buffer, length: number): number {
    let at = 0
    if (this.carried < HEAD) at = this.keep(bytes, 0, Math.min(length, HEAD - this.carried))
    if (this.carried < HEAD) return at
    const size = sizeAt(this.carry, 0)
    const missing = size + OVERHEAD - this.carried
    at = this.keep(bytes, at, Math.min(length, at + missing))
    if (this.carried < size + OVERHEAD) return at
    this.carried = 0
    this.receiver.frame(this.carry, 0, size)
    return at
  }

  private keep(bytes: Buffer, from: number, to: number): number {
    const needed = this.carried + to - from
    if (needed > this.carry.length) {
      const larger = Buffer.allocUnsafeSlow(needed * 2)
      this.carry.copy(larger, 0, 0, this.carried)
      this.carry = larger
    }
    bytes.copy(this.carry, this.carried, from, to)
    this.carried = needed
    return to
  }
}

function sizeAt(bytes: Buffer, at: number): number {
  return ((bytes[at + 3]! << 24) | (bytes[at + 4]! << 16) | (bytes[at + 5]! << 8) | bytes[at + 6]!) >>> 0
}
