/**
 * tx mode: publishes and settlements held until tx.commit, forgotten at tx.rollback. Publishes are routed when they
 * come and enqueued at commit, as RabbitMQ does; commit is one step per queue, not atomic across queues.
 */
import { type Message, ownedCopy } from '../message'
import type { Queue } from '../queues/queue'
import { type CommitTicket, NOTHING_TO_WAIT_FOR } from '../store/message-store'
import { settleEntry } from './settle-entry'
import type { CreditHolder, Unacked } from './unacked'

interface HeldPublish {
  readonly message: Message
  readonly queues: readonly Queue[]
  readonly isMandatory: boolean
}

interface HeldSettlement {
  readonly tag: number
  readonly queue: Queue
  readonly position: number
  readonly consumer: CreditHolder | undefined
  readonly requeue: boolean
}

export type PublishCommitted = (
  message: Message,
  queues: readonly Queue[],
  isMandatory: boolean,
) => CommitTicket

export class Transaction {
  private publishes: HeldPublish[] = []
  private settlements: HeldSettlement[] = []

  addPublish(message: Message, queues: readonly Queue[], isMandatory: boolean): void {
    this.publishes.push({ message: ownedCopy(message), queues, isMandatory })
  }

  addSettlement(settlement: HeldSettlement): void {
    this.settlements.push(settlement)
  }

  /** Does what was held. Returns the ticket that makes all of it safe. */
  commit(publish: PublishCommitted): CommitTicket {
    const { publishes, settlements } = this
    this.publishes = []
    this.settlements = []
    let highest = NOTHING_TO_WAIT_FOR
    for (const { message, queues, isMandatory } of publishes) {
      highest = Math.max(highest, publish(message, queues, isMandatory))
    }
    for (const { queue, position, consumer, requeue } of settlements) {
      highest = Math.max(highest, settleEntry(queue, position, consumer, requeue))
    }
    return highest
  }

  /** Forgets what was held; settled deliveries are out again under their tags. */
  rollback(unacked: Unacked): void {
    for (const { tag, queue, position, consumer } of this.settlements) {
      unacked.restore(tag, queue, position, consumer)
    }
    this.publishes = []
    this.settlements = []
  }
}
