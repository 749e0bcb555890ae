/** What the actors of a soak share during one life of the broker. */
import { Agent } from 'node:http'
import { Stage } from '../crash/stage'
import type { SoakLedger } from './books'

const REST_STEP_MS = 250

export class SoakStage extends Stage<SoakLedger> {
  /** Nothing new is published or declared; consumers empty the queues. */
  isDraining = false

  /** Keeps connections to the HTTP API for the next request. */
  readonly agent = new Agent({ keepAlive: true })

  constructor(
    url: string,
    readonly managementUrl: string,
    ledger: SoakLedger,
    /** Messages per second, of all publishers together. */
    readonly rate: number,
  ) {
    super(url, ledger)
  }

  /** Waits, but not beyond the last work. */
  async rest(delayMs: number): Promise<void> {
    const untilMs = Date.now() + delayMs
    while (this.isBusy && Date.now() < untilMs) await this.pause(Math.min(REST_STEP_MS, untilMs - Date.now()))
  }

  get isBusy(): boolean {
    return !this.isOver && !this.isDraining
  }
}
