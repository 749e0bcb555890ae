/**
 * What a queue may and must hold, from what its clients sent and were told. Knows nothing of how the broker keeps it.
 *
 *     published ──► promised ──► out ──► settled ──► gone         promised: must survive; gone: must not come back
 *          ╰───────────┴──────────┴─ a restart: must, may or must not be there ─┴─► seen again, or gone
 */
import type { Copy, TransactionRecord } from './copy'
import type { Figures } from './figures'
import { bodyOf } from './message'

/** A delivery, or the answer to basic.get. */
export interface Found {
  readonly id: number
  readonly body: Buffer
  readonly redelivered: boolean
}

/** Who reads in one go, on one channel: what it sees for the first time comes in order. */
export class Reader {
  readonly lastOf = new Map<string, number>()
}

export class QueueLedger {
  /** The queue is being deleted or declared: what is published now may miss it. */
  isUnsteady = false
  /** Somebody takes without acknowledging: what is on its way to a client when the broker dies is nowhere. */
  isLossy = false
  /** Its messages are moved: no order is kept between where they come from and where they go, where they are new. */
  isMoved = false
  private readonly copies = new Map<number, Copy>()
  /** Numbers that must never be seen again, and why. */
  private readonly gone = new Map<number, string>()
  private ranks = 0

  constructor(
    readonly name: string,
    private readonly figures: Figures,
    private readonly complainOf: (what: string) => void,
  ) {}

  /** Messages that a client may still be given. */
  get backlog(): number {
    return this.copies.size
  }

  published(copy: Copy): void {
    copy.mayBeDropped = this.isUnsteady || this.isLossy
    this.gone.delete(copy.id)
    this.copies.set(copy.id, copy)
  }

  /** Published in a transaction that was not committed yet, and maybe never will be. */
  held(id: number): void {
    this.gone.set(id, 'its transaction was never committed')
  }

  /** Somebody was given a message. Undefined when it should not have been. */
  delivered(found: Found, life: number, reader: Reader): Copy | undefined {
    const copy = this.copies.get(found.id)
    if (copy === undefined) {
      const reason = this.gone.get(found.id)
      this.complain(
        `message ${found.id} ${reason === undefined ? 'was never published' : `is back: ${reason}`}`,
      )
      return undefined
    }
    this.checkDelivery(copy, found, life, reader)
    this.figures.delivered++
    if (copy.life < life) copy.isPromised = true
    if (copy.settledIn !== undefined) this.figures.cameAgain++
    copy.settledIn = undefined
    copy.isOut = true
    copy.wasSeen = true
    return copy
  }

  /** Somebody was given a message that was on its way back already. */
  glimpsed({ id }: Found): void {
    const copy = this.copies.get(id)
    if (copy !== undefined) copy.wasSeen = true
    else this.complain(`message ${id} is unknown, or must not be seen`)
  }

  settled(copy: Copy, life: number): void {
    copy.isOut = false
    copy.settledIn = life
    this.figures.settled++
  }

  returned(copy: Copy): void {
    copy.isOut = false
  }

  /** The queue is about to drop what it has, or hand it out for good. Returns what it certainly has. */
  dropping(): Copy[] {
    const certain: Copy[] = []
    for (const copy of this.copies.values()) {
      if (copy.isPromised && copy.settledIn === undefined && !copy.mayBeDropped) certain.push(copy)
      copy.mayBeDropped = true
    }
    return certain
  }

  /** The broker died, and everything that was with clients is back, or gone. */
  restarted(): void {
    this.isLossy = false
    for (const copy of this.copies.values()) {
      copy.isOut = false
      if (copy.mayComeBack) continue
      this.forget(copy, copy.gone ?? 'it was transient, and the broker restarted')
    }
  }

  /** The queue is not there any more. */
  vanished(): void {
    for (const copy of this.copies.values()) this.forgetAbsent(copy)
  }

