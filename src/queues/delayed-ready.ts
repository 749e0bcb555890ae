/**
 * What waits in a queue of delayed messages: whoever is due first is next, and none before it is due.
 *
 *      waiting    14:00:03 17 │ 14:00:03 23 │ 14:20:00 4 …        when, and at which position: always in memory
 *      segments   ┌───────────┬──────────┬──────────┬──────┐
 *                 │ in memory │ in store │ in store │ last │      the messages: those behind the first 256 segments
 *                 └───────────┴──────────┴──────────┴──────┘      are left to the store until one of them is due
 *
 * A segment of which something was taken stays in memory: the store may not know yet what was settled of it. After a
 * restart every segment is read once, a few at a time, before anything is taken: only then it is known which is first.
 */
import type { Clock } from '../clock'
import { Message } from '../message'
import type { StoredEntry } from '../store/message-store'
import { DueHeap } from '../structures/due-heap'
import { WakeUp } from '../structures/wake-up'
import { Entries, NO_POSITION, NOT_LOADED } from './entries'
import type { Segment } from './segment'

const SEGMENTS_IN_MEMORY = 256
/** Segments on their way from the store at the same time. */
const LOADS_MAX = 16

export class DelayedReady extends Entries {
  private readonly waiting = new DueHeap()
  private readonly wakeUp: WakeUp
  private readonly taken = new WeakSet<Segment>()
  private readonly scratch = new Message()

  constructor(
    private readonly clock: Clock,
    /** How long a message waits from when it came, in milliseconds. */
    private readonly delayOf: (message: Message) => number,
    /** Something may be due. */
    onDue: () => void,
  ) {
    super()
    this.wakeUp = new WakeUp(clock, onDue)
  }

  override get delivered(): number {
    return this.deliveredBefore
  }

  /** Nothing is out but what is settled in the same call, so everything can be dropped at once. */
  override takeScattered(): readonly number[] {
    return []
  }

  override get untaken(): number {
    return this.head
  }

  override append(message: Message): number {
    const position = super.append(message)
    this.waits(position, this.clock.now() + this.delayOf(message))
    return position
  }

  override appendTaken(): never {
    throw new Error('nothing is delivered before it is due')
  }

  override peek(): number {
    if (this.unread.size > 0) return NOT_LOADED
    const { nextTime, nextPosition } = this.waiting
    if (nextPosition === undefined) return NO_POSITION
    if (nextTime > this.clock.now()) {
      this.wakeUp.by(nextTime)
      return NO_POSITION
    }
    return this.segmentAt(nextPosition).residence === 'memory' ? nextPosition : NOT_LOADED
  }

  override take(): number {
    const position = this.peek()
    if (position < 0) return position
    this.waiting.pop()
    this.length--
    this.bytes -= this.bodyLength(position)
    this.taken.add(this.segmentAt(position))
    return position
  }

  override putBack(position: number): void {
    this.length++
    this.bytes += this.bodyLength(position)
    this.waits(position, this.clock.now())
  }

  /** What is taken is settled in the same call. */
  override waitsWhole(): true {
    return true
  }

  override dropUndelivered(): number {
    const dropped = this.length
    this.clear()
    return dropped
  }

  override clear(): void {
    super.clear()
    this.waiting.clear()
    this.wakeUp.cancel()
  }

  override fill(segment: Segment, entries: readonly StoredEntry[], delivered: number): void {
    const isFirstTime = this.unread.has(segment)
    super.fill(segment, entries, delivered)
    if (!isFirstTime || segment.live === 0) return
    for (const { position, writtenAt } of entries) {
      this.view(position, this.scratch)
      this.waits(position, writtenAt + this.delayOf(this.scratch))
    }
    this.scratch.letGo()
    segment.kept = segment.count // what was read back is in the store, all of it
    if (this.inMemory > SEGMENTS_IN_MEMORY) segment.evict()
  }

  override *wanted(): Generator<Segment> {
    let loads = 0
    for (const segment of this.unread) {
      if (loads++ === LOADS_MAX) return
      if (segment.residence === 'store') yield segment
    }
    const next = this.waiting.nextPosition
    if (next === undefined || this.unread.size > 0 || this.waiting.nextTime > this.clock.now()) return
    const segment = this.segmentAt(next)
    if (segment.residence === 'store') yield segment
  }

  override *spare(): Generator<Segment> {
    let excess = this.segments.length > SEGMENTS_IN_MEMORY ? this.inMemory - SEGMENTS_IN_MEMORY : 0
    for (let index = this.segments.length - 2; index >= 0 && excess > 0; index--) {
      const segment = this.segments[index]!
      if (segment.residence !== 'memory' || this.taken.has(segment)) continue
      excess--
      yield segment
    }
  }

  /** Nothing wakes anybody any more. */
  stop(): void {
    this.wakeUp.cancel()
  }

  private get inMemory(): number {
    let count = 0
    for (const { residence } of this.segments) if (residence === 'memory') count++
    return count
  }

  private waits(position: number, due: number): void {
    this.waiting.push(due, position)
    this.wakeUp.by(due)
  }
}
