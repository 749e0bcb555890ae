/** A queue that tells the model what it is asked and what it does. The broker under test has no other. */
import type { Message } from '../../../src/message'
import type { Consumer } from '../../../src/queues/consumer'
import type { DeathReason } from '../../../src/queues/dead-letter'
import { NO_POSITION } from '../../../src/queues/entries'
import type { QueueOptions } from '../../../src/queues/options'
import { Queue, type QueueDefinition, type QueueSurroundings, REFUSED } from '../../../src/queues/queue'
import type { CommitTicket } from '../../../src/store/message-store'
import type { BrokerModel } from '../model/broker-model'
import type { QueueModel } from '../model/queue-model'
import { diesThere, hasMoved, watchMoves } from './watched-moves'

export class WatchedQueue extends Queue {
  readonly twin: QueueModel

  constructor(
    definition: QueueDefinition,
    options: QueueOptions,
    around: QueueSurroundings,
    protected readonly model: BrokerModel,
  ) {
    super(definition, options, around)
    this.twin = model.queueMade(definition)
    watchMoves(this.ready, this.twin, model)
  }

  override enqueue(message: Message): CommitTicket {
    this.model.arrivals.entering(this.twin, this.ready.tail, message)
    const ticket = super.enqueue(message)
    this.model.arrivals.entered(this.twin, ticket === REFUSED)
    return ticket
  }

  override get(into: Message): number {
    const position = super.get(into)
    if (position === NO_POSITION) this.model.foundNothing(this.twin)
    return position
  }

  override used(): void {
    this.model.used(this.twin)
    super.used()
  }

  override settle(position: number): CommitTicket {
    if (!this.deleted) this.twin.settle(position)
    return super.settle(position)
  }

  override requeue(position: number, failed = false): CommitTicket {
    if (!this.deleted) this.twin.requeue(position, failed)
    return super.requeue(position, failed)
  }

  override putBack(position: number): void {
    this.twin.putBack(position)
    super.putBack(position)
  }

  override drop(position: number, reason: DeathReason): CommitTicket {
    diesThere(position, this.twin, this.model)
    this.model.dies(this.twin, position, reason)
    return super.drop(position, reason)
  }

  override buried(position: number): void {
    if (!this.deleted) this.model.buried(this.twin, position)
    super.buried(position)
  }

  override forget(position: number): CommitTicket {
    hasMoved(position, this.twin, this.model)
    this.twin.forget(position)
    return super.forget(position)
  }

  override purge(): number {
    this.model.purged(this.twin)
    const waiting = this.twin.inState('ready').length
    const purged = super.purge()
    this.twin.expect(purged === waiting, `${purged} were purged of ${waiting}`)
    this.twin.purge()
    return purged
  }

  override addConsumer(consumer: Consumer): void {
    this.model.consumerCame(this.twin, consumer)
    super.addConsumer(consumer)
  }

  override removeConsumer(consumer: Consumer): void {
    this.model.consumerLeft(this.twin, consumer)
    super.removeConsumer(consumer)
  }

  override delete(): CommitTicket {
    this.model.queueGone(this.twin)
    return super.delete()
  }
}
