/**
 * The way through a queue in the order of delivery. In a priority queue that is a heap for each priority, the highest
 * first, and only as much as is asked for is put in order; everything is in memory there. Takes nothing and marks nothing.
 */
import { DueHeap } from '../structures/due-heap'
import { PriorityReady } from './priority-ready'
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
  const { state } = options
  if (state === 'ready') return new ByPriority(queue, ready)
  if (state !== 'all') return new ByPosition(queue, options)
  const isOut = (position: number): boolean => !ready.isWaiting(position)
  return new OneAfterTheOther(queue, [new ByPosition(queue, options, isOut), new ByPriority(queue, ready)])
}

/** Everything is in memory, or will be soon. */
class ByPriority implements Walk {
  private skipping = 0
  private positions: Iterator<number> | undefined

  constructor(
    private readonly queue: WalkedQueue,
    private readonly ready: PriorityReady,
  ) {}

  skip(count: number): void {
    this.skipping += count
  }

  end(): void {}

  async next(max = BATCH_ENTRIES): Promise<Batch | undefined> {
    while (!this.ready.isWhole && !this.queue.deleted) await loaded(this.queue)
    this.positions ??= descending([...this.ready.levelsDown()])
    const { ready } = this
    const positions: number[] = []
    let bytes = 0
    for (let passed = 0; positions.length < max && bytes < BATCH_BYTES; passed++) {
      if (positions.length === BATCH_ENTRIES) break
      if (passed === PASSED_MAX) {
        if (positions.length > 0) break
        passed = 0
        await pause(this.queue)
      }
      const { value: position, done } = this.positions.next()
      if (done === true) return positions.length > 0 ? { segment: undefined, positions } : undefined
      if (!ready.isWaiting(position)) continue
      if (this.skipping > 0) this.skipping--
      else {
        positions.push(position)
        bytes += ready.bodyLength(position)
      }
    }
    return { segment: undefined, positions }
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
