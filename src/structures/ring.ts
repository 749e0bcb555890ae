/**
 * A deque in a ring: O(1) at both ends, any element by index. Knows nothing of what it holds.
 *
 *      head = 6, length = 5, capacity = 8             the element i is at (head + i) & mask
 *
 *      ┌────┬────┬────┬────┬────┬────┬────┬────┐
 *      │ c  │ d  │ e  │    │    │    │ a  │ b  │      unshift ◄─ [a b c d e] ─► push
 *      └────┴────┴────┴────┴────┴────┴────┴────┘
 *                  last           head ▲
 *
 * Invariants: the capacity is a power of two; a slot outside the window is `undefined`, so nothing taken out is kept
 * alive; a ring that grew gives its memory back when it is emptied.
 */

const CAPACITY_MIN = 16

export class Ring<T> {
  private slots: (T | undefined)[] = new Array<T | undefined>(CAPACITY_MIN).fill(undefined)
  private mask = CAPACITY_MIN - 1
  private head = 0
  private count = 0

  get length(): number {
    return this.count
  }

  /** Slots held at present, used or not: for those who account for memory. */
  get capacity(): number {
    return this.mask + 1
  }

  /** Adds at the far end. */
  push(value: T): void {
    if (this.count > this.mask) this.grow()
    this.slots[(this.head + this.count) & this.mask] = value
    this.count++
  }

  /** Adds at the near end: what the next `shift` returns. */
  unshift(value: T): void {
    if (this.count > this.mask) this.grow()
    this.head = (this.head - 1) & this.mask
    this.slots[this.head] = value
    this.count++
  }

  /** Takes the first element. */
  shift(): T | undefined {
    if (this.count === 0) return undefined
    const value = this.slots[this.head]
    this.slots[this.head] = undefined
    this.head = (this.head + 1) & this.mask
    this.count--
    if (this.count === 0 && this.mask >= CAPACITY_MIN) this.clear()
    return value
  }

  /** The first element, left where it is. */
  peek(): T | undefined {
    return this.slots[this.head]
  }

  /** The element `index` places after the first; `undefined` outside `0 … length - 1`. */
  at(index: number): T | undefined {
    if (index < 0 || index >= this.count) return undefined
    return this.slots[(this.head + index) & this.mask]
  }

  clear(): void {
    this.slots = new Array<T | undefined>(CAPACITY_MIN).fill(undefined)
    this.mask = CAPACITY_MIN - 1
    this.head = 0
    this.count = 0
  }

  /** First to last. What is pushed meanwhile is seen, as with an array; `shift` and `unshift` are not allowed meanwhile. */
  *[Symbol.iterator](): IterableIterator<T> {
    // The window holds only what was pushed: `as T` also when T itself allows undefined.
    for (let i = 0; i < this.count; i++) yield this.slots[(this.head + i) & this.mask] as T
  }

  /** Doubles the slots and unrolls the ring, so that the head is slot 0 again. */
  private grow(): void {
    const slots = new Array<T | undefined>(this.slots.length * 2).fill(undefined)
    for (let i = 0; i < this.count; i++) slots[i] = this.slots[(this.head + i) & this.mask]
    this.slots = slots
    this.mask = slots.length - 1
    this.head = 0
  }
}
