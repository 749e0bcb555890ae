/**
 * Takes care of what died in the queues of a virtual host: publishes it where the queue's options say, and then lets the
 * queue forget it. Both are in the same batch, so a crash leaves the message in the one place or the other.
 *
 * Letters are worked off once per turn, never within a queue's own call: a chain of a thousand queues is a thousand
 * turns, not a thousand frames of the stack. A million of them do not hold a turn up, but a part of all is worked off
 * in each, so that they cannot pile up either.
 */
import { expirationTextIn } from '../amqp/properties'
import { withExpiration, withHeaders } from '../amqp/property-edit'
import type { FieldTable } from '../amqp/table'
import type { Clock } from '../clock'
import type { Exchange } from '../exchanges/exchange'
import { keysIn } from '../exchanges/sender-selected'
import { Mark, Message, ownedCopy } from '../message'
import type { DeadLetterSink, DeathReason, DyingQueue } from '../queues/dead-letter'
import { NO_POSITION } from '../queues/entries'
import { type Queue, REFUSED } from '../queues/queue'
import { Ring } from '../structures/ring'
import { WakeUp } from '../structures/wake-up'
import { EASY_WORK, type Turn, type TurnWork, WORK_PER_TURN } from '../turn'
import { isCycle, withDeath } from './deaths'
import { type Note, withdrawAll } from './notes'

/** With `at-least-once` a letter that found no queue is tried again after this, until it finds one. */
const RETRY_MS = 5000

/** Letters worked off in one turn, and one in so many of those beyond. */
const LETTERS_PER_TURN = 1024
const PART_OF_THE_REST = 32

interface Letter {
  readonly queue: DyingQueue
  /** NO_POSITION: it never got in. */
  position: number
  /** Undefined: it is where `position` is. */
  message: Message | undefined
  readonly reason: DeathReason
  /** Where it is already, while other queues that it is for refuse it. */
  reached: ReadonlySet<Queue>
}

export interface DeadLettersSurroundings {
  readonly clock: Clock
  readonly turn: Turn
  /** What clients say of earlier deaths counts (RabbitMQ 3.13). */
  readonly interpretsClientDeaths: boolean
}

/** The virtual host. */
export interface LetterRouting {
  /** What exchanges noted of the message that was routed last. */
  readonly notes: readonly Note[]
  exchange(name: string): Exchange | undefined
  route(
    exchange: Exchange,
    message: Message,
    routingKeys: readonly string[],
  ): { readonly queues: readonly Queue[]; readonly work: number }
}

export class DeadLetters implements DeadLetterSink, TurnWork {
  private readonly letters = new Ring<Letter>()
  /** What must not be lost and has nowhere to go at present. */
  private readonly stuck = new Ring<Letter>()
  /** Whose letters there may be among `letters`. */
  private readonly senders = new Set<DyingQueue>()
  private readonly retry: WakeUp
  private isMarked = false
  /** Done in this turn, for letters that take much. */
  private work = 0
  private readonly scratch = new Message()

  constructor(
    private readonly vhost: LetterRouting,
    private readonly around: DeadLettersSurroundings,
  ) {
    this.retry = new WakeUp(around.clock, () => this.tryAgain())
  }

  get isBehind(): boolean {
    return this.letters.length >= LETTERS_PER_TURN
  }

  bury(queue: DyingQueue, position: number, reason: DeathReason): void {
    this.senders.add(queue)
    this.take({ queue, position, message: undefined, reason, reached: NOWHERE })
  }

  buryRefused(queue: DyingQueue, message: Message, reason: DeathReason): void {
    this.take({ queue, position: NO_POSITION, message: ownedCopy(message), reason, reached: NOWHERE })
  }

  leaving(queue: DyingQueue): void {
    if (!this.senders.delete(queue)) return
    for (const letter of this.letters) {
      if (letter.queue !== queue || letter.position === NO_POSITION) continue
      queue.view(letter.position, this.scratch)
      letter.message = ownedCopy(this.scratch)
      letter.position = NO_POSITION
    }
    this.scratch.letGo()
  }

  runTurn(): void {
    this.isMarked = false
    const beyond = Math.max(this.letters.length - LETTERS_PER_TURN, 0)
    this.workOff(this.letters, LETTERS_PER_TURN + Math.ceil(beyond / PART_OF_THE_REST))
    this.retryAfter(RETRY_MS)
    if (this.letters.length > 0) this.mark()
    else this.senders.clear()
  }

  stop(): void {
    this.retry.stop()
  }

  /** As long as most arrive the next ones follow at once; of those that do not, there may be a great many. */
  private tryAgain(): void {
    this.retryAfter(this.workOff(this.stuck, LETTERS_PER_TURN) ? 0 : RETRY_MS)
  }

  private retryAfter(delayMs: number): void {
    if (this.stuck.length > 0) this.retry.by(this.around.clock.now() + delayMs)
  }

