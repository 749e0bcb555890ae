/**
 * One queue: what waits, who takes, what is kept. Composes backlog, consumers and rules. Knows no exchange, channel, socket.
 *
 * A message that finds nothing waiting and a consumer with credit is handed over in the call that enqueues it,
 * straight from the bytes it came in; everything else waits for the deliver phase of the turn.
 *
 *      enqueue ──► waits ──► out with a consumer ──► settled
 *                   ▲  │        │   │
 *                   └──┼────────┘   └─► rejected ─┐
 *                      └─► expired, one too many ─┴─► with the dead letter sink ──► settled
 */
import type { Clock } from '../clock'
import { Message } from '../message'
import type { StoredQueue } from '../store/definition-store'
import { type CommitTicket, type MessageStore, NOTHING_TO_WAIT_FOR } from '../store/message-store'
import type { QueueJournal } from '../store/queue-journal'
import type { Turn, TurnWork } from '../turn'
import { Backlog } from './backlog'
import type { Consumer } from './consumer'
import { Consumers } from './consumers'
import type { DeadLetterSink, DeathReason, DyingQueue } from './dead-letter'
import type { Entries } from './entries'
import { Intake, type OpenQueue } from './intake'
import type { QueueOptions } from './options'
import type { QueueDefinition } from './queue-definition'
import { QueueTally } from './queue-tally'
import { readyListFor } from './ready-list-for'
import { type RuledQueue, Rules } from './rules'

export { REFUSED } from './intake'
export type { QueueDefinition } from './queue-definition'

/** Deliveries of one queue in one turn, after which other queues and the sockets come first. */
const DELIVERIES_PER_TURN = 4096

/** What a queue needs of the broker around it. */
export interface QueueSurroundings {
  readonly clock: Clock
  readonly turn: Turn
  readonly store: MessageStore
  readonly deadLetters: DeadLetterSink
  /** Keeps what a queue knows of its messages. */
  journal?(queueId: number): QueueJournal
  /** The last consumer of an auto-delete queue went, or nobody used it for as long as it may be idle. */
  unused(queue: Queue): void
}

export class Queue implements TurnWork, RuledQueue, OpenQueue, DyingQueue {
  readonly kind = 'queue'
  readonly name: string
  readonly consumers: Consumers
  /** Messages that came in, went out to consumers or `get`, were settled, came back; and that are out now. */
  readonly counters = { enqueued: 0, delivered: 0, settled: 0, requeued: 0, unacked: 0 }
  /** What those count who watch it. */
  readonly tally = new QueueTally()
  deleted = false
  readonly clock: Clock
  readonly rules: Rules
  private readonly outgoing = new Message()
  readonly backlog: Backlog
  private readonly intake: Intake
  private marked = false

  constructor(
    readonly definition: QueueDefinition,
    /** What arguments and policies tell it to do at present. */
    public options: QueueOptions,
    readonly around: QueueSurroundings,
    readonly ready: Entries = readyListFor(options),
  ) {
    this.name = definition.name
    this.clock = around.clock
    this.consumers = new Consumers(options.singleActiveConsumer, this.tally)
    this.backlog = new Backlog(definition.id, this.ready, around.store, this.isKept, () => this.mark())
    this.rules = new Rules(this, this.backlog)
    this.intake = new Intake(this, this.backlog, this.rules)
    this.rules.configure(options)
  }

  /** Whether it outlives the broker: an exclusive queue ends with its connection, also a durable one. */
  get isKept(): boolean {
    const { durable, owner } = this.definition
    return durable && owner === undefined
  }

  /** Messages that wait. */
  get messageCount(): number {
    return this.ready.length
  }

  get messageBytes(): number {
    return this.ready.bytes
  }

  get isConsumed(): boolean {
    return this.consumers.count > 0
  }

  get unacknowledgedCount(): number {
    return this.counters.unacked
  }

  /** Messages that came back and wait for their next try. */
  get delayedCount(): number {
    return this.rules.delayedCount
  }

  /** A policy came, went or changed. */
  configure(options: QueueOptions): void {
    this.options = options
    this.rules.configure(options)
  }

  /** Takes back what was kept before a restart. */
  restore(stored: StoredQueue): void {
    this.backlog.restore(stored)
    this.rules.restore(stored)
  }

  /** It was declared again, or asked for a message. */
  used(): void {
    this.rules.used()
  }

  /** Takes a message in. Returns the ticket that makes it safe, or REFUSED. */
  enqueue(message: Message): CommitTicket {
    return this.intake.take(message)
  }

  /**
   * basic.get: takes the first message out and points `into` at it. NO_POSITION: nothing waits; NOT_LOADED: it must be
   * asked again after `whenLoaded`.
   */
  get(into: Message): number {
    this.used()
    const position = this.rules.takeNext()
    if (position < 0) return position
    this.show(position, into)
    if (!this.rules.admitAll) this.mark() // another entry is the head now, and may expire
    return position
  }

