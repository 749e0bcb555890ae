/** A queue that writes down what becomes of each of its messages. Only test brokers have such queues. */
import type { Message } from '../../message'
import type { DeathReason } from '../../queues/dead-letter'
import type { QueueOptions } from '../../queues/options'
import { Queue, type QueueDefinition, type QueueSurroundings, REFUSED } from '../../queues/queue'
import type { StoredQueue } from '../../store/definition-store'
import type { CommitTicket } from '../../store/message-store'
import { DROPPED, type Journey, type Place, type StepKind } from './journey'

/** Who keeps the journeys. */
export interface Recorder {
  /** Whose message it is that comes into a queue. */
  entering(queue: RecordedQueue, message: Message): Journey
  /** `into` shows a message of this journey. */
  viewed(journey: Journey, into: Message): void
  /** It died in the queue, and came into no other as a dead letter, as far as is seen. */
  nowhere(queue: RecordedQueue, journey: Journey): void
  /** What was in a queue when the broker ended, by position. */
  leftIn(queueId: number): ReadonlyMap<number, Journey>
}

export class RecordedQueue extends Queue {
  private readonly placed = new Map<number, Place>()
  /** How often those have come into queues that died here and may come into another. */
  private readonly dying = new Map<number, number>()
  /** Of the message that is coming in: who gets it at once, without an acknowledgement, gets it from nowhere. */
  private entering: Journey | undefined
  /** Was delivered without wanting an acknowledgement, and is settled next. */
  private unasked = -1

  constructor(
    definition: QueueDefinition,
    options: QueueOptions,
    around: QueueSurroundings,
    private readonly journal: Recorder,
    readonly vhost: string,
  ) {
    super(definition, options, around)
  }

  /** Positions are the same in every life of a broker. */
  override restore(stored: StoredQueue): void {
    super.restore(stored)
    const left = this.journal.leftIn(this.definition.id)
    for (const { first: position } of stored.runs) {
      const journey = left.get(position)
      if (journey === undefined) continue
      const place = { queue: this, position, journey }
      this.placed.set(position, place)
      journey.places.add(place)
      this.write(journey, 'recovered')
    }
  }

  override enqueue(message: Message): CommitTicket {
    const journey = this.journal.entering(this, message)
    const position = this.ready.tail
    const { enqueued } = this.counters
    const place = { queue: this, position, journey }
    this.placed.set(position, place)
    journey.places.add(place)
    this.entering = journey
    this.write(journey, 'enqueued')
    const ticket = super.enqueue(message)
    this.entering = undefined
    if (this.counters.enqueued === enqueued) {
      journey.steps.pop()
      journey.isDying = ticket === REFUSED && this.options.deadLetterExchange !== undefined
      this.write(journey, ticket === REFUSED ? 'refused' : 'duplicate')
    }
    if (this.ready.tail === position) this.leave(position)
    return ticket
  }

  delivered(position: number, noAck: boolean, to: string): void {
    const journey = this.journeyAt(position)
    if (noAck) this.unasked = position
    if (journey !== undefined)
      this.write(journey, 'delivered', noAck ? `${to}, no acknowledgement wanted` : to)
  }

  override settle(position: number): CommitTicket {
    const journey = this.leave(position)
    if (journey !== undefined && this.unasked !== position) this.write(journey, 'acked')
    this.unasked = -1
    return super.settle(position)
  }

  override drop(position: number, reason: DeathReason): CommitTicket {
    const { deadLetterExchange } = this.options
    const journey = this.placed.get(position)?.journey
    if (deadLetterExchange === undefined) this.leave(position)
    else if (journey !== undefined) this.dying.set(position, journey.entries)
    if (journey !== undefined) {
      journey.isDying = deadLetterExchange !== undefined
      const where = JSON.stringify(deadLetterExchange === '' ? 'the default exchange' : deadLetterExchange)
      this.write(journey, reason, deadLetterExchange === undefined ? DROPPED : `dead letter to ${where}`)
    }
    return super.drop(position, reason)
  }

  override requeue(position: number, failed = false): CommitTicket {
    const journey = this.placed.get(position)?.journey
    if (journey !== undefined) this.write(journey, 'requeued')
    return super.requeue(position, failed)
  }

  override buried(position: number): void {
    const journey = this.leave(position)
    super.buried(position)
    if (journey !== undefined && journey.entries === this.dying.get(position))
      this.journal.nowhere(this, journey)
    this.dying.delete(position)
  }

  /** Whoever comes here otherwise has been written down: what is left was taken elsewhere. */
  override forget(position: number): CommitTicket {
    const journey = this.leave(position)
    if (journey !== undefined) this.write(journey, 'moved')
    return super.forget(position)
  }

  override view(position: number, into: Message): void {
    super.view(position, into)
    const place = this.placed.get(position)
    if (place !== undefined) this.journal.viewed(place.journey, into)
  }

  override purge(): number {
    for (const { position, journey } of [...this.placed.values()]) {
      if (!this.ready.isWaiting(position)) continue
      this.leave(position)
      this.write(journey, 'purged')
    }
    return super.purge()
  }

  override delete(): CommitTicket {
    const ticket = super.delete()
    for (const { position, journey } of [...this.placed.values()]) {
      this.leave(position)
      this.write(journey, 'queue deleted')
    }
    return ticket
  }

  /** Of an entry that is there, or just coming in. */
  journeyAt(position: number): Journey | undefined {
    return this.placed.get(position)?.journey ?? this.entering
  }

  /** The journal has no room for it any more. */
  unrecord({ position, journey }: Place): void {
    if (this.placed.get(position)?.journey === journey) this.placed.delete(position)
  }

  private leave(position: number): Journey | undefined {
    const place = this.placed.get(position)
    if (place === undefined) return undefined
    this.placed.delete(position)
    place.journey.places.delete(place)
    return place.journey
  }

  private write(journey: Journey, kind: StepKind, detail = ''): void {
    journey.add({ at: this.clock.now(), kind, queue: this.name, detail })
  }
}
