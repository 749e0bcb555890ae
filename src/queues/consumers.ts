/**
 * Whose turn it is: the highest priority with credit, round-robin within one priority.
 *
 *      levels    10 ──►  c1 ⇄ c4 ⇄ c2 ⇄ (c1)        a ring each: who was served moves to the back,
 *                 0 ──►  c3 ⇄ (c3)                  who comes sits down at the back
 *                        ▲ turn
 *
 * A ring, for the peer decides how many sit in it: with an array a connection that leaves 100,000 consumers of one queue
 * behind held everybody up for 7 s. Remembers that nobody had credit, so that a publish to a queue with a thousand busy
 * consumers asks none of them; `creditReturned` ends that. With a single active consumer there are no turns: it is the
 * one that came first, and when it goes the one of the highest priority that is there.
 */
import { MessageTally } from '../structures/message-tally'
import type { Consumer } from './consumer'

interface Seat {
  readonly consumer: Consumer
  readonly level: Level
  next: Seat
  previous: Seat
}

interface Level {
  readonly priority: number
  /** Whoever is asked first; undefined: nobody is left. */
  turn: Seat | undefined
}

export class Consumers {
  /** Highest priority first. */
  private readonly levels: Level[] = []
  private readonly seats = new Map<Consumer, Seat>()
  private exclusiveCount = 0
  private exhausted = false
  /** With `isSingleActive`: who gets everything. */
  private active: Consumer | undefined

  constructor(
    private readonly isSingleActive = false,
    /** Gets what a consumer was given when it leaves. */
    private readonly tally = new MessageTally(),
  ) {}

  get count(): number {
    return this.seats.size
  }

  /** Whether one of them wants the queue for itself. */
  get hasExclusive(): boolean {
    return this.exclusiveCount > 0
  }

  add(consumer: Consumer): void {
    this.seats.set(consumer, seatAtTheBack(consumer, this.level(consumer.priority)))
    if (consumer.exclusive) this.exclusiveCount++
    if (this.isSingleActive) this.active ??= consumer
    this.exhausted = false
  }

  /** Returns whether it was there. */
  remove(consumer: Consumer): boolean {
    const seat = this.seats.get(consumer)
    if (seat === undefined) return false
    this.seats.delete(consumer)
    this.tally.addDelivered(consumer)
    if (consumer.exclusive) this.exclusiveCount--
    const { level, next, previous } = seat
    previous.next = next
    next.previous = previous
    if (level.turn === seat) level.turn = next === seat ? undefined : next
    if (level.turn === undefined) this.levels.splice(this.levels.indexOf(level), 1)
    if (this.active === consumer) this.activateNext()
    return true
  }

  /** The queue goes. */
  cancelAll(): void {
    for (const consumer of this.all()) {
      this.remove(consumer)
      consumer.cancelled()
    }
  }

  creditReturned(): void {
    this.exhausted = false
  }

  /** Nobody is there, or has credit that was asked for. */
  get isIdle(): boolean {
    return this.count === 0 || this.exhausted
  }

  /** The consumer the next entry goes to, and moves the turn on; undefined when nobody has credit. */
  next(): Consumer | undefined {
    if (this.exhausted) return undefined
    if (this.isSingleActive) return this.activeWithCredit()
    for (let i = 0; i < this.levels.length; i++) {
      const consumer = nextOf(this.levels[i]!)
      if (consumer !== undefined) return consumer
    }
    this.exhausted = true
    return undefined
  }

  /** In the order they came. */
  all(): Consumer[] {
    return [...this.seats.keys()]
  }

  /** Whether a consumer is served: all are, but beside a single active one. */
  isActive(consumer: Consumer): boolean {
    return !this.isSingleActive || this.active === consumer
  }

  private activeWithCredit(): Consumer | undefined {
    if (this.active?.hasCredit() === true) return this.active
    this.exhausted = true
    return undefined
  }

  private activateNext(): void {
    // Nobody takes turns here, so whose turn it is came first of this priority.
    this.active = this.levels[0]?.turn?.consumer
    this.exhausted = false
  }

  private level(priority: number): Level {
    const at = this.levels.findIndex(level => level.priority <= priority)
    const found = this.levels[at]
    if (found?.priority === priority) return found
    const added = { priority, turn: undefined }
    this.levels.splice(at === -1 ? this.levels.length : at, 0, added)
    return added
  }
}

function seatAtTheBack(consumer: Consumer, level: Level): Seat {
  const first = level.turn
  // A ring of one until it is linked in: only then is there a seat to point to.
  const seat = { consumer, level } as Seat
  seat.next = first ?? seat
  seat.previous = first?.previous ?? seat
  seat.previous.next = seat
  seat.next.previous = seat
  level.turn ??= seat
  return seat
}

function nextOf(level: Level): Consumer | undefined {
  const first = level.turn
  let seat = first
  while (seat !== undefined) {
    if (seat.consumer.hasCredit()) {
      level.turn = seat.next
      return seat.consumer
    }
    seat = seat.next === first ? undefined : seat.next
  }
  return undefined
}
