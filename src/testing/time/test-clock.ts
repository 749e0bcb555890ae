/**
 * The time of a test broker: real time, until a test moves it. There are two clocks in it: the broker's own, and that of
 * the wire, for what is between a client and the broker: heartbeats, handshakes, the time to answer a close. Clients have
 * clocks of their own that nobody moves; were the wire's moved with the broker's, every connection would look dead.
 */
import { SystemClock } from '../../clock'
import { type Duration, milliseconds } from './duration'
import type { Quiet } from './quiet'
import { Timeline } from './timeline'

/** A timer that was set while a millisecond ended is due one later than was meant. */
const ROUNDING_MS = 1

export interface AdvanceOptions {
  /**
   * Move the wire's clock as well: clients that say nothing meanwhile are dropped after two heartbeat intervals, as
   * RabbitMQ would drop them. Default false.
   */
  readonly heartbeats?: boolean
}

export class TestClock {
  /** What the broker goes by. */
  readonly broker = new Timeline(new SystemClock())
  readonly wire = new Timeline(new SystemClock())
  private last: Promise<void> = Promise.resolve()

  constructor(private readonly quiet: Quiet) {}

  /** Milliseconds since 1970, in the broker's time. */
  now(): number {
    return this.broker.now()
  }

  /**
   * Moves the time forward. What falls due on the way happens in order, each at its time, with the turns of the event
   * loop between: what follows from it (a message expires, is dead-lettered, delivered and acknowledged by a client in this
   * process that answers at once) has happened before time goes on. @throws RangeError for what is no length of time
   */
  advance(by: Duration, { heartbeats = false }: AdvanceOptions = {}): Promise<void> {
    const ms = milliseconds(by)
    const advanced = this.last.then(() => this.walk(ms, heartbeats))
    this.last = advanced.catch(() => {})
    return advanced
  }

  stop(): void {
    this.broker.stop()
    this.wire.stop()
  }

  private async walk(ms: number, heartbeats: boolean): Promise<void> {
    await this.quiet.comes()
    const moved = heartbeats ? [this.broker, this.wire] : [this.broker]
    const end = this.broker.now() + ms + ROUNDING_MS
    for (let left = ms; left > 0; left = end - this.broker.now()) {
      const next = Math.min(...moved.map(timeline => timeline.nextTime - timeline.now()))
      for (const timeline of moved) timeline.skip(Math.max(0, Math.min(next, left)))
      for (const timeline of moved) timeline.runDue()
      await this.quiet.comes()
    }
  }
}
