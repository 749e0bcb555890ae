/** x-expires: a queue that nobody uses goes. Used is a queue that has consumers, is declared again, or asked by basic.get. */
import type { Clock } from '../clock'
import { WakeUp } from '../structures/wake-up'

export class IdleExpiry {
  private readonly wakeUp: WakeUp
  private lastUsed: number
  /** Milliseconds. */
  private limit = 0

  constructor(
    private readonly clock: Clock,
    private readonly isInUse: () => boolean,
    private readonly expired: () => void,
  ) {
    this.lastUsed = clock.now()
    this.wakeUp = new WakeUp(clock, () => this.look())
  }

  /** `limit`: milliseconds that the queue may be unused, from now on. */
  allow(limit: number): void {
    this.limit = limit
    this.used()
    this.wakeUp.cancel()
    this.wakeUp.by(this.lastUsed + limit)
  }

  used(): void {
    this.lastUsed = this.clock.now()
  }

  stop(): void {
    this.wakeUp.cancel()
  }

  private look(): void {
    if (this.isInUse()) this.used()
    const end = this.lastUsed + this.limit
    if (end <= this.clock.now()) this.expired()
    else this.wakeUp.by(end)
  }
}
