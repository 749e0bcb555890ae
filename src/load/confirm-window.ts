/**
 * The publishes of one channel that wait for their confirm, with the time each was sent.
 *
 *     lowest                     next
 *     │                          │
 *     ▼                          ▼
 *     [t][t][0][t][t][0][0][t][t] …        0: confirmed ahead of an older one
 *
 * A ring a power of two wide; publish number n (1, 2, 3 …) lies in cell n modulo width.
 */
import type { Histogram } from './histogram'

export class ConfirmWindow {
  private readonly sentAt: Float64Array
  private readonly mask: number
  private lowest = 1
  private next = 1
  private unsettled = 0

  constructor(
    private readonly size: number,
    private readonly latency: Histogram,
  ) {
    // Twice the window: an unsettled old one may keep many settled ones behind it in the ring.
    this.sentAt = new Float64Array(2 ** Math.ceil(Math.log2(size * 2 + 1)))
    this.mask = this.sentAt.length - 1
  }

  /** How many more may be published. Bounded by the ring too: a broker may never confirm the oldest. */
  get room(): number {
    return Math.min(this.size - this.unsettled, this.sentAt.length - (this.next - this.lowest))
  }

  sent(amount: number, now: number): void {
    for (let index = 0; index < amount; index++) {
      this.sentAt[this.next & this.mask] = now
      this.next++
    }
    this.unsettled += amount
  }

  /** Returns how many publishes this confirm is for; a tag that was confirmed before counts no second time. */
  settle(tag: number, multiple: boolean, now: number): number {
    const last = Math.min(tag, this.next - 1)
    let settled = 0
    for (let number = multiple ? this.lowest : Math.max(tag, this.lowest); number <= last; number++) {
      const cell = number & this.mask
      const sentAt = this.sentAt[cell]!
      if (sentAt === 0) continue
      this.latency.add((now - sentAt) * 1000)
      this.sentAt[cell] = 0
      settled++
    }
    while (this.lowest < this.next && this.sentAt[this.lowest & this.mask] === 0) this.lowest++
    this.unsettled -= settled
    return settled
  }
}
