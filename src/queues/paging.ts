/**
 * Which segments of a queue are in memory: those near the head and the newest. The others are left to the store, which
 * has them already when all of their entries had to be kept, and is handed them otherwise.
 */
import type { MessageStore } from '../store/message-store'
import type { Entries } from './entries'
import type { Segment } from './segment'

export class Paging {
  /** Positions before this were delivered in an earlier life of the queue. */
  deliveredBefore = 0
  private isRemoved = false
  private hasSpilled = false

  constructor(
    private readonly queueId: number,
    private readonly ready: Entries,
    private readonly store: MessageStore,
    /** Entries that waited for the store are there. */
    private readonly loaded: () => void,
  ) {}

  /** A new segment began: the ones before it may not be needed for long. */
  leaveToStore(): void {
    for (const segment of this.ready.spare()) {
      // What waits for its commit is still read from here.
      if (segment.ticket > this.store.committed) continue
      if (segment.kept === segment.count) segment.evict()
      else if (!this.store.isBehind) this.spill(segment)
    }
  }

  /** Brings back what is needed now or soon. */
  bringBack(): void {
    for (const segment of this.ready.wanted()) {
      segment.residence = 'loading'
      if (segment.isSpilled) this.unspill(segment)
      else this.load(segment)
    }
  }

  /** Reads a segment of before a restart only to know how large its entries are. */
  weigh(): void {
    const segment = this.ready.unweighedSegment
    if (segment === undefined) return
    segment.residence = 'loading'
    this.load(segment)
  }

  /** Everything from a position on is gone. */
  drop(from: number): void {
    if (this.hasSpilled) this.store.dropSpilled(this.queueId, from)
  }

  remove(): void {
    this.isRemoved = true
    this.drop(0)
  }

  private spill(segment: Segment): void {
    this.hasSpilled = true
    this.store.spill(this.queueId, segment.first, segment.giveAway())
  }

  private unspill(segment: Segment): void {
    this.store.unspill(this.queueId, segment.first, part => {
      if (this.isRemoved) return
      this.ready.takeBack(segment, part)
      this.loaded()
    })
  }

  private load(segment: Segment): void {
    this.store.load(this.queueId, segment.first, segment.end - 1, entries => {
      if (this.isRemoved) return
      this.ready.fill(segment, entries, this.deliveredBefore)
      if (segment.residence === 'memory' && segment.live > 0 && !this.ready.isNear(segment)) segment.evict()
      this.loaded()
    })
  }
}
