/**
 * A clock that can be moved forward: real time plus an offset. What it is asked to do later is kept here, in the order in
 * which it falls due, with one real timer for the earliest of it.
 */
import type { Clock, Timer } from '../../clock'
import { DueHeap } from '../../structures/due-heap'

/** The longest that setTimeout waits; it takes anything above for 1 ms. */
const DELAY_MAX = 2 ** 31 - 1
/** Cancelled timers are looked for from here on, whenever the heap has doubled. */
const TIDY_FROM = 1024

export class Timeline implements Clock {
  private offsetMs = 0
  private readonly due = new DueHeap()
  private readonly waiting = new Map<number, () => void>()
  private timersMade = 0
  private tidyAt = TIDY_FROM
  private armed: Timer | undefined
  private armedFor = Number.POSITIVE_INFINITY
  private isStopped = false

  constructor(private readonly real: Clock) {}

  now(): number {
    return this.real.now() + this.offsetMs
  }

  after(delayMs: number, run: () => void): Timer {
    const number = this.timersMade++
    if (this.isStopped) return { cancel: () => {} }
    this.waiting.set(number, run)
    this.due.push(this.now() + Math.max(delayMs, 0), number)
    if (this.due.length >= this.tidyAt) this.tidy()
    this.arm()
    return { cancel: () => void this.waiting.delete(number) }
  }

  /** When something falls due next; infinity: nothing will. */
  get nextTime(): number {
    const { due, waiting } = this
    for (let next = due.nextPosition; next !== undefined && !waiting.has(next); next = due.nextPosition)
      due.pop()
    return due.nextTime
  }

  /** Moves the time without doing what falls due: that is `runDue`'s. */
  skip(ms: number): void {
    this.offsetMs += ms
    this.disarm()
    this.arm()
  }

  /** Does what is due by now, the earliest first; what that asks for in turn comes later. */
  runDue(): void {
    const now = this.now()
    const made = this.timersMade
    try {
      while (this.nextTime <= now) {
        const number = this.due.nextPosition
        if (number === undefined || number >= made) break
        this.due.pop()
        const run = this.waiting.get(number)
        this.waiting.delete(number)
        run?.()
      }
    } finally {
      this.arm()
    }
  }

  /** Nothing happens any more, and nothing keeps the process alive. */
  stop(): void {
    this.isStopped = true
    this.disarm()
    this.waiting.clear()
    this.due.clear()
  }

  private arm(): void {
    const next = this.isStopped ? Number.POSITIVE_INFINITY : this.nextTime
    if (next === this.armedFor) return
    this.disarm()
    if (next === Number.POSITIVE_INFINITY) return
    this.armedFor = next
    this.armed = this.real.after(Math.min(Math.max(next - this.now(), 0), DELAY_MAX), () => {
      this.armed = undefined
      this.armedFor = Number.POSITIVE_INFINITY
      this.runDue()
    })
  }

  private disarm(): void {
    this.armed?.cancel()
    this.armed = undefined
    this.armedFor = Number.POSITIVE_INFINITY
  }

  private tidy(): void {
    this.due.retain(number => this.waiting.has(number))
    this.tidyAt = Math.max(TIDY_FROM, 2 * this.due.length)
  }
}
