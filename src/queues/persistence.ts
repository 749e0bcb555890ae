/** Entries of a durable queue to and from the store: what must outlive the broker, and what did. */
import { Message } from '../message'
import type { StoredQueue, StoredRun } from '../store/definition-store'
import type { CommitTicket, EntrySource, MessageStore } from '../store/message-store'
import type { Entries } from './entries'
import { SEGMENT_ENTRIES_MAX, SEGMENT_SLAB_BYTES, Segment } from './segment'
import { indexOfSegment } from './segment-search'

const NONE = -1

/** One for all queues: each of its own would keep the memory of a segment that has left. */
const scratch = new Message()

export class Persistence implements EntrySource {
  /** The last kept entry that was settled, unless the store has heard that head has passed it. */
  private lastSettled = NONE

  constructor(
    private readonly queueId: number,
    private readonly ready: Entries,
    private readonly store: MessageStore,
  ) {
    store.openQueue(queueId, this)
  }

  /** What the store notes as such: it lets go of everything before it. */
  get head(): number {
    const { head } = this.ready
    if (head > this.lastSettled) this.lastSettled = NONE
    return head
  }

  get delivered(): number {
    return this.ready.delivered
  }

  /**
   * Something went that is not kept. When it alone held head back, the store hears of it: it has the entries behind, settled
   * one by one, for as long as it knows of none that passed them.
   */
  passed(): void {
    if (this.lastSettled !== NONE && this.ready.head > this.lastSettled)
      this.store.markDelivered(this.queueId)
  }

  /** Keeps an entry that was just appended. */
  keep(position: number): CommitTicket {
    const { ready } = this
    const segment = ready.segmentAt(position)
    segment.view(position - segment.first, scratch)
    const { addressStart, bodyEnd, bodyBytes } = scratch
    const propertiesBytes = scratch.propertiesEnd - scratch.propertiesStart
    const ticket = this.store.append(
      this.queueId,
      position,
      bodyBytes,
      addressStart,
      bodyEnd,
      propertiesBytes,
      scratch.marks,
    )
    segment.kept++
    segment.ticket = ticket
    return ticket
  }

  settle(position: number): CommitTicket {
    if (position > this.lastSettled) this.lastSettled = position
    return this.store.settle(this.queueId, position)
  }

  /** Takes everything that waits from a position on off for good. */
  settleFrom(position: number): CommitTicket {
    this.lastSettled = this.ready.tail - 1
    return this.store.settleFrom(this.queueId, position)
  }

  markDelivered(): CommitTicket {
    return this.store.markDelivered(this.queueId)
  }

  remove(): CommitTicket {
    return this.store.removeQueue(this.queueId)
  }

  /** What was kept before a restart. */
  restore(stored: StoredQueue): void {
    const { runs, settled, head, delivered } = stored
    let tail = Math.max(head, delivered)
    for (const position of settled) this.lastSettled = Math.max(this.lastSettled, position)
    tail = Math.max(tail, this.lastSettled + 1)
    for (const { last } of runs) tail = Math.max(tail, last + 1)
    const segments = segmentsOf(runs.map(run => trimmed(run, head)))
    for (const position of settled) discount(segments, position)
    // An empty segment would look as if nothing were left behind it either.
    const filled = segments.filter(segment => segment.live > 0)
    this.ready.restore(filled, tail, delivered)
    this.passed()
    if (stored.isDeliveredNews) this.markDelivered()
  }
}

/** What head has passed is settled, though the run it was written in is still there for the others. */
function trimmed(run: StoredRun, head: number): StoredRun {
  if (run.first >= head) return run
  // With gaps in it there may be fewer, if the store does not know it better: `fill` will know.
  return { ...run, first: head, count: Math.min(run.count, run.last + 1 - head) }
}

/** Runs that lie side by side share a segment, up to a segment's size. */
function segmentsOf(runs: readonly StoredRun[]): Segment[] {
  const segments: Segment[] = []
  let bytes = 0
  for (const run of runs) {
    const open = segments.at(-1)
    const span = open === undefined ? 0 : run.last + 1 - open.first
    if (open !== undefined && span <= SEGMENT_ENTRIES_MAX && bytes + run.bytes <= SEGMENT_SLAB_BYTES) {
      open.count = span
      open.live += run.count
      open.liveBytes += run.bytes
      bytes += run.bytes
    } else {
      segments.push(segmentOf(run))
      bytes = run.bytes
    }
  }
  return segments
}

function segmentOf(run: StoredRun): Segment {
  const segment = new Segment(run.first)
  segment.evict()
  segment.count = run.last + 1 - run.first
  segment.live = run.count
  segment.liveBytes = run.bytes
  return segment
}

/** One entry of theirs less: they are in order, and there may be a great many of both. */
function discount(segments: readonly Segment[], position: number): void {
  const segment = segments[indexOfSegment(segments, position)]
  if (segment !== undefined && position >= segment.first && position < segment.end) segment.live--
}
