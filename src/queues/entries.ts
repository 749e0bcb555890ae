/**
 * The entries of a queue by position, in segments: what both kinds of ready list stand on. Which of them is next is theirs.
 *
 * A position is given once and never changes. Segments without live entries are dropped; segments that nobody needs soon
 * may be left to the store, which this does not know: the lists say which they want.
 */
import type { Message } from '../message'
import type { SpilledPart, StoredEntry } from '../store/message-store'
import { NO_DEADLINE } from './deadlines'
import { OUT } from './entry-flags'
import { Segment } from './segment'
import { indexOfSegment } from './segment-search'
import { TtlHistory } from './ttl-history'

/** `take` found nothing. */
export const NO_POSITION = -1

/** `take` found an entry that must be loaded first. */
export const NOT_LOADED = -2

export abstract class Entries {
  /** Entries that wait. */
  length = 0
  /** Of their bodies. Of what was not read back yet since a restart, of all that is kept of them. */
  bytes = 0
  /** How much of `bytes` may be too high: what was not read back yet since a restart. */
  bytesUnsure = 0
  /** How long what is read back may wait from when it was written. */
  readonly ttls = new TtlHistory()
  /** Segments are needed again and again: what was spilled stays on the disk until nothing of it is left. */
  readonly rereads: boolean = false
  /** Everything it holds was read back. */
  get isWhole(): boolean {
    return true
  }

  /** Called for entries that are read back, with `NO_DEADLINE` for those that never expire. */
  onDeadline: (position: number, deadline: number) => void = () => {}
  /** Called for a segment that was spilled, and is now settled without having been taken back for good. */
  onSpilledGone: (segment: Segment) => void = () => {}
  /** Segments of before a restart that were not read back yet. */
  protected readonly unread = new Set<Segment>()
  /** In order of position. Only the list itself changes it. */
  readonly segments: Segment[] = []
  /** The position of what comes next. */
  tail = 0
  /** Everything before it was taken in an earlier life of the queue. */
  protected deliveredBefore = 0
  protected last: Segment
  /** The segment looked into last: nearly always the one asked for next. */
  protected near: Segment

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

  /** Everything before this position was taken at least once, in this life of the queue or an earlier one. */
  abstract get delivered(): number

  /** Whether the message appended last is the first of its segment. */
  get beganSegment(): boolean {
    return this.last.count === 1
  }

  /** Copies a message in behind all others. `deadline`: milliseconds since the epoch. Returns its position. */
  append(message: Message, deadline = NO_DEADLINE): number {
    if (!this.last.append(message, deadline)) {
      this.last = new Segment(this.tail, this.last.slabBytes)
      this.segments.push(this.last)
      this.last.append(message, deadline)
    }
    this.length++
    this.bytes += message.bodyEnd - message.bodyStart
    return this.tail++
  }

  /** Copies a message in and takes it out at once. Only when nothing waits. */
  abstract appendTaken(message: Message, deadline?: number): number

  /** The entry that `take` would take, or what it would answer. */
  abstract peek(): number

  /** Takes the next entry out; it stays kept until settled. */
  abstract take(): number

  /** Brings an entry that was taken back to its place. */
  abstract putBack(position: number): void

  /** Takes those out, one by one, that cannot be dropped with others. Each is settled before the next is asked for. */
  abstract takeScattered(): Iterable<number>

  /** None is out from here on. */
  abstract get untaken(): number

  /** Drops what waits from `untaken` on. Returns how many. */
  abstract dropUndelivered(): number

  /** Segments in the store that are needed now or soon. */
  abstract wanted(): Iterable<Segment>

  /** Segments in memory that are not needed soon, the latest first. */
  abstract spare(): Iterable<Segment>

  /** Nobody takes from it, so that nothing is wanted until somebody does. Those that may leave memory for that. */
  rest(): Iterable<Segment> {
    return []
  }

  /** Somebody does. */
  stir(): void {}

  /** It rests, but what was next when it began to was taken: nobody knows when what is next now expires. */
  get restsBehind(): boolean {
    return false
  }

