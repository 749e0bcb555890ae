/**
 * Which segments of a queue are in memory: those near the head and the newest. The others are left to the store, which
 * has them already when all of their entries had to be kept, and is handed them otherwise.
 */
import type { MessageStore, SpilledPart, StoredEntry } from '../store/message-store'
import type { Entries } from './entries'
import { areReadable } from './readable-entry'
import { Segment } from './segment'
import { NO_TTL } from './ttl-history'

export class Paging {
  /** Positions before this were delivered in an earlier life of the queue. */
  deliveredBefore = 0
  /** Somebody works in them, so they stay in memory though nobody will need them soon. */
  private readonly held = new Set<Segment>()
  /** They were held, and what was settled of them is not committed yet. */
  private readonly leaving = new Set<Segment>()
  private isRemoved = false
  private hasSpilled = false

  constructor(
    private readonly queueId: number,
    private readonly ready: Entries,
    private readonly store: MessageStore,
    /** Entries that waited for the store are there. */
    private readonly loaded: () => void,
  ) {
    ready.onSpilledGone = ({ first }) => store.unspill(queueId, first, () => {})
  }

  /** A new segment began: the ones before it may not be needed for long. */
  leaveToStore(): void {
    for (const segment of this.ready.spare()) this.leave(segment)
    if (this.leaving.size > 0) this.leaveHeld()
  }

  /** Brings a segment into memory, to stay there until `letGo`. */
  hold(segment: Segment): void {
    this.held.add(segment)
    if (segment.residence === 'store') this.bring(segment)
  }

  letGo(segment: Segment): void {
    this.held.delete(segment)
    this.leaving.add(segment)
    this.leaveHeld()
  }

  /** Shows a copy of a segment that is not in memory, and leaves it where it is. Undefined: it is not there any more. */
  read(segment: Segment, seen: (copy: Segment | undefined) => void): void {
    const copy = new Segment(segment.first)
    copy.count = segment.count
    if (!segment.isSpilled) {
      this.store.load(this.queueId, segment.firstLive, segment.end - 1, entries => {
        const isWhole = this.requireReadable(entries)
        if (isWhole) copy.fill(entries, this.deliveredBefore, NO_TTL)
        this.show(isWhole ? copy : undefined, segment, seen)
      })
      return
    }
    this.store.readSpilled(this.queueId, segment.first, part => {
      if (part !== undefined) copy.takeBack(part)
      this.show(part === undefined ? undefined : copy, segment, seen)
    })
  }

  /** Nobody takes from the queue: what was to be needed soon leaves, too. */
  rest(): void {
    for (const segment of this.ready.rest()) this.leave(segment)
  }

  /** Reads what is at the head and was not read since a restart, for what it says of itself. False: there is nothing. */
  readHead(): boolean {
    const head = this.ready.unreadHead
    if (head?.residence !== 'store') return false
    this.bring(head)
    return true
  }

  /** Somebody takes from it now. */
  stir(): void {
    this.ready.stir()
    this.bringBack()
  }

  /** Brings back what is needed now or soon, which is nothing while the queue rests. */
  bringBack(): void {
    for (const segment of this.ready.wanted()) this.bring(segment)
  }

  /** Reads a segment of before a restart only to know how large its entries are. */
  weigh(): void {
    const segment = this.ready.unweighedSegment
    if (segment !== undefined) this.bring(segment)
  }

  /** Everything from a position on is gone. */
  drop(from: number): void {
    if (this.hasSpilled) this.store.dropSpilled(this.queueId, from)
  }

  remove(): void {
    this.isRemoved = true
    this.drop(0)
  }

  private show(copy: Segment | undefined, segment: Segment, seen: (copy: Segment | undefined) => void): void {
    if (copy !== undefined) this.ready.complete(copy, segment)
    seen(copy)
  }

  private leaveHeld(): void {
    const { ready } = this
    for (const segment of this.leaving) {
      const isThere = segment.live > 0 && ready.segmentAt(segment.first) === segment
      if (isThere && segment.residence === 'memory' && !ready.isNear(segment)) this.leave(segment)
      if (!isThere || segment.residence !== 'memory' || ready.isNear(segment)) this.leaving.delete(segment)
    }
  }

  private leave(segment: Segment): void {
    // What waits for its commit is still read from here.
    if (segment.ticket > this.store.committed || this.held.has(segment)) return
    // What was spilled before and was only looked into since is still there.
    if (segment.kept === segment.count || segment.isSpilled) this.evict(segment)
    else if (!this.store.isBehind) this.spill(segment)
  }

  private evict(segment: Segment): void {
    this.ready.leaving(segment)
    segment.evict()
  }

  private bring(segment: Segment): void {
    segment.residence = 'loading'
    if (segment.isSpilled) this.unspill(segment)
    else this.load(segment)
  }

  private spill(segment: Segment): void {
    this.hasSpilled = true
    this.ready.leaving(segment)
    this.store.spill(this.queueId, segment.first, segment.giveAway())
  }

  private unspill(segment: Segment): void {
    const back = (part: SpilledPart | undefined): void => {
      if (this.isRemoved || part === undefined) return
      this.ready.takeBack(segment, part)
      this.goOn()
    }
    if (this.ready.rereads) this.store.readSpilled(this.queueId, segment.first, back)
    else this.store.unspill(this.queueId, segment.first, back)
  }

  private load(segment: Segment): void {
    // The store may have forgotten what was settled before head, and that it was.
    this.store.load(this.queueId, segment.firstLive, segment.end - 1, entries => {
      // What is damaged is not there, for ever: nobody shall take it for what was published.
      if (this.isRemoved) return
      if (!this.requireReadable(entries)) return this.loaded()
      this.ready.fill(segment, entries, this.deliveredBefore)
      segment.kept = segment.count // all that is left of it is in the store
      const isWanted = this.held.has(segment) || this.ready.isNear(segment)
      if (segment.residence === 'memory' && segment.live > 0 && !isWanted) this.evict(segment)
      this.goOn()
    })
  }

  /** Something is back: others may leave, and what is needed next is brought. */
  private goOn(): void {
    if (this.ready.rereads) {
      this.leaveToStore()
      this.bringBack()
    }
    this.loaded()
  }

  private requireReadable(entries: readonly StoredEntry[]): boolean {
    if (areReadable(entries)) return true
    this.store.damaged?.(this.queueId)
    return false
  }
}
