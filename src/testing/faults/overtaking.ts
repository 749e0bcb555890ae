/**
 * The order of one queue's deliveries, which faults may change as a lost connection does: a message is out with nobody until
 * the next one was delivered, and is requeued then, to its place. Or when it was out for so long: nothing waits for ever.
 */
import type { Clock, Timer } from '../../clock'
import type { Queue } from '../../queues/queue'

/** Undefined: it is delivered as always. */
export type HoldFor = (position: number) => number | undefined

export class Overtaking {
  private held: { readonly position: number; readonly timer: Timer } | undefined
  private isEntering = false

  constructor(
    private readonly queue: Queue,
    private readonly clock: Clock,
    private readonly isOn: () => boolean,
    private readonly holdFor: HoldFor,
    /** Those in which a message is held. */
    private readonly holding: Set<Overtaking>,
  ) {
    this.watchEntries()
    this.watchTaking()
  }

  /** What is out with nobody comes back. */
  release(): void {
    const { held } = this
    if (held === undefined) return
    this.held = undefined
    this.holding.delete(this)
    held.timer.cancel()
    this.queue.requeue(held.position)
  }

  /** Nobody gets a message in the very call that brings it, past `takeNext`. */
  private watchEntries(): void {
    const { queue } = this
    const { consumers } = queue
    const next = consumers.next.bind(consumers)
    const enqueue = queue.enqueue.bind(queue)
    consumers.next = () => (this.isEntering ? undefined : next())
    queue.enqueue = message => {
      if (!this.isOn()) return enqueue(message)
      this.isEntering = true
      try {
        return enqueue(message)
      } finally {
        this.isEntering = false
        queue.mark()
      }
    }
  }

  private watchTaking(): void {
    const { rules } = this.queue
    const takeNext = rules.takeNext.bind(rules)
    rules.takeNext = () => {
      const first = takeNext()
      if (first < 0) return first
      const ms = this.held === undefined && this.isOn() ? this.holdFor(first) : undefined
      if (ms === undefined) {
        this.release()
        return first
      }
      this.hold(first, ms)
      const second = takeNext()
      if (second >= 0) this.release()
      return second
    }
  }

  private hold(position: number, ms: number): void {
    const { counters } = this.queue
    this.holding.add(this)
    counters.delivered++
    counters.unacked++
    this.held = { position, timer: this.clock.after(ms, () => this.release()) }
  }
}
