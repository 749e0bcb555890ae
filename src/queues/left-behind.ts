/**
 * What a segment leaves behind in memory, in lists that take entries from anywhere: a byte for each entry, so that it is known
 * which wait, and what became of them is not forgotten with the bodies. None of them is out. How large the bodies are only where
 * entries expire, four bytes more.
 */
import type { Segment } from './segment'

const SETTLED = 1
const REDELIVERED = 2
const PERSISTENT = 4

export class LeftBehind {
  private readonly flags: Uint8Array
  private readonly lengths: Uint32Array | undefined

  /** Of a segment that is still in memory. */
  constructor(segment: Segment) {
    const { count } = segment
    this.flags = new Uint8Array(count)
    for (let index = 0; index < count; index++) {
      if (segment.isSettled(index)) this.flags[index] = SETTLED
      else
        this.flags[index] =
          (segment.isRedelivered(index) ? REDELIVERED : 0) | (segment.isPersistent(index) ? PERSISTENT : 0)
    }
    if (segment.deadlines === undefined) return
    this.lengths = new Uint32Array(count)
    for (let index = 0; index < count; index++) this.lengths[index] = segment.bodyLength(index)
  }

  isSettled(index: number): boolean {
    return (this.flags[index]! & SETTLED) !== 0
  }

  isRedelivered(index: number): boolean {
    return (this.flags[index]! & REDELIVERED) !== 0
  }

  isPersistent(index: number): boolean {
    return (this.flags[index]! & PERSISTENT) !== 0
  }

  /** 0 where nothing expires. */
  bodyLength(index: number): number {
    return this.lengths?.[index] ?? 0
  }

  settle(index: number, segment: Segment): void {
    this.flags[index]! |= SETTLED
    segment.live--
    segment.liveBytes -= this.bodyLength(index)
  }

  /** Tells the segment, which is back with what it had when it was spilled. That stays on the disk. */
  markSpilled(segment: Segment): void {
    const { live, liveBytes } = segment
    this.mark(segment)
    segment.live = live
    segment.liveBytes = liveBytes
    segment.isSpilled = true
  }

  /** Tells the segment, which is back, or a copy of it. */
  mark(segment: Segment): void {
    for (let index = 0; index < this.flags.length; index++) {
      if (segment.isSettled(index)) continue
      if (this.isSettled(index)) segment.settle(index)
      else if (this.isRedelivered(index)) segment.markRedelivered(index)
    }
  }
}
