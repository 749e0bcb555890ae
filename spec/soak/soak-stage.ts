/** What the actors of a soak share during one life of the broker. */
import { Stage } from '../crash/stage'
import type { SoakLedger } from './books'

export class SoakStage extends Stage<SoakLedger> {
  /** Nothing new is published or declared; consumers empty the queues. */
  isDraining = false

  constructor(
    url: string,
    readonly managementUrl: string,
    ledger: SoakLedger,
    /** Messages per second, of all publishers together. */
    readonly rate: number,
  ) {
    super(url, ledger)
  }

  get isBusy(): boolean {
    return !this.isOver && !this.isDraining
  }
}
