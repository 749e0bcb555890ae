/**
 * The way through a queue in the order of delivery. In a priority queue that is a heap for each priority, the highest
 * first, and only as much as is asked for is put in order. Takes nothing and marks nothing.
 */
import { DueHeap } from '../structures/due-heap'
import { PriorityReady } from './priority-ready'
import type { Segment } from './segment'
import {
  BATCH_BYTES,
  BATCH_ENTRIES,
  type Batch,
  ByPosition,
  loaded,
  PASSED_MAX,
  pause,
  type Walk,
  type WalkedQueue,
  type WalkOptions,
} from './walk'

/** What waits comes in the order of delivery, what is out by position. What comes in meanwhile is not met. */
export function walkThrough(queue: WalkedQueue, options: WalkOptions): Walk {
  const { ready } = queue
  if (!(ready instanceof PriorityReady)) return new ByPosition(queue, options)
  const { state, isTaking = false } = options
  if (state === 'ready') return new ByPriority(queue, ready, isTaking)
  if (state !== 'all') return new ByPosition(queue, options)
  return new OneAfterTheOther(queue, [
    new ByPosition(queue, options, true),
    new ByPriority(queue, ready, isTaking),
  ])
}

class ByPriority implements Walk {
  private skipping = 0
  private positions: Iterator<number> | undefined
  /** It was met, and is in a segment that must be read before it can be shown. */
  private waiting: number | undefined
  private copy: { readonly of: Segment; readonly shown: Segment } | undefined
  private held: Segment | undefined

  constructor(
    private readonly queue: WalkedQueue,
    private readonly ready: PriorityReady,
    private readonly isTaking: boolean,
  ) {}

  skip(count: number): void {
    this.skipping += count
  }

  end(): void {
    if (this.held !== undefined) this.queue.backlog.letGo(this.held)
    this.held = this.copy = undefined
  }

  async next(max = BATCH_ENTRIES): Promise<Batch | undefined> {
    while (!this.ready.isWhole && !this.queue.deleted) await loaded(this.queue)
    this.positions ??= descending([...this.ready.levels.down()])
    const size = Math.min(max, BATCH_ENTRIES)
    for (;;) {
      const batch = this.collect(size)
      if (batch === 'others first') await pause(this.queue)
      else if (batch !== undefined && batch.positions.length > 0) return batch
      else if (batch === undefined || this.queue.deleted) {
        this.end()
        return undefined
      } else await this.fetch()
    }
  }

  /** What comes next, as far as it is at hand. Undefined: nothing comes. */
  private collect(max: number): Batch | 'others first' | undefined {
    const { ready } = this
    const positions: number[] = []
    let copy: Segment | undefined
    for (let bytes = 0, passed = 0; positions.length < max && bytes < BATCH_BYTES; passed++) {
      if (passed === PASSED_MAX && positions.length === 0) return 'others first'
      if (passed >= PASSED_MAX) break
      const position = this.waiting ?? this.following()
      this.waiting = undefined
      if (position === undefined && positions.length === 0) return undefined
      if (position === undefined) break
      if (!ready.waitsAnywhere(position)) continue
      if (this.skipping > 0) {
        this.skipping--
        continue
      }
      const segment = ready.segmentAt(position)
      const copyOfIt = this.copy?.of === segment ? this.copy.shown : undefined
      const shown = segment.residence === 'memory' ? segment : copyOfIt
      const isOfTheBatch = positions.length === 0 || copy === (shown === segment ? undefined : shown)
      if (shown === undefined || !isOfTheBatch) {
        this.waiting = position
        break
      }
      copy = shown === segment ? undefined : shown
      positions.push(position)
      bytes += shown.bodyLength(position - shown.first)
    }
    return { segment: copy, positions }
  }

  private following(): number | undefined {
    const { value, done } = this.positions!.next()
    return done === true ? undefined : value
  }

  /** The segment of the one that waits for it. */
  private async fetch(): Promise<void> {
    const { backlog } = this.queue
    const segment = this.ready.segmentAt(this.waiting!)
    this.end()
    if (this.isTaking) {
      this.held = segment
      backlog.hold(segment)
      return loaded(this.queue)
    }
    const shown = await new Promise<Segment | undefined>(resolve => backlog.read(segment, resolve))
    if (shown !== undefined) this.copy = { of: segment, shown }
    else if (segment.residence === 'store') this.waiting = undefined // it was dropped meanwhile, or is damaged
  }
}

class OneAfterTheOther implements Walk {
  private skipping = 0

  constructor(
    private readonly queue: WalkedQueue,
    private readonly walks: Walk[],
  ) {}

  skip(count: number): void {
    this.skipping += count
  }

  end(): void {
    for (const walk of this.walks) walk.end()
  }

  async next(max = BATCH_ENTRIES): Promise<Batch | undefined> {
    for (let walk = this.walks[0]; walk !== undefined; walk = this.walks[0]) {
      const batch = await walk.next(max)
      if (batch === undefined) this.walks.shift()
      else if (this.skipping === 0) return batch
      else {
        const { segment, positions } = batch
        const skipped = Math.min(this.skipping, positions.length)
        this.skipping -= skipped
        if (skipped < positions.length) return { segment, positions: positions.slice(skipped) }
        await pause(this.queue)
      }
    }
    return undefined
  }
}

/** The numbers of heaps, each heap's in order. */
function* descending(heaps: readonly (readonly number[])[]): Generator<number> {
  for (const heap of heaps) {
    // the smallest that was not seen is a child of one that was
    const frontier = new DueHeap()
    let before = Number.NaN
    frontier.push(heap[0]!, 0)
    for (let index = frontier.pop(); index !== undefined; index = frontier.pop()) {
      const value = heap[index]!
      for (const child of [2 * index + 1, 2 * index + 2])
        if (child < heap.length) frontier.push(heap[child]!, child)
      if (value !== before) yield value // heaps keep duplicates
      before = value
    }
  }
}
