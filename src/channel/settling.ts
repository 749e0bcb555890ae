/**
 * basic.ack, nack, reject and recover: entries of the ledger of delivery tags go back to their queues, settled or to
 * be delivered again. In tx mode they are held until commit.
 */
import { PreconditionFailed } from '../amqp/errors'
import type { MessageTally } from '../structures/message-tally'
import { type Outcome, settleEntry } from './settle-entry'
import type { Transaction } from './transaction'
import type { Unacked } from './unacked'

export class Settling {
  transaction: Transaction | undefined

  constructor(
    private readonly unacked: Unacked,
    private readonly tally: MessageTally,
  ) {}

  /** basic.ack, basic.nack and basic.reject. @throws PreconditionFailed `unknown delivery tag 82` */
  settle(deliveryTag: number, multiple: boolean, outcome: Outcome): void {
    const unacked = this.unacked
    if (!multiple) {
      const index = unacked.find(deliveryTag)
      if (index === -1) this.requireTakenBack(deliveryTag)
      else this.settleAt(index, outcome, this.transaction)
      return
    }
    // amqp: basic.ack, field multiple: tag 0 is all that are out, also when none is
    let last = deliveryTag === 0 ? unacked.end - 1 : unacked.find(deliveryTag)
    if (last === -1 && deliveryTag !== 0) {
      this.requireTakenBack(deliveryTag)
      last = unacked.indexUpTo(deliveryTag)
    }
    this.settleThrough(last, outcome)
  }

  /** What was taken back for being late may be settled late (RabbitMQ 4.3). @throws PreconditionFailed for the rest */
  private requireTakenBack(deliveryTag: number): void {
    if (deliveryTag === 0 || deliveryTag > this.unacked.takenBackThrough)
      throw unknownDeliveryTag(deliveryTag)
  }

  /**
   * basic.recover, and the end of the channel: everything that is out goes back, whatever a transaction holds. The oldest
   * first: that is what goes when a queue cannot take all of them back.
   */
  requeueAll(): void {
    const { unacked } = this
    for (let index = unacked.first; unacked.count > 0; index++) {
      if (unacked.queueAt(index) !== undefined) this.settleAt(index, 'returned', undefined)
    }
  }

  private settleThrough(last: number, outcome: Outcome): void {
    const unacked = this.unacked
    for (let index = unacked.first; index <= last && unacked.count > 0; index++) {
      if (unacked.queueAt(index) !== undefined) this.settleAt(index, outcome, this.transaction)
    }
  }

  private settleAt(index: number, outcome: Outcome, transaction: Transaction | undefined): void {
    const unacked = this.unacked
    const queue = unacked.queueAt(index)!
    const position = unacked.positionAt(index)
    const consumer = unacked.consumerAt(index)
    const tag = unacked.tagAt(index)
    unacked.remove(index)
    if (transaction !== undefined) transaction.addSettlement({ tag, queue, position, consumer, outcome })
    else {
      if (outcome === 'acked') this.tally.ack++
      settleEntry(queue, position, consumer, outcome)
    }
  }
}

/** RabbitMQ: lower case; clients match on it. */
function unknownDeliveryTag(deliveryTag: number): PreconditionFailed {
  return new PreconditionFailed(`unknown delivery tag ${deliveryTag}`)
}
