/**
 * tx mode: publishes and settlements held until tx.commit, forgotten at tx.rollback. Publishes are routed when they
 * come and enqueued at commit, as RabbitMQ does; commit is one step per queue, not atomic across queues, and goes on in
 * the next turns where that is much.
 */
import { type Note, withdrawAll } from '../broker/notes'
import { copyingWork } from '../broker/routed'
import { type Message, ownedCopy } from '../message'
import { type Queue, REFUSED } from '../queues/queue'
import { type CommitTicket, NOTHING_TO_WAIT_FOR } from '../store/message-store'
import type { MessageTally } from '../structures/message-tally'
import { WORK_PER_TURN } from '../turn'
import { type Outcome, settleEntry } from './settle-entry'
import type { CreditHolder, Unacked } from './unacked'

/** To settle one entry, in units of `WORK_PER_TURN`. */
const SETTLING_WORK = 1 / 32

interface HeldPublish {
  readonly message: Message
  readonly queues: readonly Queue[]
  readonly isMandatory: boolean
  readonly notes: readonly Note[]
}

interface HeldSettlement {
  readonly tag: number
  readonly queue: Queue
  readonly position: number
  readonly consumer: CreditHolder | undefined
  readonly outcome: Outcome
}

export type PublishCommitted = (
  message: Message,
  queues: readonly Queue[],
  isMandatory: boolean,
) => CommitTicket

export class Transaction {
  private publishes: HeldPublish[] = []
  private settlements: HeldSettlement[] = []

  constructor(private readonly tally: MessageTally) {}

  /** Publishes that wait for the commit. */
  get uncommitted(): number {
    return this.publishes.length
  }

  /** Acknowledgements and rejections that do. */
  get uncommittedAcks(): number {
    return this.settlements.length
  }

  addPublish(message: Message, queues: readonly Queue[], isMandatory: boolean, notes: readonly Note[]): void {
    for (const note of notes) note.hold()
    this.publishes.push({ message: ownedCopy(message), queues, isMandatory, notes })
  }

  addSettlement(settlement: HeldSettlement): void {
    this.settlements.push(settlement)
  }

  /** What was held, to be done. */
  commit(publish: PublishCommitted): Commit {
    const { publishes, settlements } = this
    this.publishes = []
    this.settlements = []
    return new Commit(publishes, settlements, this.tally, publish)
  }

  /** Forgets what was held; settled deliveries are out again under their tags. */
  rollback(unacked: Unacked): void {
    for (const { tag, queue, position, consumer } of this.settlements) {
      unacked.restore(tag, queue, position, consumer)
    }
    for (const { notes } of this.publishes) withdrawAll(notes)
    this.publishes = []
    this.settlements = []
  }
}

export class Commit {
  /** Makes all of it safe that was done so far; REFUSED when a queue did not take something. */
  ticket: CommitTicket = NOTHING_TO_WAIT_FOR
  private published = 0
  private settled = 0

  constructor(
    private readonly publishes: readonly HeldPublish[],
    private readonly settlements: readonly HeldSettlement[],
    private readonly tally: MessageTally,
    private readonly publish: PublishCommitted,
  ) {}

  /** Does as much as a turn may have. Returns whether that was the last of it. */
  run(): boolean {
    let work = 0
    for (; this.published < this.publishes.length && work < WORK_PER_TURN; this.published++)
      work += this.publishOne(this.publishes[this.published]!)
    for (; this.settled < this.settlements.length && work < WORK_PER_TURN; this.settled++)
      work += this.settleOne(this.settlements[this.settled]!)
    return this.published === this.publishes.length && this.settled === this.settlements.length
  }

  private publishOne({ message, queues, isMandatory, notes }: HeldPublish): number {
    const ticket = this.publish(message, queues, isMandatory)
    if (ticket === REFUSED) withdrawAll(notes)
    else for (const note of notes) note.keep()
    this.done(ticket)
    return copyingWork(queues)
  }

  private settleOne({ queue, position, consumer, outcome }: HeldSettlement): number {
    if (outcome === 'acked') this.tally.ack++
    this.done(settleEntry(queue, position, consumer, outcome))
    return SETTLING_WORK
  }

  private done(ticket: CommitTicket): void {
    if (this.ticket === REFUSED) return
    this.ticket = ticket === REFUSED ? REFUSED : Math.max(this.ticket, ticket)
  }
}
