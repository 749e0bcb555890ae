/** One timer for the earliest of many times: whoever waits for several of them asks to be woken by the next. */
import type { Clock, Timer } from '../clock'

/** The longest that setTimeout waits; it takes anything above for 1 ms. */
const DELAY_MAX = 2 ** 31 - 1

export class WakeUp {
  private timer: Timer | undefined
  private armedFor = Number.POSITIVE_INFINITY
  private isStopped = false

  constructor(
    private readonly clock: Clock,
    /** May come early: whoever is woken looks what is due. */
    private readonly wake: () => void,
  ) {}

  /** Wakes at this time, milliseconds since the epoch, unless it would wake sooner anyway. */
  by(time: number): void {
    if (time >= this.armedFor || this.isStopped) return
    this.timer?.cancel()
    this.armedFor = time
    const delay = Math.min(Math.max(time - this.clock.now(), 0), DELAY_MAX)
    this.timer = this.clock.after(delay, () => {
      this.armedFor = Number.POSITIVE_INFINITY
      this.timer = undefined
      this.wake()
    })
  }

  cancel(): void {
    this.timer?.cancel()
    this.timer = undefined
    this.armedFor = Number.POSITIVE_INFINITY
  }

  /** Never wakes again, whoever still asks: a turn that ends after the broker must leave no timer behind. */
  stop(): void {
    this.cancel()
    this.isStopped = true
  }
}
