/** What happened, counted. */
export class Figures {
  published = 0
  confirmed = 0
  delivered = 0
  settled = 0
  /** Settlements known to be kept: they must hold. */
  settledSafely = 0
  commits = 0
  commitsAnswered = 0
  /** Answered changes of what there is: queues, exchanges, bindings, purges. */
  changes = 0
  /** Messages found after restarts. */
  recovered = 0
  /** Settled in the unsynced tail, and back after a restart. */
  cameAgain = 0
  /** Never confirmed, and not there after a restart. */
  unconfirmedLost = 0

  /** Brokers that were killed, or stopped. */
  deaths = 0
  powerCuts = 0
  /** Power cuts that found unsynced writes in the WAL, and in the database file. */
  cutsIntoWal = 0
  cutsIntoDatabase = 0

  add(other: Figures): void {
    for (const name of Object.keys(this) as (keyof Figures)[]) {
      const figure = other[name]
      if (typeof figure === 'number') (this[name] as number) += figure
    }
  }
}
