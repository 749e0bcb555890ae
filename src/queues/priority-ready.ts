/**
 * What waits in a queue with `x-max-priority` or `x-ttl-mode: exact`: the highest priority first, first in, first out
 * within it.
 *
 *      levels     which position is next: always in memory
 *      segments   ┌───────────┬──────────┬──────────┬──────┐
 *                 │ in memory │ in store │ in store │ last │    the messages: beyond the first 16 segments those stay that
 *                 └───────────┴──────────┴──────────┴──────┘    have something out, or what is next
 *
 * Entries are taken in no order of position, so a segment that is left to the store leaves behind which of its entries wait,
 * and is read back once for each priority in it. After a restart nothing is taken before every segment was read once: only then
 * it is known which is first. Until then none is out either.
 */
import { Message } from '../message'
import type { SpilledPart, StoredEntry } from '../store/message-store'
import { NO_POSITION, NOT_LOADED } from './entries'
import { OUT, SETTLED } from './entry-flags'
import { LeftBehind } from './left-behind'
import { LookAhead } from './look-ahead'
import { PriorityLevels } from './priority-levels'
import { RestingEntries } from './resting-entries'
import { Segment } from './segment'

/** So many stay in memory while it is not short: 4 MiB, that need not be read for each priority. */
const SEGMENTS_IN_MEMORY = 16
/** Segments on their way from the store at the same time, after a restart. */
const LOADS_MAX = 16

export class PriorityReady extends RestingEntries {
  override readonly rereads = true
  /** Which position is next. Only the list itself changes it. */
  readonly levels: PriorityLevels
  private readonly lookAhead: LookAhead
  private behindTaken = 0
  /** As many segments stay. None that need not, once it had to rest, until all that is left is back. */
  private allowance: number
  /** Segments that are not in memory, but were. */
  private readonly away = new Map<Segment, LeftBehind>()
  /** Somebody wants an entry of it out of turn. */
  private asked: Segment | undefined
  private readonly scratch = new Message()

  /** `maxPriority`: messages above it count as this. */
  constructor(
    maxPriority: number,
    private readonly segmentsInMemory = SEGMENTS_IN_MEMORY,
  ) {
    super()
    this.allowance = segmentsInMemory
    this.levels = new PriorityLevels(maxPriority, position => this.waitsAnywhere(position))
    this.lookAhead = new LookAhead(this, this.levels)
  }

  /** Of those in between some may never have been: whoever gets them is told that they may have been seen before. */
  override get delivered(): number {
    return Math.max(this.behindTaken, this.deliveredBefore)
  }

  override get isWhole(): boolean {
    return this.unread.size === 0
  }

  override get untaken(): number {
    const last = this.segments.findLast(segment => segment.out > 0)
    return last?.end ?? this.segments[0]!.first
  }

  /** What is at the head, and when anything expires, is known only when all were read. */
  override get unreadHead(): Segment | undefined {
    return this.unread.values().next().value
  }

  override append(message: Message, deadline?: number): number {
    const position = super.append(message, deadline)
    this.levels.add(position, message)
    return position
  }

  override appendTaken(message: Message, deadline?: number): number {
    const position = super.append(message, deadline)
    this.takeOut(position)
    this.behindTaken = position + 1
    return position
  }

  override peek(): number {
    if (this.unread.size > 0) return NOT_LOADED
    const position = this.levels.first()
    if (position < 0) return NO_POSITION
    return this.segmentAt(position).residence === 'memory' ? position : NOT_LOADED
  }

  override take(): number {
    const position = this.peek()
    if (position < 0) return position
    this.levels.takeFirst()
    this.takeOut(position)
    if (position >= this.behindTaken) this.behindTaken = position + 1
    return position
  }

  /** One that is not in memory must be settled next. */
  override takeAt(position: number): void {
    this.takeOut(position)
    this.levels.oneLess(this.length)
  }

  override putBack(position: number): void {
    const segment = this.segmentAt(position)
    segment.markRedelivered(position - segment.first)
    this.untake(position)
  }

  override untake(position: number): void {
    const segment = this.segmentAt(position)
    const index = position - segment.first
    segment.toggle(index, OUT)
    segment.out--
    this.length++
    this.bytes += segment.bodyLength(index)
    this.enter(segment, position)
  }

  override settle(position: number): void {
    const segment = this.segmentAt(position)
    const index = position - segment.first
    segment.out--
    if (segment.residence === 'memory') segment.settle(index)
    else this.away.get(segment)!.settle(index, segment)
    if (segment.live === 0) this.release(segment)
  }

  override waitsAnywhere(position: number): boolean {
    if (position >= this.tail) return false
    const segment = this.segmentAt(position)
    const index = position - segment.first
    if (index < 0 || index >= segment.count) return false
    if (segment.residence === 'memory') return !segment.has(index, SETTLED | OUT)
    return this.away.get(segment)?.isSettled(index) === false
  }

  override waitsWhole(segment: Segment): true | undefined {
    return segment.out === 0 ? true : undefined
  }

