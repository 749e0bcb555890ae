/**
 * What comes back again and again: how often, when it is enough (x-delivery-limit), and how long it must wait before its
 * next try (x-delayed-retry-*). The counts of messages that are kept are kept with them; that one waited for its next
 * try is not: after a restart it is there at once.
 */
import { withHeaders } from '../amqp/property-edit'
import type { Clock } from '../clock'
import type { Message } from '../message'
import type { DeliveryCountRecord } from '../store/definition-store'
import type { DeliveryCountJournal } from '../store/delivery-count-journal'
import { DueHeap } from '../structures/due-heap'
import { WakeUp } from '../structures/wake-up'
import type { QueueOptions } from './options'

/** Entries whose time has come that return at once, after which others come first. */
const RETURNS_MAX = 4096

/** again: it goes back to its place; later: it will; never: it came back too often. */
export type Verdict = 'again' | 'later' | 'never'

interface Count {
  readonly count: number
  /** Whether it outlives the broker. */
  readonly isKept: boolean
}

export class Redelivery {
  private readonly counts = new Map<number, Count>()
  private readonly waiting = new DueHeap()
  private readonly positions = new Set<number>()
  private readonly wakeUp: WakeUp

  constructor(
    private options: QueueOptions,
    private readonly clock: Clock,
    /** The time of these has come. */
    private readonly putBack: (position: number) => void,
    /** Undefined: the queue does not outlive the broker. */
    private readonly journal: DeliveryCountJournal | undefined,
  ) {
    this.wakeUp = new WakeUp(clock, () => this.release())
  }

  /** Whether anything is to be counted at all. */
  static isNeeded({ type, deliveryLimit, delayedRetry }: QueueOptions): boolean {
    return type === 'quorum' || deliveryLimit !== undefined || delayedRetry !== undefined
  }

  /** How many wait for their next try. */
  get delayed(): number {
    return this.waiting.length
  }

  /** Whether an entry waits for its next try. */
  isDelayed(position: number): boolean {
    return this.positions.has(position)
  }

  configure(options: QueueOptions): void {
    this.options = options
  }

  /** An entry came back. `failed`: it was rejected, not merely returned. */
  returned(position: number, failed: boolean, isPersistent: boolean): Verdict {
    const { countsReturned, deliveryLimit, delayedRetry } = this.options
    const before = this.counts.get(position)?.count ?? 0
    const count = before + (failed || countsReturned ? 1 : 0)
    if (deliveryLimit !== undefined && count > deliveryLimit) return 'never'
    if (count > before) this.count(position, count, isPersistent)
    if (delayedRetry === undefined || !isDelayed(delayedRetry.type, failed)) return 'again'
    const delay = Math.min(
      delayedRetry.min * Math.max(count, 1),
      delayedRetry.max ?? Number.POSITIVE_INFINITY,
    )
    if (delay <= 0) return 'again'
    const due = this.clock.now() + delay
    this.waiting.push(due, position)
    this.positions.add(position)
    this.wakeUp.by(due)
    return 'later'
  }

  /** Adds the header `x-delivery-count` to what goes out once more. */
  annotate(message: Message, position: number): void {
    const count = this.counts.get(position)?.count
    if (count === undefined) return
    const headers = new Map(message.headers())
    headers.set('x-delivery-count', { type: 'l', value: count })
    const { propertiesBytes, propertiesStart, propertiesEnd } = message
    message.setProperties(withHeaders(propertiesBytes, propertiesStart, propertiesEnd, headers))
  }

  forget(position: number): void {
    const count = this.counts.get(position)
    if (count === undefined) return
    this.counts.delete(position)
    if (count.isKept) this.journal?.gone(position)
  }

  /** All entries that wait from a position on were dropped. */
  forgetFrom(position: number): void {
    for (const at of [...this.counts.keys()]) if (at >= position) this.forget(at)
  }

  restore(records: readonly DeliveryCountRecord[]): void {
    for (const { position, count } of records) this.counts.set(position, { count, isKept: true })
  }

  stop(): void {
    this.wakeUp.stop()
    this.waiting.clear()
    this.positions.clear()
    this.counts.clear()
  }

  private count(position: number, count: number, isPersistent: boolean): void {
    const isKept = isPersistent && this.journal !== undefined
    this.counts.set(position, { count, isKept })
    if (isKept) this.journal?.counted({ position, count })
  }

  private release(): void {
    const now = this.clock.now()
    for (let returns = 0; returns < RETURNS_MAX && this.waiting.nextTime <= now; returns++) {
      const position = this.waiting.pop() as number
      this.positions.delete(position)
      this.putBack(position)
    }
    if (this.waiting.length > 0) this.wakeUp.by(this.waiting.nextTime)
  }
}

function isDelayed(type: 'all' | 'failed' | 'returned', failed: boolean): boolean {
  return type === 'all' || (type === 'failed') === failed
}
