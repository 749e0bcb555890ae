/**
 * What waits in a queue, first in, first out, and what is out with consumers, by position.
 *
 *                settled / with consumers      never delivered
 *        ┌───────────────┬─────────────────┬──────────────┬─────────┐
 *        │   segment     │    segment      │  in store    │  last   │
 *        └───────────────┴─────────────────┴──────────────┴─────────┘
 *                          returned ▲        cursor ▲            tail ▲
 *
 * A position is given once and never changes: a requeued entry returns to where it was, because `take` prefers
 * the smallest returned position, all of which lie before the cursor. Segments without live entries are dropped;
 * segments that nobody needs soon may be left to the store, which this list does not know: it says which it wants.
 */
import type { Message } from '../message'
import type { SpilledPart, StoredEntry } from '../store/message-store'
import { NumberHeap } from '../structures/number-heap'
import { Segment } from './segment'

/** `take` found nothing. */
export const NO_POSITION = -1

/** `take` found an entry that must be loaded first. */
export const NOT_LOADED = -2

/** Segments behind the cursor's that stay in memory, or are brought back before they are needed. */
const SEGMENTS_AHEAD = 2

export class ReadyList {
  /** Entries that wait. */
  length = 0
  private readonly segments: Segment[] = []
  private readonly returned = new NumberHeap()
  private cursor = 0
  private tail = 0
  private deliveredBefore = 0
  /** The segment looked into last: nearly always the one asked for next. */
  private near: Segment
  private last: Segment

  constructor() {
    this.last = this.near = new Segment(0)
    this.segments.push(this.last)
  }

  /** The lowest position that is not settled. */
  get head(): number {
    // All of a segment that is still in the store may be settled, and others behind it not.
    for (const segment of this.segments) if (segment.live > 0) return segment.firstLive
    return this.tail
  }

  /** The first position that was never taken since the queue is in memory. */
  get untaken(): number {
    return this.cursor
  }

  /** Everything before this position was taken at least once, in this life of the queue or an earlier one. */
  get delivered(): number {
    return Math.max(this.cursor, this.deliveredBefore)
  }

  /** Whether the message appended last is the first of its segment. */
  get beganSegment(): boolean {
    return this.last.count === 1
  }

  /** Copies a message in behind all others. Returns its position. */
  append(message: Message): number {
    if (!this.last.append(message)) {
      this.last = new Segment(this.tail, this.last.slabBytes)
      this.segments.push(this.last)
      this.last.append(message)
    }
    this.length++
    return this.tail++
  }

  /** Copies a message in and takes it out at once. Only when nothing waits. */
  appendTaken(message: Message): number {
    const position = this.append(message)
    this.cursor = this.tail
    this.length = 0
    return position
  }

  /** Takes the first entry out; it stays kept until settled. */
  take(): number {
    if (this.returned.length > 0) {
      this.length--
      return this.returned.pop()
    }
    while (this.cursor < this.tail) {
      const segment = this.segmentAt(this.cursor)
      if (this.cursor >= segment.end) this.cursor = this.segments[this.indexOf(this.cursor) + 1]!.first
      else if (segment.residence !== 'memory') return NOT_LOADED
      else if (!segment.isSettled(this.cursor - segment.first)) {
        this.length--
        return this.cursor++
      } else this.cursor++
    }
    return NO_POSITION
  }

  /** Brings an entry that was taken back to its place. */
  putBack(position: number): void {
    const segment = this.segmentAt(position)
    segment.markRedelivered(position - segment.first)
    this.returned.push(position)
    this.length++
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

  /** How many of those that wait came back. */
  get returnedCount(): number {
    return this.returned.length
  }

  /** Drops everything that was never taken. Returns how many. */
  dropUndelivered(): number {
    const dropped = this.length - this.returned.length
    while (this.segments.length > 0 && this.segments.at(-1)!.first >= this.cursor) this.segments.pop()
    const cut = this.segments.at(-1)
    if (cut === undefined || cut !== this.last) {
      this.last = new Segment(this.tail)
      this.segments.push(this.last)
    }
    this.near = this.last
    if (cut !== undefined) this.dropWithin(cut)
    this.cursor = this.tail
    this.length -= dropped
    return dropped
  }

  /** Forgets everything at once: whoever still knows the queue that is gone must not keep its messages alive. */
  clear(): void {
    this.last = this.near = new Segment(this.tail)
    this.segments.length = 0
    this.segments.push(this.last)
    this.returned.clear()
    this.cursor = this.tail
    this.length = 0
  }

  private dropWithin(segment: Segment): void {
    for (let position = this.cursor; position < segment.end; position++) {
      if (!segment.isSettled(position - segment.first)) segment.settle(position - segment.first)
    }
    if (segment.live === 0) this.release(segment)
  }

  /** The segment an entry is in. */
  segmentAt(position: number): Segment {
    const near = this.near
    if (position >= near.first && position < near.end) return near
    this.near = this.segments[this.indexOf(position)]!
    return this.near
  }

  /** Makes room for what was kept before a restart; the entries come later. Only while nothing was appended. */
  restore(segments: readonly Segment[], tail: number, delivered: number): void {
    this.deliveredBefore = delivered
    this.segments.length = 0
    for (const segment of segments) this.segments.push(segment)
    this.last = this.near = new Segment(tail)
    this.segments.push(this.last)
    this.tail = tail
    this.cursor = this.segments[0]!.first
    for (const segment of segments) this.length += segment.live
  }

  /** Segments in the store that are needed now or soon. */
  *wanted(): Generator<Segment> {
    const at = this.indexOf(this.cursor)
    for (let index = at; index <= at + SEGMENTS_AHEAD && index < this.segments.length; index++) {
      if (this.segments[index]!.residence === 'store') yield this.segments[index]!
    }
  }

  /** Segments in memory that are not needed soon, the latest first. */
  *spare(): Generator<Segment> {
    const ahead = this.indexOf(this.cursor) + SEGMENTS_AHEAD
    for (let index = this.segments.length - 2; index > ahead; index--) {
      if (this.segments[index]!.residence !== 'memory') return
      yield this.segments[index]!
    }
  }

  /** Takes back what was spilled. */
  takeBack(segment: Segment, part: SpilledPart): void {
    if (this.segments.includes(segment)) segment.takeBack(part)
  }

  /** Takes back what was loaded; entries before `delivered` were delivered before the restart. */
  fill(segment: Segment, entries: readonly StoredEntry[], delivered: number): void {
    if (!this.segments.includes(segment)) return
    const expected = segment.live
    segment.fill(entries, delivered)
    this.length += segment.live - expected
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
    if (this.cursor < this.segments[0]!.first) this.cursor = this.segments[0]!.first
  }

  /** Index of the last segment that begins at or before a position, or of the first segment. */
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
