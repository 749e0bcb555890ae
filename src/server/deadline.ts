/** The one thing a connection will do later: setting another forgets the one before. */
import type { Clock, Timer } from '../clock'

export class Deadline {
  private timer: Timer | undefined

  constructor(private readonly clock: Clock) {}

  /** 0: at once. */
  set(delayMs: number, act: () => void): void {
    this.cancel()
    if (delayMs === 0) act()
    else this.timer = this.clock.after(delayMs, act)
  }

  cancel(): void {
    this.timer?.cancel()
    this.timer = undefined
  }
}
