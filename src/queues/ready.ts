/**
 * What waits in a queue, first in, first out, and what is out with consumers, by position.
 *
 *                settled / with consumers      never delivered
 *        ┌───────────────┬─────────────────┬──────────────────┐
 *        │   segment     │    segment      │     segment      │
 *        └───────────────┴─────────────────┴──────────────────┘
 *                          returned ▲        cursor ▲         tail ▲
 *
 * A position is given once and never changes: a requeued entry returns to where it was, because `take` prefers
 * the smallest returned position, all of which lie before the cursor. Segments without live entries are dropped.
 */
import type { Message } from '../message'
import { NumberHeap } from '../structures/number-heap'
import { Segment } from './segment'

/** `take` found nothing. */
export const NO_POSITION = -1

export class ReadyList {
  private readonly segments: Segment[] = []
  private readonly returned = new NumberHeap()
  private cursor = 0
  private tail = 0
  /** The segment looked into last: nearly always the one asked for next. */
  private near: Segment
  private last: Segment

  constructor() {
    this.last = this.near = new Segment(0)
    this.segments.push(this.last)
  }

  /** Entries that wait. */
  get length(): number {
    return this.tail - this.cursor + this.returned.length
  }

  /** Copies a message in behind all others. Returns its position. */
  append(message: Message): number {
    if (!this.last.append(message)) {
      this.last = new Segment(this.tail, this.last.slabBytes)
      this.segments.push(this.last)
      this.last.append(message)
    }
    return this.tail++
  }

  /** Copies a message in and takes it out at once. Only when nothing waits. */
  appendTaken(message: Message): number {
    const position = this.append(message)
    this.cursor = this.tail
    return position
  }

  /** Takes the first entry out; it stays kept until settled. */
  take(): number {
    if (this.returned.length > 0) return this.returned.pop()
    return this.cursor < this.tail ? this.cursor++ : NO_POSITION
  }

  /** Brings an entry that was taken back to its place. */
  putBack(position: number): void {
    const segment = this.segmentAt(position)
    segment.markRedelivered(position - segment.first)
    this.returned.push(position)
  }

  /** Points `into` at an entry that is not settled. */
  view(position: number, into: Message): void {
    const segment = this.segmentAt(position)
    segment.view(position - segment.first, into)
  }

  isRedelivered(position: number): boolean {
    const segment = this.segmentAt(position)
    return segment.isRedelivered(position - segment.first)
  }

  bodyLength(position: number): number {
    const segment = this.segmentAt(position)
    return segment.bodyLength(position - segment.first)
  }

  isPersistent(position: number): boolean {
    const segment = this.segmentAt(position)
    return segment.isPersistent(position - segment.first)
  }

  /** Forgets an entry that was taken. */
  settle(position: number): void {
    const segment = this.segmentAt(position)
    segment.settle(position - segment.first)
    if (segment.live === 0) this.release(segment)
  }

  private release(segment: Segment): void {
    if (segment === this.last) {
      // Live entries include those that wait, so nothing waits here and numbering can go on in the same memory.
      segment.recycle(this.tail)
      return
    }
    this.segments.splice(this.indexOf(segment.first), 1)
    this.near = this.last
  }

  private segmentAt(position: number): Segment {
    const near = this.near
    if (position >= near.first && position < near.end) return near
    this.near = this.find(position)
    return this.near
  }

  private find(position: number): Segment {
    return this.segments[this.indexOf(position)]!
  }

  /** Index of the last segment that begins at or before a position. */
  private indexOf(position: number): number {
    let low = 0
    let high = this.segments.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (this.segments[middle]!.first <= position) low = middle
      else high = middle - 1
    }
    return low
  }
}