  /** How many messages a restart can have left. */
  get bounds(): { least: number; most: number } {
    let least = 0
    let most = 0
    for (const copy of this.copies.values()) {
      if (copy.mustBeThere) least++
      if (copy.mayComeBack) most++
    }
    return { least, most }
  }

  /** Everything that the queue held when nobody else had any of it, in its order. */
  judge(found: readonly Found[], life: number): Copy[] {
    const wanted = [...this.copies.values()].filter(copy => copy.mustBeThere)
    const transactions = this.unansweredTransactions()
    const reader = new Reader()
    const present = new Set<Copy>()
    for (const each of found) {
      const copy = this.delivered(each, life, reader)
      if (copy !== undefined) present.add(copy)
    }
    if (!this.isMoved) this.checkOrder([...present])
    for (const copy of wanted) if (!present.has(copy)) this.complain(`${copy.describe()} is lost`)
    for (const copies of transactions.values()) this.checkTogether(copies, present)
    for (const copy of present) this.confirmedByLook(copy)
    for (const copy of this.copies.values()) if (!present.has(copy)) this.forgetAbsent(copy)
    return [...present]
  }

  private checkDelivery(copy: Copy, { body, redelivered }: Found, life: number, reader: Reader): void {
    if (!body.equals(bodyOf(copy.id, copy.bytes))) this.complain(`${copy.describe()} has another body`)
    if (copy.isOut) this.complain(`${copy.describe()} was delivered again while it was out`)
    if (copy.settledIn === life) this.complain(`${copy.describe()} came again without a restart`)
    if (this.isMoved) return
    if (copy.wasSeen && !redelivered) this.complain(`${copy.describe()} came again and says it is new`)
    if (redelivered) return
    const last = reader.lastOf.get(copy.stream)
    if (last !== undefined && last > copy.id) this.complain(`${copy.describe()} came after message ${last}`)
    reader.lastOf.set(copy.stream, copy.id)
  }

  private checkOrder(found: readonly Copy[]): void {
    const lastOf = new Map<string, number>()
    let rank = 0
    for (const copy of found) {
      const last = lastOf.get(copy.stream)
      if (last !== undefined && last > copy.id)
        this.complain(`${copy.describe()} stands behind message ${last}`)
      lastOf.set(copy.stream, copy.id)
      const itsRank = copy.rank ?? Number.POSITIVE_INFINITY
      if (itsRank < rank) this.complain(`${copy.describe()} stands behind what was behind it`)
      rank = itsRank
    }
  }

  /** Messages of transactions whose fate nobody was told, that nothing else can have taken away. */
  private unansweredTransactions(): Map<TransactionRecord, Copy[]> {
    const transactions = new Map<TransactionRecord, Copy[]>()
    for (const copy of this.copies.values()) {
      const { transaction } = copy
      if (transaction === undefined || transaction.isAnswered || !copy.mayComeBack) continue
      if (copy.settledIn !== undefined || copy.mayBeDropped) continue
      const copies = transactions.get(transaction) ?? []
      copies.push(copy)
      transactions.set(transaction, copies)
    }
    return transactions
  }

  private checkTogether(copies: readonly Copy[], present: ReadonlySet<Copy>): void {
    const missing = copies.filter(copy => !present.has(copy))
    if (missing.length === 0 || missing.length === copies.length) return
    this.complain(`${missing[0]!.describe()} is missing, and others of its transaction are there`)
  }

  private confirmedByLook(copy: Copy): void {
    copy.isPromised = true
    copy.mayBeDropped = false
    copy.rank ??= ++this.ranks
    this.figures.recovered++
  }

  private forgetAbsent(copy: Copy): void {
    if (!copy.isPromised) this.figures.unconfirmedLost++
    this.forget(copy, 'it was not there after a restart')
  }

  private forget(copy: Copy, why: string): void {
    this.copies.delete(copy.id)
    this.gone.set(copy.id, why)
  }

  private complain(what: string): void {
    this.complainOf(`${this.name}: ${what}`)
  }
}
