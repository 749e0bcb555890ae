/**
 * One timer for many who each must look at something now and then: a hundred thousand of them are a set, and nobody in
 * it is no timer at all. Ticks as often as the most impatient member wants; the others hear more often than they need.
 *
 * `elapsed` is not the wall clock: a step in which that jumped, or the machine slept, counts as two ticks at most.
 */
import type { Clock, Timer } from '../clock'

export interface Ticked {
  /** How often it wants to hear; milliseconds. */
  readonly intervalMs: number
  /** `elapsed`: milliseconds, from any start, never less than before. */
  tick(elapsed: number): void
}

export class Ticker {
  private readonly members = new Set<Ticked>()
  private timer: Timer | undefined
  private elapsed = 0
  private tickedAt = 0
  private dueAt = 0

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.members.size
  }

  /** Who is in it already may want to hear more often now. */
  add(member: Ticked): void {
    if (this.members.size === 0) this.tickedAt = this.clock.now()
    this.members.add(member)
    this.arm(member.intervalMs)
  }

  remove(member: Ticked): void {
    this.members.delete(member)
    if (this.members.size > 0) return
    this.timer?.cancel()
    this.timer = undefined
  }

  private arm(intervalMs: number): void {
    const now = this.clock.now()
    if (this.timer !== undefined && this.dueAt <= now + intervalMs) return
    this.timer?.cancel()
    this.dueAt = now + intervalMs
    this.timer = this.clock.after(intervalMs, () => this.tick())
  }

  private tick(): void {
    const now = this.clock.now()
    const planned = Math.max(0, this.dueAt - this.tickedAt)
    this.elapsed += Math.min(Math.max(0, now - this.tickedAt), 2 * planned)
    this.tickedAt = now
    this.timer = undefined
    let intervalMs = Number.POSITIVE_INFINITY
    for (const member of this.members) {
      member.tick(this.elapsed)
      intervalMs = Math.min(intervalMs, member.intervalMs)
    }
    if (this.members.size > 0) this.arm(intervalMs)
  }
}
