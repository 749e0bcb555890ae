/**
 * One queue: what waits, who takes, what is kept. Composes ready list, consumers and persistence; knows no
 * exchange, no channel and no socket.
 *
 * A message that finds nothing waiting and a consumer with credit is handed over in the call that enqueues it,
 * straight from the bytes it came in; everything else waits for the deliver phase of the turn.
 */
import type { FieldTable } from '../amqp/table'
import { Message } from '../message'
import type { StoredQueue } from '../store/definition-store'
import { type CommitTicket, type MessageStore, NOTHING_TO_WAIT_FOR } from '../store/message-store'
import type { Turn, TurnWork } from '../turn'
import type { Consumer } from './consumer'
import { Consumers } from './consumers'
import { type QueueOptions, queueOptions } from './options'
import { Paging } from './paging'
import { Persistence } from './persistence'
import { NO_POSITION, ReadyList } from './ready'

/** Deliveries of one queue in one turn, after which other queues and the sockets come first. */
const DELIVERIES_PER_TURN = 4096

export interface QueueDefinition {
  readonly id: number
  readonly name: string
  readonly durable: boolean
  readonly autoDelete: boolean
  /** The connection that alone may use it, as an opaque token; undefined: not exclusive. */
  readonly owner: object | undefined
  readonly arguments: FieldTable
}

/** What a queue needs of the broker around it. */
export interface QueueSurroundings {
  readonly turn: Turn
  readonly store: MessageStore
  /** The last consumer of an auto-delete queue went. */
  unused(queue: Queue): void
}

export class Queue implements TurnWork {
  readonly kind = 'queue'
  readonly name: string
  readonly consumers = new Consumers()
  /** Messages that came in, went out to consumers or `get`, were settled, and came back. */
  readonly counters = { enqueued: 0, delivered: 0, settled: 0, requeued: 0 }
  deleted = false
  /** What arguments and policies tell it to do at present. */
  options: QueueOptions
  /** Makes the last purge safe. */
  purgeTicket: CommitTicket = NOTHING_TO_WAIT_FOR
  private readonly ready = new ReadyList()
  private readonly outgoing = new Message()
  /** Undefined: nothing of this queue outlives the broker. */
  private readonly persistence: Persistence | undefined
  /** Undefined: all of it is in memory. */
  private readonly paging: Paging | undefined
  private readonly turn: Turn
  private waitingForLoad: (() => void)[] = []
  private marked = false
  private unackedCount = 0

  constructor(
    readonly definition: QueueDefinition,
    private readonly around: QueueSurroundings,
  ) {
    this.name = definition.name
    this.options = queueOptions(definition.arguments)
    this.turn = around.turn
    const { id } = definition
    this.persistence = this.isKept ? new Persistence(id, this.ready, around.store) : undefined
    this.paging = around.store.canLoad
      ? new Paging(id, this.ready, around.store, () => this.loaded())
      : undefined
  }

  /** Whether it outlives the broker: an exclusive queue ends with its connection, also a durable one. */
  get isKept(): boolean {
    const { durable, owner } = this.definition
    return durable && owner === undefined
  }

  /** A policy came, went or changed. */
  configure(options: QueueOptions): void {
    this.options = options
  }

  /** Takes back what was kept before a restart. */
  restore(stored: StoredQueue): void {
    this.persistence?.restore(stored)
    if (this.paging === undefined) return
    this.paging.deliveredBefore = stored.delivered
    this.paging.bringBack()
  }

  /** Messages that wait. */
  get messageCount(): number {
    return this.ready.length
  }

  get unacknowledgedCount(): number {
    return this.unackedCount
  }

  /** Takes a message in. Returns the ticket that makes it safe. */
  enqueue(message: Message): CommitTicket {
    this.counters.enqueued++
    if (this.ready.length === 0) {
      const consumer = this.consumers.next()
      if (consumer !== undefined) return this.handOver(message, consumer)
    }
    const position = this.ready.append(message)
    const ticket = this.keep(message, position)
    if (this.paging !== undefined && this.ready.beganSegment) this.paging.leaveToStore()
    return ticket
  }

  /**
   * basic.get: takes the first message out and points `into` at it. NO_POSITION: nothing waits; NOT_LOADED: it must be
   * asked again after `whenLoaded`.
   */
  get(into: Message): number {
    const position = this.ready.take()
    if (position < 0) return position
    this.ready.view(position, into)
    this.counters.delivered++
    this.unackedCount++
    return position
  }

