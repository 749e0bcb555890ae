/**
 * Deliveries that wait too long for their acknowledgement. A delivery costs nothing here: now and then the channel notes
 * up to which tag it has delivered, and what is out under a tag noted long enough ago is late.
 *
 *     tags out       3     7 8       12 13          a mark is (time, newest tag then)
 *     marks       ·──┴──5m·──┴──8·───────┴─13       8 was noted 30 minutes ago: 3, 7 and 8 are late, 12 is not
 *
 * A delivery is noted at the next tick, so it is found late at most one tick after its time; two when ticks and timeout
 * do not fit each other. Channels that neither consume nor wait for acknowledgements are not in the ticker.
 */
import type { Queue } from '../queues/queue'
import type { Ticked, Ticker } from '../structures/ticker'
import { settleEntry } from './settle-entry'
import type { CreditHolder, Unacked } from './unacked'

/** RabbitMQ looks once a minute. */
const INTERVAL_MAX_MS = 60_000
const TICKS_PER_TIMEOUT_MIN = 4
/** Whatever short timeout a peer asks for: all channels are looked at together. */
const INTERVAL_MIN_MS = 1000
/** Others may make the ticker faster than this channel needs, and timers may be a little early. */
const OWN_PACE = 0.9
/** Marks cover the longest timeout in so many steps at most. */
const STEPS_MAX = 128

/** How long a delivery may take, and what it costs when it takes longer. */
export interface AckRules {
  readonly consumerCount: number
  /** Milliseconds; 0: no limit. */
  timeoutOf(queue: Queue, consumer: CreditHolder | undefined): number
  /** Ends the consumer, so that what it had goes back to the queue. False: it costs the channel. */
  cancelLate(consumer: CreditHolder | undefined): boolean
  /** Ends the channel. */
  failLate(timeoutMs: number): void
}

interface Mark {
  readonly time: number
  readonly tag: number
}

export class AckTimeout implements Ticked {
  intervalMs = INTERVAL_MAX_MS
  private readonly marks: Mark[] = []
  private shortestMs = Number.POSITIVE_INFINITY
  private longestMs = 0
  private lookedAt = Number.NEGATIVE_INFINITY

  constructor(
    private readonly ticker: Ticker,
    private readonly unacked: Unacked,
    private readonly rules: AckRules,
    /** That of the configuration; 0: none. It may be shorter than what peers can ask for. */
    private readonly usualMs: number,
  ) {}

  /** From now on deliveries may go out that have so long; 0: no limit. */
  expect(timeoutMs: number): void {
    if (timeoutMs === 0 || (timeoutMs >= this.shortestMs && timeoutMs <= this.longestMs)) return
    this.shortestMs = Math.min(this.shortestMs, timeoutMs)
    this.longestMs = Math.max(this.longestMs, timeoutMs)
    this.intervalMs = this.intervalFor(this.shortestMs)
    this.ticker.add(this)
  }

  stop(): void {
    this.ticker.remove(this)
    this.marks.length = 0
    this.shortestMs = Number.POSITIVE_INFINITY
    this.longestMs = 0
    this.lookedAt = Number.NEGATIVE_INFINITY
  }

  tick(elapsed: number): void {
    if (elapsed - this.lookedAt < this.intervalMs * OWN_PACE) return
    this.lookedAt = elapsed
    if (this.unacked.count === 0) {
      this.marks.length = 0
      if (this.rules.consumerCount === 0) this.stop()
      return
    }
    this.mark(elapsed)
    this.judge(elapsed)
  }

  private intervalFor(timeoutMs: number): number {
    const ticks = Math.max(TICKS_PER_TIMEOUT_MIN, Math.ceil(timeoutMs / INTERVAL_MAX_MS))
    const usualTick = this.usualMs === 0 ? INTERVAL_MIN_MS : this.usualMs / TICKS_PER_TIMEOUT_MIN
    return Math.max(timeoutMs / ticks, Math.min(INTERVAL_MIN_MS, usualTick), 10)
  }

  /** Notes what has been delivered, and forgets the marks that say nothing any more. */
  private mark(time: number): void {
    const { marks, unacked } = this
    const last = marks[marks.length - 1]
    const step = Math.max(this.intervalMs, this.longestMs / STEPS_MAX) * OWN_PACE
    if (last === undefined || (unacked.newestTag > last.tag && time - last.time >= step)) {
      marks.push({ time, tag: unacked.newestTag })
    }
    const oldestOut = unacked.tagAt(unacked.first)
    // Behind a mark that is old enough for every timeout, older ones add nothing.
    const past = time - this.longestMs
    while (marks.length > 1 && (marks[0]!.tag < oldestOut || marks[1]!.time <= past)) marks.shift()
  }

  private judge(now: number): void {
    const { rules, unacked } = this
    const through = this.tagMarkedBy(now - this.shortestMs)
    const late: number[] = []
    for (let index = unacked.first; index < unacked.end && unacked.tagAt(index) <= through; index++) {
      const queue = unacked.queueAt(index)
      if (queue === undefined) continue
      const consumer = unacked.consumerAt(index)
      const timeoutMs = rules.timeoutOf(queue, consumer)
      if (timeoutMs === 0 || unacked.tagAt(index) > this.tagMarkedBy(now - timeoutMs)) continue
      if (!rules.cancelLate(consumer)) {
        rules.failLate(timeoutMs)
        return
      }
      late.push(index)
    }
    for (const index of late.reverse()) this.takeBack(index)
  }

  /** The newest tag that was out at that time already; 0: none is known to be. */
  private tagMarkedBy(time: number): number {
    const { marks } = this
    for (let at = marks.length - 1; at >= 0; at--) if (marks[at]!.time <= time) return marks[at]!.tag
    return 0
  }

  private takeBack(index: number): void {
    const { unacked } = this
    const queue = unacked.queueAt(index)!
    const position = unacked.positionAt(index)
    const consumer = unacked.consumerAt(index)
    unacked.takenBackThrough = Math.max(unacked.takenBackThrough, unacked.tagAt(index))
    unacked.remove(index)
    settleEntry(queue, position, consumer, 'returned')
  }
}
