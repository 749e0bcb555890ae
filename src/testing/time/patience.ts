/** Waiting for what is to become true in a broker: looked at again and again, in real time, with an error that says what was seen instead. */
import { type Clock, SystemClock } from '../../clock'
import { type Duration, milliseconds } from './duration'

const LOOK_EVERY_MS = 3
const TIMEOUT_MS = 5000

export interface WaitOptions {
  /** In real time. Default 5 s. */
  readonly timeout?: Duration
}

/** It did not become true in time. */
export class WaitedInVain extends Error {
  override readonly name = 'WaitedInVain'
}

export class Patience {
  private readonly clock: Clock = new SystemClock()
  private isOver = false

  /** `circumstances`: what any error of waiting tells besides; empty: nothing. */
  constructor(private readonly circumstances: () => string = () => '') {}

  /** `look`: undefined: not yet. @throws WaitedInVain with what `complaint` says then */
  async until<T>(
    look: () => Promise<T | undefined> | T | undefined,
    complaint: () => string,
    { timeout = TIMEOUT_MS }: WaitOptions = {},
  ): Promise<T> {
    const ms = milliseconds(timeout)
    const deadline = this.clock.now() + ms
    for (;;) {
      const found = await look()
      if (found !== undefined) return found
      if (this.isOver) throw this.inVain(`the test broker was stopped while a test waited: ${complaint()}`)
      const left = deadline - this.clock.now()
      if (left <= 0) throw this.inVain(`${complaint()} (waited ${ms} ms)`)
      await new Promise<void>(resolve => void this.clock.after(Math.min(LOOK_EVERY_MS, left), resolve))
    }
  }

  /** The broker is stopped: nobody waits any longer. */
  end(): void {
    this.isOver = true
  }

  private inVain(complaint: string): WaitedInVain {
    const circumstances = this.circumstances()
    return new WaitedInVain(circumstances === '' ? complaint : `${complaint}\n${circumstances}`)
  }
}