  override isRedelivered(position: number): boolean {
    const segment = this.segmentAt(position)
    const index = position - segment.first
    if (segment.residence === 'memory') return segment.isRedelivered(index)
    return this.away.get(segment)?.isRedelivered(index) === true
  }

  override isPersistent(position: number): boolean {
    const segment = this.segmentAt(position)
    const index = position - segment.first
    if (segment.residence === 'memory') return segment.isPersistent(index)
    return this.away.get(segment)?.isPersistent(index) === true
  }

  override *takeScattered(): Generator<number> {
    const end = this.untaken
    for (let at = this.segments[0]!.first; at < end; ) {
      const segment = this.segmentAt(at)
      if (at >= segment.end) at = this.segments[this.indexOf(at) + 1]?.first ?? end
      else if (!this.waitsAnywhere(at)) at++
      else {
        this.takeOut(at)
        yield at++
      }
    }
  }

  /** Nothing that waits is left, for what is scattered was taken. */
  override dropUndelivered(): number {
    const dropped = this.length
    const from = this.untaken
    while (this.segments.length > 0 && this.segments.at(-1)!.first >= from)
      this.away.delete(this.segments.pop()!)
    if (this.segments.at(-1) !== this.last) {
      this.last = new Segment(this.tail)
      this.segments.push(this.last)
    }
    this.near = this.last
    this.length = this.bytes = this.bytesUnsure = 0
    this.forgetWaiting()
    return dropped
  }

  override clear(): void {
    super.clear()
    this.forgetWaiting()
    this.away.clear()
  }

  override fill(segment: Segment, entries: readonly StoredEntry[], delivered: number): void {
    const isFirst = this.unread.has(segment)
    super.fill(segment, entries, delivered)
    this.away.delete(segment)
    if (!isFirst) return
    for (const { position } of entries) this.enter(segment, position)
    if (this.isWhole) this.haveSeenNext()
  }

  override takeBack(segment: Segment, part: SpilledPart): void {
    const left = this.away.get(segment)
    if (left === undefined) return // purged meanwhile
    segment.takeBack(part)
    left.markSpilled(segment)
    this.away.delete(segment)
  }

  override complete(copy: Segment, segment: Segment): void {
    this.away.get(segment)?.mark(copy)
  }

  override leaving(segment: Segment): void {
    this.away.set(segment, new LeftBehind(segment))
  }

  /** An entry that waits is wanted out of turn: its segment is brought back and stays until another is, or none. */
  ask(position: number | undefined): void {
    this.asked = position === undefined ? undefined : this.segmentAt(position)
  }

  override *rest(): Generator<Segment> {
    this.beginRest()
    this.allowance = 0
    this.lookAhead.forget()
    yield* this.spare()
  }

  override *wanted(): Generator<Segment> {
    if (this.asked?.residence === 'store') yield this.asked
    if (this.isResting) return
    let loads = 0
    for (const segment of this.unread) {
      if (loads++ === LOADS_MAX) return
      if (segment.residence === 'store') yield segment
    }
    if (this.unread.size > 0 || this.away.size === 0) return
    for (const segment of this.lookAhead.look(this.last)) if (segment.residence === 'store') yield segment
  }

  override isNear(segment: Segment): boolean {
    if (segment.out > 0 || segment === this.last || segment === this.asked) return true
    if (this.isResting) return false
    if (this.inMemory <= this.allowance) return true
    return this.isWhole && this.lookAhead.look(this.last).includes(segment)
  }

  override *spare(): Generator<Segment> {
    let excess = this.inMemory - this.allowance
    for (let index = this.segments.length - 2; index >= 0 && excess > 0; index--) {
      const segment = this.segments[index]!
      if (segment.residence !== 'memory' || this.isNear(segment)) continue
      excess--
      yield segment
    }
  }

  protected override release(segment: Segment): void {
    super.release(segment)
    this.away.delete(segment)
    if (segment.isSpilled) this.onSpilledGone(segment)
    if (this.inMemory === this.segments.length) this.allowance = this.segmentsInMemory
  }

  protected override get next(): number {
    return this.isWhole ? this.levels.first() : NO_POSITION
  }

  private get inMemory(): number {
    return this.segments.length - this.away.size - this.unread.size
  }

  /** Takes one out that waits. Of one that is not in memory only the number is noted. */
  private takeOut(position: number): void {
    const segment = this.segmentAt(position)
    const index = position - segment.first
    segment.out++
    this.length--
    if (segment.residence === 'memory') {
      segment.toggle(index, OUT)
      this.bytes -= segment.bodyLength(index)
    } else this.bytes -= this.away.get(segment)!.bodyLength(index)
  }

  private enter(segment: Segment, position: number): void {
    segment.view(position - segment.first, this.scratch)
    this.levels.add(position, this.scratch)
    this.scratch.letGo()
  }

  private forgetWaiting(): void {
    this.unread.clear()
    this.levels.clear()
    this.asked = undefined
    this.lookAhead.forget()
  }
}
