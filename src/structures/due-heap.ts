/**
 * What is due when: positions by time, the earliest first, and for the same time the lowest. A binary min-heap like
 * `NumberHeap`, in two parallel arrays, so that a million of them are no million objects.
 */

export class DueHeap {
  private readonly times: number[] = []
  private readonly positions: number[] = []

  get length(): number {
    return this.times.length
  }

  /** The earliest time; infinity when nothing is left. */
  get nextTime(): number {
    return this.times[0] ?? Number.POSITIVE_INFINITY
  }

  /** Of the earliest time. */
  get nextPosition(): number | undefined {
    return this.positions[0]
  }

  push(time: number, position: number): void {
    let hole = this.times.length
    this.times.push(time)
    this.positions.push(position)
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      if (!this.isBefore(time, position, parent)) break
      this.move(parent, hole)
      hole = parent
    }
    this.put(hole, time, position)
  }

  /** Takes the position of the earliest time out; undefined when none is left. */
  pop(): number | undefined {
    const first = this.positions[0]
    const time = this.times.pop()
    const position = this.positions.pop()
    if (time === undefined || position === undefined || this.times.length === 0) return first
    this.sink(0, time, position)
    return first
  }

  clear(): void {
    this.times.length = this.positions.length = 0
  }

  /** Forgets the positions that are not to be kept. O(n). */
  retain(isKept: (position: number) => boolean): void {
    let kept = 0
    for (let index = 0; index < this.times.length; index++) {
      if (isKept(this.positions[index]!)) this.move(index, kept++)
    }
    this.times.length = this.positions.length = kept
    // From the last parent up: what is below it is in order then.
    for (let index = (kept >> 1) - 1; index >= 0; index--)
      this.sink(index, this.times[index]!, this.positions[index]!)
  }

  private sink(from: number, time: number, position: number): void {
    const length = this.times.length
    let hole = from
    for (let child = 2 * hole + 1; child < length; child = 2 * hole + 1) {
      if (child + 1 < length && this.isBefore(this.times[child + 1]!, this.positions[child + 1]!, child))
        child++
      if (this.isBefore(time, position, child)) break
      this.move(child, hole)
      hole = child
    }
    this.put(hole, time, position)
  }

  private isBefore(time: number, position: number, index: number): boolean {
    const other = this.times[index]!
    return time < other || (time === other && position < this.positions[index]!)
  }

  private move(from: number, to: number): void {
    this.put(to, this.times[from]!, this.positions[from]!)
  }

  private put(index: number, time: number, position: number): void {
    this.times[index] = time
    this.positions[index] = position
  }
}
