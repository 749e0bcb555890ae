/** Time that stands still until it is told to go on. */
import type { Clock, Timer } from '../../src/clock'

interface Appointment extends Timer {
  readonly at: number
  readonly run: () => void
}

export class ManualClock implements Clock {
  private readonly appointments = new Set<Appointment>()

  constructor(private time = Date.UTC(2026, 0, 1)) {}

  /** Timers that are neither due nor cancelled: what is left of them when all is over is a leak. */
  get pending(): number {
    return this.appointments.size
  }

  now(): number {
    return this.time
  }

  after(delayMs: number, run: () => void): Timer {
    const appointment: Appointment = {
      at: this.time + delayMs,
      run,
      cancel: () => this.appointments.delete(appointment),
    }
    this.appointments.add(appointment)
    return appointment
  }

  /** Runs what becomes due, in its order and each at its own time, also what is set meanwhile. */
  advance(byMs: number): void {
    const until = this.time + byMs
    for (let next = this.next(until); next !== undefined; next = this.next(until)) {
      this.appointments.delete(next)
      this.time = next.at
      next.run()
    }
    this.time = until
  }

  /** A Set keeps the order of insertion: of two at the same time the one set first. */
  private next(until: number): Appointment | undefined {
    let first: Appointment | undefined
    for (const appointment of this.appointments) {
      if (appointment.at <= until && (first === undefined || appointment.at < first.at)) first = appointment
    }
    return first
  }
}
