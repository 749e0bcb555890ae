/**
 * Entries of a durable queue to and from the store: what must be kept is given to it, what is not needed soon is left
 * to it, what is needed is brought back in time.
 */
import { Message } from '../message'
import type { StoredQueue, StoredRun } from '../store/definition-store'
import type { CommitTicket, MessageStore } from '../store/message-store'
import type { ReadyList } from './ready'
import { SEGMENT_ENTRIES_MAX, SEGMENT_SLAB_BYTES, Segment } from './segment'

export class Persistence {
  private readonly scratch = new Message()
  /** Positions before this were delivered in an earlier life. */
  private deliveredBefore = 0
  private isRemoved = false

  constructor(
    private readonly queueId: number,
    private readonly ready: ReadyList,
    private readonly store: MessageStore,
    /** Entries that waited for the store are there. */
    private readonly loaded: () => void,
  ) {
    store.openQueue(queueId, ready)
  }

  /** Keeps an entry that was just appended. */
  keep(position: number): CommitTicket {
    const { ready, scratch } = this
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
    )
    segment.kept++
    segment.ticket = ticket
    if (position === segment.first) this.leaveToStore()
    return ticket
  }

  settle(position: number): CommitTicket {
    return this.store.settle(this.queueId, position)
  }

  /** Takes everything that waits from a position on off for good. */
  settleFrom(position: number): CommitTicket {
    return this.store.settleFrom(this.queueId, position)
  }

  markDelivered(): CommitTicket {
    return this.store.markDelivered(this.queueId)
  }

  remove(): CommitTicket {
    this.isRemoved = true
    return this.store.removeQueue(this.queueId)
  }

  /** Brings back what is needed now or soon. */
  bringBack(): void {
    if (!this.store.canLoad) return
    for (const segment of this.ready.wanted()) {
      segment.residence = 'loading'
      this.store.load(this.queueId, segment.first, segment.end - 1, entries => {
        if (this.isRemoved) return
        this.ready.fill(segment, entries, this.deliveredBefore)
        this.loaded()
      })
    }
  }

  /** What was kept before a restart. */
  restore(stored: StoredQueue): void {
    const { runs, settled, head, delivered } = stored
    this.deliveredBefore = delivered
    let tail = Math.max(head, delivered)
    for (const position of settled) tail = Math.max(tail, position + 1)
    for (const { last } of runs) tail = Math.max(tail, last + 1)
    const segments = segmentsOf(runs)
    for (const position of settled) discount(segments, position)
    this.ready.restore(segments, tail)
  }

  /** A new segment began: the ones before it may not be needed for long. */
  private leaveToStore(): void {
    if (!this.store.canLoad) return
    for (const segment of this.ready.spare()) if (segment.ticket <= this.store.committed) segment.evict()
  }
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
      bytes += run.bytes
    } else {
      const segment = new Segment(run.first)
      segment.evict()
      segment.count = run.last + 1 - run.first
      segment.live = run.count
      segments.push(segment)
      bytes = run.bytes
    }
  }
  return segments
}

function discount(segments: readonly Segment[], position: number): void {
  const segment = segments.find(({ first, end }) => position >= first && position < end)
  if (segment !== undefined) segment.live--
}
