/**
 * About when a delivery went out, for those who look at what waits for its acknowledgement. A delivery costs nothing here:
 * whoever watches the broker notes now and then up to which tag has been delivered.
 *
 *     tags out     3     7 8      12          8 is older than the first mark that covers it, and younger than the one
 *     marks     ·──┴──1s──┴──2s────┴──3s      before: it went out between second 1 and second 2
 */

/** When there are more, every second one goes: what is out for long is known less exactly. */
const MARKS_MAX = 64

export class DeliveryTimes {
  private times: number[] = []
  private tags: number[] = []

  /** `oldestOut`: the first tag that still waits; what lies before it is forgotten. */
  note(now: number, newestTag: number, oldestOut: number): void {
    this.forgetBefore(oldestOut)
    if (newestTag <= (this.tags[this.tags.length - 1] ?? 0)) return
    if (this.tags.length === MARKS_MAX) this.thinOut()
    this.times.push(now)
    this.tags.push(newestTag)
  }

  /** Nothing waits. */
  clear(): void {
    if (this.tags.length === 0) return
    this.times = []
    this.tags = []
  }

  /** When it was seen first to be out, in milliseconds since the epoch; undefined: it was not seen so far. */
  seenAt(tag: number): number | undefined {
    const at = this.tags.findIndex(marked => marked >= tag)
    return this.times[at]
  }

  private forgetBefore(tag: number): void {
    let useless = 0
    while (useless < this.tags.length && this.tags[useless]! < tag) useless++
    if (useless === 0) return
    this.times.splice(0, useless)
    this.tags.splice(0, useless)
  }

  /** The newest mark stays: it says what was noted last. */
  private thinOut(): void {
    const isKept = (_: number, index: number): boolean => index % 2 === 1
    this.times = this.times.filter(isKept)
    this.tags = this.tags.filter(isKept)
  }
}
