/**
 * The way through a queue's entries by position, in batches that are small enough to be looked at in one
 * go, whatever happens to the queue between two of them. Takes nothing and marks nothing.
 *
 *     ├─ in memory ─┼─ in store ─┼─ in store ─┼─ last ─┤     segments that are passed over are never read
 *
 * A segment in the store is shown as a copy, which is forgotten when the next one is reached; or, for whoever means to
 * take from it, brought into memory and held there.
 */
import type { Turn } from '../turn'
import type { Backlog } from './backlog'
import type { Entries } from './entries'
import type { Segment } from './segment'

/** ready: it waits; delayed: it waits for its next try, or in a delay queue; unacked: it is out. */
export type EntryState = 'ready' | 'unacked' | 'delayed'

/** What a batch is made of at most: about a millisecond's work, also when headers are decoded. */
export const BATCH_ENTRIES = 256
export const BATCH_BYTES = 256 * 1024
/** Entries looked at for a batch that are passed over, before others have their turn. */
export const PASSED_MAX = 16_384

/** What is walked through. */
export interface WalkedQueue {
  readonly ready: Entries
  readonly backlog: Pick<Backlog, 'hold' | 'letGo' | 'read' | 'whenLoaded'>
  readonly around: { readonly turn: Turn }
  readonly deleted: boolean
  /** All that waits is delayed. */
  readonly isDelaying?: boolean
  readonly rules: { isDelayed(position: number): boolean }
}

export interface Batch {
  /** Where the entries are for now, or a copy of it. Undefined: each is in memory, in a segment of its own. */
  readonly segment: Segment | undefined
  readonly positions: readonly number[]
}

export interface Walk {
  /** The next entries, fewer than asked for whenever that is easier. Undefined: there are no more. */
  next(max?: number): Promise<Batch | undefined>
  /** Passes over this many of the next ones. */
  skip(count: number): void
  /** Nobody goes on. */
  end(): void
}

export interface WalkOptions {
  readonly state: EntryState | 'all'
  /** What is in the store is brought into memory: entries are to be taken. */
  readonly isTaking?: boolean
}

export function stateOf(queue: WalkedQueue, segment: Segment, position: number): EntryState {
  if (queue.isDelaying === true) return 'delayed'
  if (queue.ready.waitsIn(segment, position)) return 'ready'
  return queue.rules.isDelayed(position) ? 'delayed' : 'unacked'
}

/** Whether an entry of a batch was not settled since the batch was made. */
export function isThere(segment: Segment, position: number): boolean {
  if (segment.residence !== 'memory' || position < segment.first || position >= segment.end) return false
  return !segment.isSettled(position - segment.first)
}

/** Others have their turn. */
export function pause(queue: WalkedQueue): Promise<void> {
  return new Promise(resolve => queue.around.turn.deliver({ runTurn: resolve }))
}

export function loaded(queue: WalkedQueue): Promise<void> {
  return new Promise(resolve => queue.backlog.whenLoaded(resolve))
}

export class ByPosition implements Walk {
  private at = 0
  private until: number
  private skipping = 0
  private copy: { readonly of: Segment; readonly shown: Segment } | undefined
  private held: Segment | undefined

  /** `isElsewhere`: what waits is met by somebody else, whatever state is asked for. */
  constructor(
    private readonly queue: WalkedQueue,
    private readonly options: WalkOptions,
    private readonly isElsewhere = false,
  ) {
    this.until = queue.ready.tail
  }

  skip(count: number): void {
    this.skipping += count
  }

  /** Only this entry is looked for now. */
  seek(position: number): void {
    this.at = position
    this.until = position + 1
  }

  async next(max = BATCH_ENTRIES): Promise<Batch | undefined> {
    for (let passed = 0; ; ) {
      const segment = this.segmentAhead()
      if (segment === undefined) return this.finish()
      this.at = Math.max(this.at, segment.first)
      if (this.passesOver(segment)) continue
      const shown = this.atHand(segment)
      if (shown === undefined) {
        await this.fetch(segment)
        continue
      }
      const from = this.at
      const positions = this.collect(shown, Math.min(max, BATCH_ENTRIES))
      if (positions.length > 0) return { segment: shown, positions }
      passed += this.at - from
      if (passed < PASSED_MAX) continue
      passed = 0
      await pause(this.queue)
    }
  }

  end(): void {
    if (this.held !== undefined) this.queue.backlog.letGo(this.held)
    this.held = this.copy = undefined
  }

  private finish(): undefined {
    this.end()
  }

  private segmentAhead(): Segment | undefined {
    const { segments } = this.queue.ready
    if (this.queue.deleted || this.at >= this.until) return undefined
    let index = segments.length > 0 ? this.queue.ready.indexOf(this.at) : 0
    while (index < segments.length && segments[index]!.end <= this.at) index++
    const segment = segments[index]
    return segment === undefined || segment.first >= this.until ? undefined : segment
  }

  /** Whether nothing of a segment is asked for: it need not be read to know that. */
  private passesOver(segment: Segment): boolean {
    if (this.queue.ready.waitsWhole(segment) === undefined) return false
    if (this.isElsewhere) {
      this.at = segment.end
      return true
    }
    if (this.at !== segment.first) return false
    const { state } = this.options
    const isOther = state !== 'all' && state !== (this.queue.isDelaying === true ? 'delayed' : 'ready')
    if (!isOther && this.skipping < segment.live) return false
    if (!isOther) this.skipping -= segment.live
    this.at = segment.end
    return true
  }

  private atHand(segment: Segment): Segment | undefined {
    if (segment.residence === 'memory') return segment
    return this.copy?.of === segment ? this.copy.shown : undefined
  }

  private async fetch(segment: Segment): Promise<void> {
    const { backlog } = this.queue
    this.end()
    if (this.options.isTaking === true) {
      this.held = segment
      backlog.hold(segment)
      return loaded(this.queue)
    }
    const shown = await new Promise<Segment | undefined>(resolve => backlog.read(segment, resolve))
    if (shown !== undefined) this.copy = { of: segment, shown }
    else if (segment.residence === 'store') this.at = segment.end // it was dropped meanwhile
  }

  private collect(segment: Segment, max: number): number[] {
    const { queue, options, isElsewhere } = this
    const end = Math.min(segment.end, this.until, this.at + PASSED_MAX)
    const positions: number[] = []
    let bytes = 0
    for (; this.at < end && positions.length < max && bytes < BATCH_BYTES; this.at++) {
      const index = this.at - segment.first
      if (segment.isSettled(index) || (isElsewhere && queue.ready.waitsIn(segment, this.at))) continue
      if (options.state !== 'all' && stateOf(queue, segment, this.at) !== options.state) continue
      if (this.skipping > 0) this.skipping--
      else {
        positions.push(this.at)
        bytes += segment.bodyLength(index)
      }
    }
    return positions
  }
}