  /** Not those that are added meanwhile. Returns whether most of those it came to need not be tried again. */
  private workOff(letters: Ring<Letter>, max: number): boolean {
    const count = Math.min(letters.length, max)
    let tried = 0
    let arrived = 0
    this.work = 0
    for (; tried < count && this.work < WORK_PER_TURN; tried++) {
      const letter = letters.shift() as Letter
      if (this.publish(letter)) arrived++
      else this.stuck.push(letter)
    }
    this.scratch.letGo()
    return arrived * 2 >= tried
  }

  private take(letter: Letter): void {
    this.letters.push(letter)
    this.mark()
  }

  private mark(): void {
    if (this.isMarked) return
    this.isMarked = true
    this.around.turn.deliver(this)
  }

  /** Returns false when it must be tried again. */
  private publish(letter: Letter): boolean {
    const { queue, position, message } = letter
    if (queue.deleted && position !== NO_POSITION) return true
    const dead = message ?? this.scratch
    if (message === undefined) queue.view(position, dead)
    const arrived = this.route(letter, dead)
    if (!arrived && isTriedAgain(letter)) return false
    if (position !== NO_POSITION) queue.buried(position)
    return true
  }

  /** Returns whether it is in all the queues that it is for, of which there is one at least. */
  private route(origin: Letter, dead: Message): boolean {
    const { queue, reason } = origin
    const { deadLetterExchange, deadLetterRoutingKey } = queue.options
    if (deadLetterExchange === undefined) return true // a policy went: it is for none
    const exchange = this.vhost.exchange(deadLetterExchange)
    if (exchange === undefined) return false
    dead.readAddress()
    const headers = dead.headers()
    const routingKeys = [dead.routingKey, ...carbonKeys(headers, 'CC')]
    const death = this.deathOf(queue, dead, reason, routingKeys)
    const buried = withDeath(lettersHeaders(headers, deadLetterRoutingKey), death, this.isTrusted(dead))
    const key = deadLetterRoutingKey ?? dead.routingKey
    const letter = letterOf(dead, exchange.name, key, buried)
    const keys = deadLetterRoutingKey === undefined ? [...routingKeys, ...carbonKeys(headers, 'BCC')] : [key]
    const { queues, work } = this.vhost.route(exchange, letter, keys)
    if (work > EASY_WORK) this.work += work
    const { notes } = this.vhost
    const refusing = queues.filter(target => {
      // What goes round for ever is dropped, as in RabbitMQ, also with at-least-once.
      return !(
        origin.reached.has(target) ||
        isCycle(buried, target.name) ||
        target.enqueue(letter) !== REFUSED
      )
    })
    if (refusing.length > 0) origin.reached = without(queues, refusing)
    if (queues.length > 0 && refusing.length === 0) return true
    // When it is tried again, it is no duplicate of itself.
    if (isTriedAgain(origin)) withdrawAll(notes)
    return false
  }

  private isTrusted(dead: Message): boolean {
    return (dead.marks & Mark.deadLetter) !== 0 || this.around.interpretsClientDeaths
  }

  private deathOf(queue: DyingQueue, dead: Message, reason: DeathReason, routingKeys: readonly string[]) {
    const { propertiesBytes, propertiesStart, propertiesEnd } = dead
    return {
      queue: queue.name,
      reason,
      exchange: dead.exchange,
      routingKeys,
      time: Math.floor(this.around.clock.now() / 1000),
      expiration: expirationTextIn(propertiesBytes, propertiesStart, propertiesEnd),
    }
  }
}

function isTriedAgain({ queue, position }: Letter): boolean {
  return position !== NO_POSITION && queue.options.deadLetterStrategy === 'at-least-once'
}

const NOWHERE: ReadonlySet<Queue> = new Set()

function without(queues: readonly Queue[], refusing: readonly Queue[]): ReadonlySet<Queue> {
  const others = new Set(queues)
  for (const queue of refusing) others.delete(queue)
  return others
}

/** They were arrays when the message was published, or it was refused. */
function carbonKeys(headers: FieldTable | undefined, header: 'CC' | 'BCC'): readonly string[] {
  return headers === undefined ? [] : keysIn(headers, header)
}

/** BCC ends here; with a routing key of the queue's, so does CC. */
function lettersHeaders(
  headers: FieldTable | undefined,
  routingKey: string | undefined,
): FieldTable | undefined {
  if (headers === undefined) return headers
  return new Map([...headers].filter(([key]) => key !== 'BCC' && (key !== 'CC' || routingKey === undefined)))
}

function letterOf(dead: Message, exchange: string, routingKey: string, headers: FieldTable): Message {
  const { propertiesBytes, propertiesStart, propertiesEnd } = dead
  const withoutExpiration = withExpiration(propertiesBytes, propertiesStart, propertiesEnd, undefined)
  const letter = new Message()
  letter.setAddress(exchange, routingKey)
  letter.setProperties(withHeaders(withoutExpiration, 0, withoutExpiration.length, headers))
  letter.bodyBytes = dead.bodyBytes
  letter.bodyStart = dead.bodyStart
  letter.bodyEnd = dead.bodyEnd
  letter.persistent = dead.persistent
  letter.marks = Mark.deadLetter
  return letter
}
