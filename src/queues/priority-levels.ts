/**
 * The positions that wait in a priority queue, the highest priority first, first in, first out within it.
 *
 *      levels     9 ──►  17  23                    a heap each: what comes back takes its place again
 *                 4 ──►  3  9  40 …
 *                 0 ──►  1  2  5  6  7 …
 *
 * What is taken from the midst is left where it is until it comes to the top, or until there is too much of that.
 */
import { priorityIn } from '../amqp/properties'
import type { Message } from '../message'
import { NumberHeap } from '../structures/number-heap'
import { NO_POSITION } from './entries'

/** Positions that wait no more, left in the levels, before they are looked for. */
const STALE_MAX = 1024

export class PriorityLevels {
  private readonly levels: (NumberHeap | undefined)[]
  /** No level above it holds anything. */
  private top = 0
  /** Positions that were taken from where they were. */
  private stale = 0

  constructor(
    /** Messages above it count as this. */
    private readonly maxPriority: number,
    private readonly isWaiting: (position: number) => boolean,
  ) {
    this.levels = new Array(maxPriority + 1).fill(undefined)
  }

  /** The position that is next; NO_POSITION: none waits. */
  first(): number {
    for (; this.top >= 0; this.top--) {
      const level = this.levels[this.top]
      if (level === undefined) continue
      for (; level.length > 0; this.stale--, level.pop())
        if (this.isWaiting(level.peek())) return level.peek()
    }
    this.top = 0
    return NO_POSITION
  }

  /** Takes out what `first` answered. */
  takeFirst(): void {
    this.levels[this.top]!.pop()
  }

  /** A position waits, for the first time or again. */
  add(position: number, message: Message): void {
    const { propertiesBytes, propertiesStart, propertiesEnd } = message
    const priority = Math.min(priorityIn(propertiesBytes, propertiesStart, propertiesEnd), this.maxPriority)
    let level = this.levels[priority]
    if (level === undefined) {
      level = new NumberHeap()
      this.levels[priority] = level
    }
    level.push(position)
    if (priority > this.top) this.top = priority
  }

  /** One was taken from the midst. `waiting`: how many are left. */
  oneLess(waiting: number): void {
    this.stale++
    if (this.stale > STALE_MAX && this.stale > waiting) this.sweep()
  }

  /** In the order of delivery, in leaps: in each level the first, then the first from `next` of it on. */
  *ahead(next: (position: number) => number): Generator<number> {
    for (let priority = this.top; priority >= 0; priority--) {
      let from = 0
      const isMeant = (position: number): boolean => position >= from && this.isWaiting(position)
      for (;;) {
        const position = this.levels[priority]?.lowest(isMeant) ?? Number.NaN
        if (Number.isNaN(position)) break
        yield position
        from = next(position)
      }
    }
  }

  /** What waits, the highest priority first, each as a heap of positions, some of which may wait no more. */
  *down(): Generator<readonly number[]> {
    for (let index = this.levels.length - 1; index >= 0; index--) {
      const level = this.levels[index]
      if (level !== undefined && level.length > 0) yield level.toArray()
    }
  }

  clear(): void {
    this.levels.fill(undefined)
    this.top = this.stale = 0
  }

  /** What never comes to the top of its level would pile up below. */
  private sweep(): void {
    for (const level of this.levels) level?.retain(this.isWaiting)
    this.stale = 0
  }
}
