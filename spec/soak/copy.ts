/** One message in one book, as far as its clients can know what became of it. */
export class Copy {
  persistent = true
  bytes = 0
  priority = 0
  /** A delayed message must not come earlier. */
  notBeforeMs = 0
  /** The broker said that it is kept. */
  isPromised = false
  /** With a client, neither settled nor returned. */
  isOut = false
  /** The queue it was last delivered from: there it is new to nobody. */
  seenIn: string | undefined
  seenAtMs = 0
  /** It came there from another queue, or after a delay. */
  isMoved = false
  settledAtMs: number | undefined
  settledIn: number | undefined
  /** Why it was dead-lettered was counted. */
  isMourned = false

  constructor(
    readonly id: number,
    /** Who published it, to where. Numbers of one stream grow in the order of publishing. */
    readonly stream: string,
    /** The life of the broker in which it was published. */
    readonly life: number,
  ) {}

  describe(): string {
    const kind = this.persistent ? 'persistent' : 'transient'
    const promise = this.isPromised ? 'confirmed' : 'unconfirmed'
    const seen = this.seenIn === undefined ? 'never seen' : `seen in ${this.seenIn}`
    const settled = this.settledIn === undefined ? '' : `, settled in life ${this.settledIn}`
    return `message ${this.id} (${this.stream}, life ${this.life}, ${kind}, ${promise}, ${seen}${settled})`
  }
}
