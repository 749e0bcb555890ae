/**
 * What waits in a queue with `x-max-priority` or `x-ttl-mode: exact`: the highest priority first, first in, first out
 * within it.
 *
 *      levels     9 ──►  17  23                    positions that wait, a heap each: what comes back takes
 *                 4 ──►  3  9  40 …                its place again
 *                 0 ──►  1  2  5  6  7 …
 *
 * Entries are taken in no order of position, so all of them stay in memory, and after a restart nothing is taken before
 * all of them are back: only then it is known which is first. Until then none is out either.
 */
import { priorityIn } from '../amqp/properties'
import { Message } from '../message'
import type { StoredEntry } from '../store/message-store'
import { NumberHeap } from '../structures/number-heap'
import { Entries, NO_POSITION, NOT_LOADED } from './entries'
import { OUT } from './entry-flags'
import type { Segment } from './segment'

/** Positions that wait no more, left in the levels, before they are looked for. */
const STALE_MAX = 1024

export class PriorityReady extends Entries {
  override readonly keepsAll = true
  private readonly levels: (NumberHeap | undefined)[]
  /** No level above it holds anything. */
  private top = 0
  private behindTaken = 0
  /** Segments whose entries are still in the store. */
  private missing = 0
  /** Positions in the levels that were taken from where they were. */
  private stale = 0
  private readonly scratch = new Message()

  /** `maxPriority`: messages above it count as this. */
  constructor(private readonly maxPriority: number) {
    super()
    this.levels = new Array(maxPriority + 1).fill(undefined)
  }

  /** Of those in between some may never have been: whoever gets them is told that they may have been seen before. */
  override get delivered(): number {
    return Math.max(this.behindTaken, this.deliveredBefore)
  }

  override get isWhole(): boolean {
    return this.missing === 0
  }

  override get scattered(): number {
    return this.missing > 0 ? 0 : this.length
  }

  override get untaken(): number {
    return this.missing > 0 ? this.head : this.tail
  }

  override dropUndelivered(): number {
    if (this.missing === 0) return 0
    const dropped = this.length
    this.clear()
    return dropped
  }

  override append(message: Message, deadline?: number): number {
    const position = super.append(message, deadline)
    this.enter(position, message)
    return position
  }

  override appendTaken(message: Message, deadline?: number): number {
    const position = super.append(message, deadline)
    this.takeOut(position)
    return position
  }

  override peek(): number {
    if (this.missing > 0) return NOT_LOADED
    for (; this.top >= 0; this.top--) {
      const level = this.levels[this.top]
      if (level === undefined) continue
      for (; level.length > 0; this.stale--, level.pop())
        if (this.isWaiting(level.peek())) return level.peek()
    }
    this.top = 0
    return NO_POSITION
  }

  override take(): number {
    const position = this.peek()
    if (position < 0) return position
    this.levels[this.top]!.pop()
    this.takeOut(position)
    return position
  }

  override takeAt(position: number): void {
    this.takeOut(position)
    this.stale++
    if (this.stale > STALE_MAX && this.stale > this.length) this.sweep()
  }

  override putBack(position: number): void {
    const segment = this.segmentAt(position)
    const index = position - segment.first
    segment.markRedelivered(index)
    segment.toggle(index, OUT)
    this.length++
    this.bytes += segment.bodyLength(index)
    this.reenter(position)
  }

  override untake(position: number): void {
    super.untake(position)
    this.reenter(position)
  }

  override waitsWhole(): undefined {}

  /** What waits, the highest priority first, each as a heap of positions, some of which may wait no more. */
  *levelsDown(): Generator<readonly number[]> {
    for (let index = this.levels.length - 1; index >= 0; index--) {
      const level = this.levels[index]
      if (level !== undefined && level.length > 0) yield level.toArray()
    }
  }

  override clear(): void {
    super.clear()
    this.levels.fill(undefined)
    this.top = this.missing = this.stale = 0
  }

  override restore(segments: readonly Segment[], tail: number, delivered: number): void {
    super.restore(segments, tail, delivered)
    this.missing = segments.length
  }

  override fill(segment: Segment, entries: readonly StoredEntry[], delivered: number): void {
    if (!this.segments.includes(segment)) return // purged meanwhile
    super.fill(segment, entries, delivered)
    this.missing--
    for (const { position } of entries) {
      this.view(position, this.scratch)
      this.enter(position, this.scratch)
    }
    this.scratch.letGo()
  }

  override *wanted(): Generator<Segment> {
    if (this.missing === 0) return
    for (const segment of this.segments) if (segment.residence === 'store') yield segment
  }

  override spare(): readonly Segment[] {
    return []
  }

  private reenter(position: number): void {
    this.view(position, this.scratch)
    this.enter(position, this.scratch)
    this.scratch.letGo()
  }

  private takeOut(position: number): void {
    super.takeAt(position)
    if (position >= this.behindTaken) this.behindTaken = position + 1
  }

  /** What never comes to the top of its level would pile up below. */
  private sweep(): void {
    for (const level of this.levels) level?.retain(position => this.isWaiting(position))
    this.stale = 0
  }

  private enter(position: number, message: Message): void {
    const { propertiesBytes, propertiesStart, propertiesEnd } = message
    const priority = Math.min(priorityIn(propertiesBytes, propertiesStart, propertiesEnd), this.maxPriority)
    let level = this.levels[priority]
    if (level === undefined) {
      level = new NumberHeap()
      this.levels[priority] = level
    }
    level.push(position)
    if (priority > this.top) this.top = priority
  }
}
