/**
 * What waits in a queue, first in, first out, and what is out with consumers.
 *
 *                settled / with consumers      never delivered
 *        ┌───────────────┬─────────────────┬──────────────┬─────────┐
 *        │   segment     │    segment      │  in store    │  last   │
 *        └───────────────┴─────────────────┴──────────────┴─────────┘
 *                          returned ▲        cursor ▲            tail ▲
 *
 * A requeued entry returns to where it was, because `take` prefers the smallest returned position, all of which lie
 * before the cursor.
 */
import type { Message } from '../message'
import { NumberHeap } from '../structures/number-heap'
import { NO_POSITION, NOT_LOADED } from './entries'
import { OUT, RETURNED, SETTLED } from './entry-flags'
import { RestingEntries } from './resting-entries'
import { Segment } from './segment'

/** Segments behind the cursor's that stay in memory, or are brought back before they are needed. */
const SEGMENTS_AHEAD = 2

export class ReadyList extends RestingEntries {
  private readonly returned = new NumberHeap()
  /** Those among them that went another way. */
  private gone = 0
  private cursor = 0

  /** The first position that was never taken since the queue is in memory. */
  override get untaken(): number {
    return this.cursor
  }

  override get delivered(): number {
    return Math.max(this.cursor, this.deliveredBefore)
  }

  /** Those that came back. */
  override *takeScattered(): Generator<number> {
    while (this.scattered > 0) yield this.take()
  }

  override appendTaken(message: Message, deadline?: number): number {
    const position = this.append(message, deadline)
    this.cursor = this.tail
    this.length = 0
    this.bytes = 0
    return position
  }

  override peek(): number {
    for (; this.returned.length > 0; this.returned.pop(), this.gone--)
      if (this.isWaiting(this.returned.peek())) return this.returned.peek()
    while (this.cursor < this.tail) {
      const segment = this.segmentAt(this.cursor)
      if (this.cursor < segment.first) this.cursor = segment.first
      else if (this.cursor >= segment.end)
        this.cursor = this.segments[this.indexOf(this.cursor) + 1]?.first ?? this.tail
      else if (segment.residence !== 'memory') return NOT_LOADED
      else if (segment.has(this.cursor - segment.first, SETTLED | OUT)) this.cursor++
      else return this.cursor
    }
    return NO_POSITION
  }

  override take(): number {
    const position = this.peek()
    if (position < 0) return position
    if (this.returned.length > 0) {
      this.returned.pop()
      this.toggle(position, RETURNED)
    } else this.cursor++
    this.length--
    this.bytes -= this.bodyLength(position)
    return position
  }

  override putBack(position: number): void {
    const segment = this.segmentAt(position)
    segment.markRedelivered(position - segment.first)
    segment.toggle(position - segment.first, RETURNED)
    this.returned.push(position)
    this.length++
    this.bytes += segment.bodyLength(position - segment.first)
  }

  override waitsIn(segment: Segment, position: number): boolean {
    const index = position - segment.first
    return position < this.cursor ? segment.has(index, RETURNED) : !segment.has(index, OUT)
  }

  override waitsWhole(segment: Segment): true | undefined {
    return segment.first >= this.cursor ? true : undefined
  }

  /** Everything before the cursor is out unless it came back; behind it, what is out must say so. */
  override takeAt(position: number): void {
    const isReturned = position < this.cursor
    this.toggle(position, isReturned ? RETURNED : OUT)
    if (isReturned) this.gone++
    this.length--
    this.bytes -= this.bodyLength(position)
  }

  override untake(position: number): void {
    const segment = this.segmentAt(position)
    const index = position - segment.first
    if (segment.has(index, OUT)) segment.toggle(index, OUT)
    if (position < this.cursor) {
      segment.toggle(index, RETURNED)
      this.returned.push(position)
    }
    this.length++
    this.bytes += segment.bodyLength(index)
  }

  override dropUndelivered(): number {
    const dropped = this.length - this.scattered
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
    if (this.length === 0) this.bytes = this.bytesUnsure = 0
    return dropped
  }

  override clear(): void {
    super.clear()
    this.returned.clear()
    this.gone = 0
    this.cursor = this.tail
  }

  override restore(segments: readonly Segment[], tail: number, delivered: number): void {
    super.restore(segments, tail, delivered)
    this.cursor = this.segments[0]!.first
  }

  override *rest(): Generator<Segment> {
    this.beginRest()
    for (let index = this.indexOf(this.cursor); index < this.segments.length - 1; index++) {
      const segment = this.segments[index]!
      if (segment.residence === 'memory' && !this.isNear(segment)) yield segment
    }
  }

  protected override get next(): number {
    return this.cursor
  }

  override *wanted(): Generator<Segment> {
    if (this.isResting) return
    const at = this.indexOf(this.cursor)
    const end = Math.min(at + SEGMENTS_AHEAD + 1, this.segments.length)
    for (let index = at; index < end; index++) {
      if (this.segments[index]!.residence === 'store') yield this.segments[index]!
    }
  }

  override isNear(segment: Segment): boolean {
    // What is before the cursor may be out with consumers.
    if (this.isResting) return segment.first < this.cursor || segment === this.last
    return this.segments.indexOf(segment) <= this.indexOf(this.cursor) + SEGMENTS_AHEAD
  }

  override *spare(): Generator<Segment> {
    const at = this.indexOf(this.cursor)
    const kept = this.isResting ? at - 1 : at + SEGMENTS_AHEAD
    for (let index = this.segments.length - 2; index > kept; index--) {
      const segment = this.segments[index]!
      if (segment.residence !== 'memory' || this.isNear(segment)) return
      yield segment
    }
  }

  private get scattered(): number {
    return this.returned.length - this.gone
  }

  private dropWithin(segment: Segment): void {
    for (let position = this.cursor; position < segment.end; position++) {
      if (!segment.isSettled(position - segment.first)) segment.settle(position - segment.first)
    }
    if (segment.live === 0) this.release(segment)
  }
}
