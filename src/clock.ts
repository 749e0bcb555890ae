/** The only owner of time: everything that waits or tells the time does it through a `Clock`. */

export interface Clock {
  /** Wall clock, milliseconds since the epoch. */
  now(): number
  after(delayMs: number, run: () => void): Timer
}

export interface Timer {
  cancel(): void
}

// As they were when this was loaded: a test that fakes them means its own program, not the broker beside it.
const { now } = Date
const { setTimeout, clearTimeout } = globalThis

export class SystemClock implements Clock {
  now(): number {
    return now()
  }

  after(delayMs: number, run: () => void): Timer {
    const handle = setTimeout(run, delayMs)
    return { cancel: () => clearTimeout(handle) }
  }
}
