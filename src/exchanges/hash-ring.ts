/**
 * The buckets of a consistent hash: every destination has as many as its first binding's weight, numbered in the order
 * of the bindings. Further bindings of a destination have none, until the first one goes.
 *
 *     bindings   a: 2, b: 1, a: 5, c: 3
 *     buckets    0 a  1 a  2 b  3 c  4 c  5 c
 *
 * Invariant: the buckets follow from the bindings and their order alone, so bindings that come back in their old order
 * after a restart give the same ones. Costs as much as there are destinations, whatever they weigh.
 */
import type { Binding } from './binding'
import type { Destination } from './destination'

export class HashRing {
  /** Bindings looked at to number the buckets anew: what changes cost, whatever the machine. */
  visits = 0
  /** In the order they came. */
  private readonly bindings = new Set<Binding>()
  private readonly held = new Set<Destination>()
  /** The destinations that have buckets, and the first bucket behind those of each. */
  private destinations: Destination[] = []
  private ends: number[] = []
  /** A binding went: the buckets are to be numbered anew before they are looked at. */
  private isStale = false

  get buckets(): number {
    if (this.isStale) this.renumber()
    return this.ends.at(-1) ?? 0
  }

  add(binding: Binding): void {
    this.bindings.add(binding)
    if (!this.isStale) this.append(binding)
  }

  remove(binding: Binding): void {
    this.bindings.delete(binding)
    this.isStale = true
  }

  /** Whose bucket that is: one of `buckets`. */
  at(bucket: number): Destination | undefined {
    let low = 0
    let high = this.ends.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.ends[middle]! <= bucket) low = middle + 1
      else high = middle
    }
    return this.destinations[low]
  }

  /** The first and last bucket of a destination that has some. */
  bucketsOf(destination: Destination): { first: number; last: number } | undefined {
    const index = this.destinations.indexOf(destination)
    if (index < 0) return undefined
    return { first: this.ends[index - 1] ?? 0, last: this.ends[index]! - 1 }
  }

  /** Whether a binding is the first of its destination, which is the one that gives it buckets. */
  counts(binding: Binding): boolean {
    for (const one of this.bindings) if (one.destination === binding.destination) return one === binding
    return false
  }

  private append(binding: Binding): void {
    const { destination } = binding
    if (this.held.has(destination)) return
    this.held.add(destination)
    this.ends.push((this.ends.at(-1) ?? 0) + Number(binding.routingKey))
    this.destinations.push(destination)
  }

  private renumber(): void {
    this.held.clear()
    this.destinations = []
    this.ends = []
    for (const binding of this.bindings) this.append(binding)
    this.visits += this.bindings.size
    this.isStale = false
  }
}
