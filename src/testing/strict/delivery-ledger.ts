/** The last deliveries of each channel by their tags, those that were settled, too: to say later what a tag was. Bounded. */
import type { Journey } from '../seeing/journey'

export interface PastDelivery {
  readonly queue: string
  /** Undefined: basic.get. */
  readonly consumerTag: string | undefined
  readonly noAck: boolean
  /** The journal decides how long it is kept. */
  readonly journey: WeakRef<Journey> | undefined
}

const KEPT_MAX = 1000

export class DeliveryLedger {
  private readonly kept = new Map<number, PastDelivery>()
  private newest = 0

  /** Tags count deliveries from 1 on. */
  add(delivery: PastDelivery): void {
    this.kept.set(++this.newest, delivery)
    this.kept.delete(this.newest - KEPT_MAX)
  }

  /** Undefined: it is too long ago, or never was. */
  at(tag: number): PastDelivery | undefined {
    return this.kept.get(tag)
  }

  has(tag: number): boolean {
    return tag > 0 && tag <= this.newest
  }
}
