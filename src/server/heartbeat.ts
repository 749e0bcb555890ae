/**
 * Heartbeats both ways, RabbitMQ's way: one is sent when half an interval passed without sending anything; the peer is
 * dropped, without a frame, when two whole intervals in a row brought nothing. One is also sent when half an interval
 * brought nothing: some clients only ever answer heartbeats (@cloudamqp/amqp-client), and a busy consumer without acks
 * would have none to answer.
 * amqp: connection.tune, field heartbeat
 */
import type { Clock, Timer } from '../clock'

export interface HeartbeatLine {
  /** Both only grow while the line lives. */
  readonly bytesSent: number
  readonly bytesReceived: number
  /** We do not listen at present, so that nothing is heard. */
  readonly isHeld: boolean
  sendHeartbeat(): void
  /** Nothing was heard for two intervals. */
  deaf(): void
}

const SILENT_INTERVALS_MAX = 2

export class Heartbeat {
  private readonly timers: Timer[] = []
  private sentBefore = -1
  private heardBefore = -1
  private receivedBefore = -1
  private silentIntervals = 0

  constructor(
    private readonly clock: Clock,
    private readonly line: HeartbeatLine,
  ) {}

  start(intervalSeconds: number): void {
    if (intervalSeconds === 0) return
    this.repeat(0, intervalSeconds * 500, () => this.sendIfIdle())
    this.repeat(1, intervalSeconds * 1000, () => this.listen())
  }

  stop(): void {
    for (const timer of this.timers) timer.cancel()
    this.timers.length = 0
  }

  private repeat(slot: number, delayMs: number, run: () => void): void {
    this.timers[slot] = this.clock.after(delayMs, () => {
      this.repeat(slot, delayMs, run)
      run()
    })
  }

  private sendIfIdle(): void {
    const { bytesSent, bytesReceived } = this.line
    if (bytesSent === this.sentBefore || bytesReceived === this.heardBefore) this.line.sendHeartbeat()
    this.sentBefore = this.line.bytesSent
    this.heardBefore = bytesReceived
  }

  private listen(): void {
    const received = this.line.bytesReceived
    const isSilent = received === this.receivedBefore && !this.line.isHeld
    this.silentIntervals = isSilent ? this.silentIntervals + 1 : 0
    this.receivedBefore = received
    if (this.silentIntervals < SILENT_INTERVALS_MAX) return
    this.stop()
    this.line.deaf()
  }
}