  /** Calls back once when entries were loaded, or the queue is gone. */
  whenLoaded(run: () => void): void {
    this.paging?.bringBack()
    this.waitingForLoad.push(run)
  }

  isRedelivered(position: number): boolean {
    return this.ready.isRedelivered(position)
  }

  /** Forgets an entry that was delivered: acknowledged, or dropped. */
  settle(position: number): CommitTicket {
    if (this.deleted) return NOTHING_TO_WAIT_FOR
    this.counters.settled++
    this.unackedCount--
    const kept = this.persistence !== undefined && this.ready.isPersistent(position)
    this.ready.settle(position)
    return kept ? this.persistence.settle(position) : NOTHING_TO_WAIT_FOR
  }

  /** Brings an entry that was delivered back to its place. */
  requeue(position: number): CommitTicket {
    if (this.deleted) return NOTHING_TO_WAIT_FOR
    this.counters.requeued++
    this.unackedCount--
    const kept = this.persistence !== undefined && this.ready.isPersistent(position)
    this.ready.putBack(position)
    this.mark()
    return kept ? this.persistence.markDelivered() : NOTHING_TO_WAIT_FOR
  }

  /** Drops what waits, not what is out with consumers. Returns how many. */
  purge(): number {
    const { ready } = this
    const purged = ready.length
    while (ready.returnedCount > 0) {
      this.unackedCount++
      this.settle(ready.take())
    }
    const from = ready.untaken
    this.counters.settled += ready.dropUndelivered()
    this.purgeTicket = this.persistence?.settleFrom(from) ?? NOTHING_TO_WAIT_FOR
    this.paging?.drop(from)
    return purged
  }

  addConsumer(consumer: Consumer): void {
    this.consumers.add(consumer)
    this.mark()
  }

  /** `unused` hears of it when this was the last one. */
  removeConsumer(consumer: Consumer): void {
    if (!this.consumers.remove(consumer) || this.deleted) return
    if (this.definition.autoDelete && this.consumers.count === 0) this.around.unused(this)
  }

  /** A consumer that had no credit has some. */
  creditReturned(): void {
    this.consumers.creditReturned()
    if (this.ready.length > 0) this.mark()
  }

  /** Cancels the consumers and forgets everything. The caller took the queue out of its vhost. */
  delete(): CommitTicket {
    this.deleted = true
    for (const consumer of this.consumers.all()) {
      this.consumers.remove(consumer)
      consumer.cancelled()
    }
    const ticket = this.persistence?.remove() ?? NOTHING_TO_WAIT_FOR
    this.paging?.remove()
    this.ready.clear()
    this.outgoing.letGo()
    this.loaded()
    return ticket
  }

  /** Hands out what waits while somebody has credit. */
  runTurn(): void {
    this.marked = false
    if (this.deleted) return
    const outgoing = this.outgoing
    for (let budget = DELIVERIES_PER_TURN; this.ready.length > 0; budget--) {
      if (budget === 0) {
        this.mark()
        return
      }
      const consumer = this.consumers.next()
      if (consumer === undefined) {
        outgoing.letGo()
        return
      }
      const position = this.ready.take()
      if (position < 0) break // on its way back from the store
      this.ready.view(position, outgoing)
      this.counters.delivered++
      this.unackedCount++
      const redelivered = this.ready.isRedelivered(position)
      consumer.deliver(outgoing, position, redelivered)
      if (consumer.noAck) this.settle(position)
    }
    if (this.ready.length === 0) outgoing.letGo()
    this.paging?.bringBack()
  }

  private handOver(message: Message, consumer: Consumer): CommitTicket {
    this.counters.delivered++
    if (consumer.noAck) {
      this.counters.settled++
      consumer.deliver(message, NO_POSITION, false)
      return NOTHING_TO_WAIT_FOR
    }
    const position = this.ready.appendTaken(message)
    this.unackedCount++
    const ticket = this.keep(message, position)
    consumer.deliver(message, position, false)
    return ticket
  }

  private keep(message: Message, position: number): CommitTicket {
    if (this.persistence === undefined || !message.persistent) return NOTHING_TO_WAIT_FOR
    return this.persistence.keep(position)
  }

  private loaded(): void {
    const waiting = this.waitingForLoad
    this.waitingForLoad = []
    for (const run of waiting) run()
    this.mark()
  }

  private mark(): void {
    if (this.marked) return
    this.marked = true
    this.turn.deliver(this)
  }
}
