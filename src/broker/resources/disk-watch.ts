/**
 * Raises RabbitMQ's disk alarm: below the limit publishers wait, so that there is room left for what consumers settle. The
 * store has an alarm of its own, for a disk that takes nothing. How often it looks is RabbitMQ's: the sooner the disk could
 * be full, the more often.
 */
import type { Timer } from '../../clock'
import type { RaisedAlarm } from './alarms'
import type { WatchSurroundings } from './memory-watch'

const INTERVAL_MIN_MS = 100
const INTERVAL_MAX_MS = 10_000
/** Bytes per millisecond. */
const FAST_RATE = 250_000

export class DiskWatch {
  /** Bytes, as of the last look; undefined: the system does not tell. */
  free: number | undefined
  private timer: Timer | undefined
  private alarm: RaisedAlarm | undefined
  private isStopped = false
  private isUnknown = false

  constructor(
    private readonly around: WatchSurroundings,
    /** Whose disk counts. */
    private readonly folder: string,
    /** Bytes; undefined: there is no alarm. */
    readonly limit: number | undefined,
  ) {}

  /** Also without an alarm: somebody may want to know what is free. */
  async start(): Promise<void> {
    await this.ask()
    if (this.isStopped) return
    // A disk that does not answer is not asked again.
    this.timer = this.around.clock.after(this.intervalMs(), () => void this.start())
  }

  stop(): void {
    this.isStopped = true
    this.timer?.cancel()
  }

  private async ask(): Promise<void> {
    const { machine, logger } = this.around
    let free: number | undefined
    let err: unknown
    try {
      free = await machine.diskFree(this.folder)
    } catch (cause) {
      err = cause
    }
    if (this.isStopped) return // and the folder may be gone with its broker
    this.free = free
    if (free === undefined && !this.isUnknown)
      logger.warn({ err, folder: this.folder }, 'cannot tell how much of the disk is free')
    this.isUnknown = free === undefined
    this.judge()
  }

  private judge(): void {
    const { free, limit } = this
    const { alarms, logger } = this.around
    const isShort = free !== undefined && limit !== undefined && free < limit
    if (isShort && this.alarm === undefined) {
      logger.warn({ free, limit }, 'low on disk: publishers wait until more of it is free')
      this.alarm = alarms.raise('low on disk')
    }
    if (!isShort && this.alarm !== undefined) {
      logger.warn({ free, limit }, 'there is room on the disk again: publishers go on')
      this.alarm.clear()
      this.alarm = undefined
    }
  }

  private intervalMs(): number {
    const { free, limit } = this
    if (free === undefined || limit === undefined || this.alarm !== undefined) return INTERVAL_MAX_MS
    const fillsInMs = (2 * (free - limit)) / FAST_RATE
    return Math.max(INTERVAL_MIN_MS, Math.min(INTERVAL_MAX_MS, fillsInMs))
  }
}
