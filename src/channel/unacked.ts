/**
 * The ledger of delivery tags: which entry of which queue went out under which tag, to which consumer.
 *
 *     tags       3   4   7   8  12  …       strictly growing; a tag's place is guessed from the first, then searched
 *     entries    ●   ○   ●   ●   ●          ○ settled out of order: a hole until compaction or until the head passes
 *                ▲ first              ▲ end
 *
 * Parallel arrays, so that a delivery allocates nothing. Knows no frames.
 */
import type { Queue } from '../queues/queue'

/** Whoever gets credit back when a delivery is settled: the consumer it went to. */
export interface CreditHolder {
  returnCredit(): void
}

const FIRST_CAPACITY = 16

export class Unacked {
  /** Index of the first entry; `first === end` when nothing is out. */
  first = 0
  end = 0
  /** Entries that are out. */
  count = 0
  /** Deliveries were taken back from the peer up to this tag: it does not know, and may still settle them. */
  takenBackThrough = 0
  private lastTag = 0
  private tags = new Float64Array(FIRST_CAPACITY)
  private positions = new Float64Array(FIRST_CAPACITY)
  private queues: (Queue | undefined)[] = new Array(FIRST_CAPACITY).fill(undefined)
  private consumers: (CreditHolder | undefined)[] = new Array(FIRST_CAPACITY).fill(undefined)

  /** Of everything delivered, also what settled itself; 0: nothing was. */
  get newestTag(): number {
    return this.lastTag
  }

  /** The tag of a delivery that settles itself. */
  skip(): number {
    return ++this.lastTag
  }

  /** Enters a delivery; `consumer` is undefined for basic.get. Returns its tag. */
  add(queue: Queue, position: number, consumer: CreditHolder | undefined): number {
    const tag = ++this.lastTag
    this.insert(tag, queue, position, consumer)
    return tag
  }

  /** Index of an outstanding tag, or -1. */
  find(tag: number): number {
    if (this.count === 0) return -1
    const guess = this.first + (tag - this.tags[this.first]!)
    if (!(guess >= this.first)) return -1
    const index = this.tags[guess] === tag && guess < this.end ? guess : this.search(tag, this.first, guess)
    return index !== -1 && this.queues[index] !== undefined ? index : -1
  }

  /** Index of the last entry up to this tag, which may be a hole; less than `first` when there is none. */
  indexUpTo(tag: number): number {
    let low = this.first
    let high = this.end
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.tags[middle]! <= tag) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  /** Undefined: a hole. */
  queueAt(index: number): Queue | undefined {
    return this.queues[index]
  }

  positionAt(index: number): number {
    return this.positions[index]!
  }

  tagAt(index: number): number {
    return this.tags[index]!
  }

  consumerAt(index: number): CreditHolder | undefined {
    return this.consumers[index]
  }

  remove(index: number): void {
    this.queues[index] = undefined
    this.consumers[index] = undefined
    this.count--
    if (this.count === 0) {
      this.first = this.end = 0
      return
    }
    while (this.queues[this.first] === undefined) this.first++
  }

  /** Brings a removed entry back under its tag (tx.rollback). */
  restore(tag: number, queue: Queue, position: number, consumer: CreditHolder | undefined): void {
    if (this.count === 0 || tag > this.tags[this.end - 1]!) {
      this.insert(tag, queue, position, consumer)
      return
    }
    // Tags are sorted from 0 on, holes included: a second place for the same tag would hide behind its own hole.
    const hole = this.search(tag, 0, this.end - 1)
    if (hole !== -1) {
      this.put(hole, tag, queue, position, consumer)
      this.first = Math.min(this.first, hole)
      this.count++
      return
    }
    if (this.end === this.tags.length) this.makeRoom()
    let at = this.end
    for (; at > 0 && this.tags[at - 1]! > tag; at--) this.move(at - 1, at)
    this.end++
    this.first = Math.min(this.first, at)
    this.put(at, tag, queue, position, consumer)
    this.count++
  }

  private insert(tag: number, queue: Queue, position: number, consumer: CreditHolder | undefined): void {
    if (this.end === this.tags.length) this.makeRoom()
    this.put(this.end++, tag, queue, position, consumer)
    this.count++
  }

  private search(tag: number, low: number, guess: number): number {
    let high = Math.min(guess, this.end - 1)
    while (low <= high) {
      const middle = (low + high) >>> 1
      const found = this.tags[middle]!
      if (found === tag) return middle
      if (found < tag) low = middle + 1
      else high = middle - 1
    }
    return -1
  }

  /** Closes holes when there are many, doubles the arrays when there are few. */
  private makeRoom(): void {
    if (this.count > this.tags.length / 2) this.grow()
    let to = 0
    for (let from = this.first; from < this.end; from++) {
      if (this.queues[from] !== undefined) this.move(from, to++)
    }
    this.queues.fill(undefined, to, this.end)
    this.consumers.fill(undefined, to, this.end)
    this.first = 0
    this.end = to
  }

  private grow(): void {
    const tags = new Float64Array(this.tags.length * 2)
    tags.set(this.tags)
    const positions = new Float64Array(tags.length)
    positions.set(this.positions)
    this.tags = tags
    this.positions = positions
    while (this.queues.length < tags.length) {
      this.queues.push(undefined)
      this.consumers.push(undefined)
    }
  }

  private move(from: number, to: number): void {
    this.tags[to] = this.tags[from]!
    this.positions[to] = this.positions[from]!
    this.queues[to] = this.queues[from]
    this.consumers[to] = this.consumers[from]
  }

  private put(
    at: number,
    tag: number,
    queue: Queue,
    position: number,
    consumer: CreditHolder | undefined,
  ): void {
    this.tags[at] = tag
    this.positions[at] = position
    this.queues[at] = queue
    this.consumers[at] = consumer
  }
}