  /** Whether an entry waits, which may be anywhere. What is not in memory does not count. */
  isWaiting(position: number): boolean {
    if (position >= this.tail) return false
    const segment = this.segmentAt(position)
    if (position < segment.first || position >= segment.end || segment.residence !== 'memory') return false
    return !segment.isSettled(position - segment.first) && this.waitsIn(segment, position)
  }

  /** Whether an entry waits, also one that is not in memory, if the list can tell. */
  waitsAnywhere(position: number): boolean {
    return this.isWaiting(position)
  }

  /** Whether an entry that is not settled waits. `segment`: where it is, or a copy of that. */
  waitsIn(segment: Segment, position: number): boolean {
    return !segment.has(position - segment.first, OUT)
  }

  /** Whether all of a segment's entries that are not settled wait. Undefined: they must be looked at one by one. */
  abstract waitsWhole(segment: Segment): true | undefined

  /** Takes out an entry that waits, wherever it is in memory. */
  takeAt(position: number): void {
    this.toggle(position, OUT)
    this.length--
    this.bytes -= this.bodyLength(position)
  }

  /** Brings what `takeAt` took back to its place, as if it had never been taken. */
  untake(position: number): void {
    this.toggle(position, OUT)
    this.length++
    this.bytes += this.bodyLength(position)
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

  /** When it expires, in milliseconds since the epoch, or `NO_DEADLINE`. */
  deadline(position: number): number {
    const segment = this.segmentAt(position)
    return segment.deadline(position - segment.first)
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

  /** Forgets everything at once: whoever still knows the queue that is gone must not keep its messages alive. */
  clear(): void {
    this.last = this.near = new Segment(this.tail)
    this.segments.length = 0
    this.segments.push(this.last)
    this.length = this.bytes = this.bytesUnsure = 0
    this.unread.clear()
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
    for (const segment of segments) {
      this.length += segment.live
      this.bytes += segment.liveBytes
      this.unread.add(segment)
      this.bytesUnsure += segment.liveBytes
    }
  }

  /** The next segment that must be read for `bytes` to be certain; undefined: none, or it is on its way. */
  get unweighedSegment(): Segment | undefined {
    const [first] = this.unread
    return first?.residence === 'store' ? first : undefined
  }

  /** The segment at the head, if it was not read back yet since a restart. */
  get unreadHead(): Segment | undefined {
    const head = this.segments.find(segment => segment.live > 0)
    return head !== undefined && this.unread.has(head) ? head : undefined
  }

  /** Whether a segment is needed now or soon. */
  isNear(_segment: Segment): boolean {
    return true
  }

  /** A segment that is in memory leaves it. */
  leaving(_segment: Segment): void {}

  /** Marks a copy of a segment that is not in memory with what the store does not know. */
  complete(_copy: Segment, _segment: Segment): void {}

  /** Takes back what was spilled. */
  takeBack(segment: Segment, part: SpilledPart): void {
    if (this.segments.includes(segment)) segment.takeBack(part)
  }

  /** Takes back what was loaded; entries before `delivered` were delivered before the restart. */
  fill(segment: Segment, entries: readonly StoredEntry[], delivered: number): void {
    if (!this.segments.includes(segment)) return
    this.length -= segment.live
    this.bytes -= segment.liveBytes
    const isFirst = this.unread.delete(segment)
    if (isFirst) this.bytesUnsure -= segment.liveBytes
    segment.fill(entries, delivered, this.ttls)
    this.complete(segment, segment)
    this.length += segment.live
    this.bytes += segment.liveBytes
    if (segment.deadlines !== undefined && (isFirst || !this.rereads)) {
      for (const { position } of entries)
        this.onDeadline(position, segment.deadline(position - segment.first))
    }
    if (segment.live === 0) this.release(segment)
  }

  protected toggle(position: number, flags: number): void {
    const segment = this.segmentAt(position)
    segment.toggle(position - segment.first, flags)
  }

  protected release(segment: Segment): void {
    if (segment === this.last) {
      // Live entries include those that wait, so nothing waits here and numbering can go on in the same memory.
      segment.recycle(this.tail)
      return
    }
    this.segments.splice(this.indexOf(segment.first), 1)
    this.near = this.last
  }

  /** Index of the last segment that begins at or before a position, or of the first segment. */
  indexOf(position: number): number {
    return indexOfSegment(this.segments, position)
  }
}
