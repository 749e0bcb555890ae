/**
 * Raises RabbitMQ's memory alarm. Above the limit publishers wait; at it or below they go on: there is no second limit,
 * only the second between two looks while it is raised.
 *
 * What is above the limit may be garbage: messages that were consumed or moved to the disk since the last collection. So
 * it is collected before the alarm is raised, and as long as it is: a broker whose publishers wait hardly allocates, and
 * would never hear that its consumers have made room.
 */
import type { Clock, Timer } from '../../clock'
import type { Logger } from '../../logger'
import type { Machine } from '../../machine'
import type { Alarms, RaisedAlarm } from './alarms'

export interface WatchSurroundings {
  readonly clock: Clock
  readonly machine: Machine
  readonly alarms: Alarms
  readonly logger: Logger
}

/** RabbitMQ looks once a second, at memory that fills in less. */
const INTERVAL_MAX_MS = 1000
const INTERVAL_MIN_MS = 50
/** Bytes per millisecond: what publishers on the same machine bring, and then some. */
const FAST_RATE = 1_000_000
/** Of the heap that V8 allows. */
const HEAP_PART_MAX = 0.85
/** With less room than this part of the limit, memory gets short. */
const SHORT_PART = 0.2
/** Collecting takes at most this part of the time. */
const COLLECTING_PART = 1 / 20

export class MemoryWatch {
  private timer: Timer | undefined
  private alarm: RaisedAlarm | undefined
  private collectAt = 0

  constructor(
    private readonly around: WatchSurroundings,
    /** Bytes; undefined: there is no alarm. */
    readonly limit: number | undefined,
    /** Memory gets short: whoever can do without some should. */
    private readonly relieve: () => void,
  ) {}

  /** What there is, in bytes. */
  get total(): number {
    return this.around.machine.memoryTotal
  }

  /** Bytes. */
  get used(): number {
    return this.around.machine.memoryUsed()
  }

  start(): void {
    if (this.limit !== undefined) this.look(this.limit)
  }

  stop(): void {
    this.timer?.cancel()
  }

  private look(limit: number): void {
    const { used } = this
    if (this.room(limit) < SHORT_PART * limit) this.relieve()
    if (this.room(limit) >= 0) this.isLow(used, limit)
    else if (!this.collect()) this.isHigh(used, limit)
    this.timer = this.around.clock.after(this.intervalMs(limit), () => this.look(limit))
  }

  /** Bytes; negative: there is none. A heap near its end counts as memory that is used up: behind it is a crash. */
  private room(limit: number): number {
    const { machine } = this.around
    return Math.min(limit - this.used, HEAP_PART_MAX * machine.heapTotal - machine.heapUsed())
  }

  private isHigh(used: number, limit: number): void {
    if (this.alarm !== undefined) return
    const { alarms, logger, machine } = this.around
    const heap = { heapUsed: machine.heapUsed(), heapTotal: machine.heapTotal }
    logger.warn({ used, limit, ...heap }, 'low on memory: publishers wait until there is less in use')
    this.alarm = alarms.raise('low on memory')
  }

  private isLow(used: number, limit: number): void {
    if (this.alarm === undefined) return
    this.around.logger.warn({ used, limit }, 'there is memory again: publishers go on')
    this.alarm.clear()
    this.alarm = undefined
  }

  /** False: it was only a moment ago. What is collected is given back in a thread of its own, and seen at the next look. */
  private collect(): boolean {
    const { clock, machine } = this.around
    const began = clock.now()
    if (began < this.collectAt) return false
    machine.collectGarbage()
    const ended = clock.now()
    this.collectAt = ended + Math.max(INTERVAL_MAX_MS, (ended - began) / COLLECTING_PART)
    return true
  }

  private intervalMs(limit: number): number {
    if (this.alarm !== undefined) return INTERVAL_MAX_MS
    const fillsInMs = this.room(limit) / FAST_RATE
    return Math.max(INTERVAL_MIN_MS, Math.min(INTERVAL_MAX_MS, fillsInMs / 2))
  }
}
