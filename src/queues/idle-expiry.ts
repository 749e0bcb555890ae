/**
 * x-expires: a queue that nobody uses goes. Used is a queue that has consumers, is declared again, or asked by basic.get.
 * While it has consumers no timer runs: whoever removes one says that it was used until then.
 */
import type { Clock } from '../clock'
import { WakeUp } from '../structures/wake-up'

export interface IdleQueue {
  readonly clock: Clock
  readonly isConsumed: boolean
  /** Nobody used it for as long as it may be idle. */
  expired(): void
}

export class IdleExpiry {
  private readonly wakeUp: WakeUp
  private lastUsed: number
  /** Milliseconds. */
  private limit = 0

  constructor(private readonly queue: IdleQueue) {
    this.lastUsed = queue.clock.now()
    this.wakeUp = new WakeUp(queue.clock, () => this.look())
  }

  /** `limit`: milliseconds that the queue may be unused, from now on. */
  allow(limit: number): void {
    this.limit = limit
    this.wakeUp.cancel()
    this.used()
  }

  used(): void {
    this.lastUsed = this.queue.clock.now()
    this.wakeUp.by(this.lastUsed + this.limit)
  }

  stop(): void {
    this.wakeUp.stop()
  }

  private look(): void {
    if (this.queue.isConsumed) return
    const end = this.lastUsed + this.limit
    if (end <= this.queue.clock.now()) this.queue.expired()
    else this.wakeUp.by(end)
  }
}
