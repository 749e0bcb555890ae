/**
 * A binary min-heap of numbers: the positions of requeued messages, smallest first. Keeps duplicates.
 *
 *                 3                 the children of i are 2i + 1 and 2i + 2
 *               ╱   ╲
 *              7     4              numbers = [3, 7, 4, 9, 8]
 *             ╱ ╲
 *            9   8                  Invariant: no number is smaller than its parent.
 *
 * Empty, `peek` and `pop` answer NaN: it compares false with everything, so `while (heap.peek() < tail)` ends by itself.
 */

export class NumberHeap {
  private readonly numbers: number[] = []

  get length(): number {
    return this.numbers.length
  }

  /** The smallest number, or NaN. */
  peek(): number {
    return this.numbers.length === 0 ? Number.NaN : at(this.numbers, 0)
  }

  push(value: number): void {
    // A NaN would sink and rise at random and break the order of all others.
    if (Number.isNaN(value)) throw new RangeError('NaN has no place in a heap')
    const numbers = this.numbers
    let hole = numbers.length
    numbers.push(value)
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      const above = at(numbers, parent)
      if (above <= value) break
      numbers[hole] = above
      hole = parent
    }
    numbers[hole] = value
  }

  /** Takes the smallest number out; NaN when there is none. */
  pop(): number {
    const numbers = this.numbers
    const moved = numbers.pop()
    if (moved === undefined) return Number.NaN
    if (numbers.length === 0) return moved
    const smallest = at(numbers, 0)
    this.sink(moved)
    return smallest
  }

  /** The smallest of the numbers that are meant, or NaN. Looks only at those below it and at their children. */
  lowest(isMeant: (value: number) => boolean): number {
    const { numbers } = this
    const open = [0]
    let lowest = Number.POSITIVE_INFINITY
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      const value = numbers[index]
      if (value === undefined || value >= lowest) continue
      if (isMeant(value)) lowest = value
      else open.push(2 * index + 2, 2 * index + 1)
    }
    return lowest === Number.POSITIVE_INFINITY ? Number.NaN : lowest
  }

  /** A copy of the numbers as they lie: the heap's array. */
  toArray(): number[] {
    return this.numbers.slice()
  }

  clear(): void {
    this.numbers.length = 0
  }

  /** Forgets the numbers that are not to be kept. O(n). */
  retain(isKept: (value: number) => boolean): void {
    const numbers = this.numbers
    let kept = 0
    for (const value of numbers) if (isKept(value)) numbers[kept++] = value
    numbers.length = kept
    // From the last parent up: what is below it is in order then.
    for (let index = (kept >> 1) - 1; index >= 0; index--) this.sink(at(numbers, index), index)
  }

  /** Puts `value` at an index, the root unless told, and lets it sink to its place. */
  private sink(value: number, from = 0): void {
    const numbers = this.numbers
    const length = numbers.length
    let hole = from
    for (let child = 2 * hole + 1; child < length; child = 2 * hole + 1) {
      if (child + 1 < length && at(numbers, child + 1) < at(numbers, child)) child++
      const below = at(numbers, child)
      if (below >= value) break
      numbers[hole] = below
      hole = child
    }
    numbers[hole] = value
  }
}

/** Every index here is below the length: the element exists. */
function at(numbers: readonly number[], index: number): number {
  return numbers[index] as number
}
