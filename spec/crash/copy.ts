/** One message in one queue, as far as a client can know what became of it. */

/** Publishes of one tx.commit, which come together or not at all. */
export interface TransactionRecord {
  isAnswered: boolean
}

export class Copy {
  /** The broker said that it is kept, or showed it after a restart. */
  isPromised = false
  /** The life of the broker in which it was acknowledged, or rejected for good. */
  settledIn: number | undefined
  /** Its queue was purged or deleted at about the time. */
  mayBeDropped = false
  /** Why nobody may see it after the next restart. */
  gone: string | undefined
  /** With a client, neither settled nor returned. */
  isOut = false
  wasSeen = false
  /** Where it stood when the whole queue was looked at. */
  rank: number | undefined

  constructor(
    readonly id: number,
    /** Who published it. Numbers of one stream grow in the order of publishing. */
    readonly stream: string,
    readonly persistent: boolean,
    readonly bytes: number,
    /** The life of the broker in which it was published. */
    readonly life: number,
    readonly transaction: TransactionRecord | undefined,
  ) {}

  /** Whether a restart must bring it back. */
  get mustBeThere(): boolean {
    return this.isPromised && this.mayComeBack && this.settledIn === undefined && !this.mayBeDropped
  }

  /** Whether a restart may bring it back. */
  get mayComeBack(): boolean {
    return this.persistent && this.gone === undefined
  }

  describe(): string {
    const traits = [
      `${this.stream}, life ${this.life}`,
      this.persistent ? 'persistent' : 'transient',
      this.isPromised ? 'promised' : 'unconfirmed',
      this.wasSeen ? 'seen' : 'unseen',
    ]
    if (this.transaction !== undefined) traits.push('in a transaction')
    if (this.settledIn !== undefined) traits.push(`settled in life ${this.settledIn}`)
    if (this.mayBeDropped) traits.push('maybe dropped')
    return `message ${this.id} (${traits.join(', ')})`
  }
}
