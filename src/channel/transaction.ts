/**
 * tx mode: publishes and settlements held until tx.commit, forgotten at tx.rollback. Publishes are routed when they
 * come and enqueued at commit, as RabbitMQ does; commit is one step per queue, not atomic across queues.
 */
import { type Note, withdrawAll } from '../broker/deduplication'
import { type Message, ownedCopy } from '../message'
import { type Queue, REFUSED } from '../queues/queue'
import { type CommitTicket, NOTHING_TO_WAIT_FOR } from '../store/message-store'
import type { MessageTally } from '../structures/message-tally'
import { type Outcome, settleEntry } from './settle-entry'
import type { CreditHolder, Unacked } from './unacked'

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

  /** Does what was held. Returns the ticket that makes all of it safe; REFUSED when a queue did not take something. */
  commit(publish: PublishCommitted): CommitTicket {
    const { publishes, settlements } = this
    this.publishes = []
    this.settlements = []
    let highest = NOTHING_TO_WAIT_FOR
    let isRefused = false
    for (const { message, queues, isMandatory, notes } of publishes) {
      const ticket = publish(message, queues, isMandatory)
      if (ticket === REFUSED) {
        isRefused = true
        withdrawAll(notes)
      } else for (const note of notes) note.keep()
      highest = Math.max(highest, ticket)
    }
    for (const { queue, position, consumer, outcome } of settlements) {
      if (outcome === 'acked') this.tally.ack++
      highest = Math.max(highest, settleEntry(queue, position, consumer, outcome))
    }
    return isRefused ? REFUSED : highest
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