  /** Calls back once when entries were loaded, or the queue is gone. */
  whenLoaded(run: () => void): void {
    this.backlog.whenLoaded(run)
  }

  isRedelivered(position: number): boolean {
    return this.ready.isRedelivered(position)
  }

  /** Points `into` at an entry that is not settled. */
  view(position: number, into: Message): void {
    this.ready.view(position, into)
  }

  /** Forgets an entry that was delivered and acknowledged. */
  settle(position: number): CommitTicket {
    if (this.deleted) return NOTHING_TO_WAIT_FOR
    this.counters.unacked--
    return this.forget(position)
  }

  /** An entry that was delivered is not wanted: it is dropped, or is here until its dead letter is safe, also after a restart. */
  reject(position: number): CommitTicket {
    if (this.deleted) return NOTHING_TO_WAIT_FOR
    this.counters.unacked--
    if (this.options.deadLetterStrategy === 'at-least-once') this.backlog.remember(position)
    return this.drop(position, 'rejected')
  }

  /** Brings an entry that was delivered back to its place. `failed`: it was rejected, not merely returned. */
  requeue(position: number, failed = false): CommitTicket {
    if (this.deleted) return NOTHING_TO_WAIT_FOR
    this.counters.requeued++
    this.counters.unacked--
    const verdict = this.rules.returned(position, failed)
    if (verdict === 'never') return this.drop(position, 'delivery_limit')
    const ticket = this.backlog.remember(position)
    if (verdict === 'again') this.putBack(position)
    return ticket
  }

  /** The sink has published a dead letter where it belongs, or nowhere. */
  buried(position: number): void {
    if (!this.deleted) this.forget(position)
  }

  /** Drops what waits, not what is out with consumers. Returns how many. */
  purge(): number {
    const purged = this.ready.length
    for (const position of this.ready.takeScattered()) this.forget(position)
    this.rules.purged(this.ready.untaken)
    this.counters.settled += this.backlog.dropUndelivered()
    return purged
  }

  addConsumer(consumer: Consumer): void {
    this.consumers.add(consumer)
    this.mark()
  }

  /** `unused` hears of it when this was the last one. */
  removeConsumer(consumer: Consumer): void {
    if (!this.consumers.remove(consumer) || this.deleted) return
    this.used()
    if (this.consumers.count > 0) this.mark()
    else if (this.definition.autoDelete) this.around.unused(this)
  }

  /** A consumer that had no credit has some. */
  creditReturned(): void {
    this.consumers.creditReturned()
    if (this.ready.length > 0) this.mark()
  }

  /** Cancels the consumers and forgets everything. The caller took the queue out of its vhost. */
  delete(): CommitTicket {
    this.around.deadLetters.leaving(this)
    this.deleted = true
    this.rules.stop()
    this.consumers.cancelAll()
    this.outgoing.letGo()
    return this.backlog.remove()
  }

  /** The broker ends: nothing happens by itself any more. */
  stop(): void {
    this.rules.stop()
  }

  /** Hands out what waits while somebody has credit. */
  runTurn(): void {
    this.marked = false
    if (this.deleted) return
    this.handOut()
    if (this.rules.admitAll) return
    this.rules.thinOut()
    this.backlog.serveWaiting()
  }

  protected handOut(): void {
    const outgoing = this.outgoing
    for (let budget = DELIVERIES_PER_TURN; this.ready.length > 0; budget--) {
      if (budget === 0) {
        this.mark()
        return
      }
      const consumer = this.consumers.next()
      if (consumer === undefined) return outgoing.letGo()
      const position = this.rules.takeNext()
      if (position < 0) break // on its way back from the store, or expired
      const redelivered = this.ready.isRedelivered(position)
      this.show(position, outgoing)
      consumer.deliver(outgoing, position, redelivered)
      if (consumer.noAck) this.settle(position)
    }
    if (this.ready.length === 0) outgoing.letGo()
    this.backlog.bringBack()
  }

  private show(position: number, into: Message): void {
    this.ready.view(position, into)
    this.rules.annotate(into, position)
    this.counters.delivered++
    this.counters.unacked++
  }

  /** An entry that was taken out dies. */
  drop(position: number, reason: DeathReason): CommitTicket {
    this.tally.died(reason, this.options)
    if (this.options.deadLetterExchange === undefined) return this.forget(position)
    this.rules.died(position)
    this.around.deadLetters.bury(this, position, reason)
    return NOTHING_TO_WAIT_FOR
  }

  /** Forgets an entry that was taken out. */
  forget(position: number): CommitTicket {
    this.counters.settled++
    this.rules.forget(position)
    return this.backlog.forget(position)
  }

  putBack(position: number): void {
    this.ready.putBack(position)
    this.rules.waits(position, this.ready.deadline(position))
    this.mark()
  }

  mark(): void {
    if (this.marked) return
    this.marked = true
    this.around.turn.deliver(this)
  }

  expired(): void {
    this.around.unused(this)
  }
}
