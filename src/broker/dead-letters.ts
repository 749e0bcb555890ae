/**
 * Takes care of what died in the queues of a virtual host: publishes it where the queue's options say, and then lets the
 * queue forget it. Both are in the same batch, so a crash leaves the message in the one place or the other.
 *
 * Letters are worked off once per turn, never within a queue's own call: a chain of a thousand queues is a thousand
 * turns, not a thousand frames of the stack.
 */
import { decodeProperties } from '../amqp/properties'
import { withExpiration, withHeaders } from '../amqp/property-edit'
import type { FieldTable } from '../amqp/table'
import type { Clock } from '../clock'
import type { Exchange } from '../exchanges/exchange'
import { keysIn } from '../exchanges/sender-selected'
import { Mark, Message, ownedCopy } from '../message'
import type { DeadLetterSink, DeathReason, DyingQueue } from '../queues/dead-letter'
import { NO_POSITION } from '../queues/entries'
import { type Queue, REFUSED } from '../queues/queue'
import { WakeUp } from '../structures/wake-up'
import type { Turn, TurnWork } from '../turn'
import { isCycle, withDeath } from './deaths'

/** With `at-least-once` a letter that found no queue is tried again after this, until it finds one. */
const RETRY_MS = 5000

interface Letter {
  readonly queue: DyingQueue
  /** NO_POSITION: it never got in. */
  readonly position: number
  /** Undefined: it is where `position` is. */
  readonly message: Message | undefined
  readonly reason: DeathReason
}

export interface DeadLettersSurroundings {
  readonly clock: Clock
  readonly turn: Turn
  /** What clients say of earlier deaths counts (RabbitMQ 3.13). */
  readonly interpretsClientDeaths: boolean
}

/** The virtual host. */
export interface LetterRouting {
  exchange(name: string): Exchange | undefined
  route(
    exchange: Exchange,
    message: Message,
    routingKeys: readonly string[],
  ): { readonly queues: readonly Queue[] }
}

export class DeadLetters implements DeadLetterSink, TurnWork {
  private letters: Letter[] = []
  /** What must not be lost and has nowhere to go at present. */
  private stuck: Letter[] = []
  private readonly retry: WakeUp
  private isMarked = false
  private readonly scratch = new Message()

  constructor(
    private readonly vhost: LetterRouting,
    private readonly around: DeadLettersSurroundings,
  ) {
    this.retry = new WakeUp(around.clock, () => this.tryAgain())
  }

  bury(queue: DyingQueue, position: number, reason: DeathReason): void {
    this.take({ queue, position, message: undefined, reason })
  }

  buryRefused(queue: DyingQueue, message: Message, reason: DeathReason): void {
    this.take({ queue, position: NO_POSITION, message: ownedCopy(message), reason })
  }

  runTurn(): void {
    this.isMarked = false
    const letters = this.letters
    this.letters = []
    for (const letter of letters) if (!this.publish(letter)) this.stuck.push(letter)
    if (this.stuck.length > 0) this.retry.by(this.around.clock.now() + RETRY_MS)
    this.scratch.letGo()
  }

  stop(): void {
    this.retry.cancel()
  }

  private tryAgain(): void {
    const letters = this.stuck
    this.stuck = []
    for (const letter of letters) this.take(letter)
  }

  private take(letter: Letter): void {
    this.letters.push(letter)
    if (this.isMarked) return
    this.isMarked = true
    this.around.turn.deliver(this)
  }

  /** Returns false when it must be tried again. */
  private publish({ queue, position, message, reason }: Letter): boolean {
    if (queue.deleted) return true
    const dead = message ?? this.scratch
    if (message === undefined) queue.view(position, dead)
    const arrived = this.route(queue, dead, reason)
    if (!arrived && position !== NO_POSITION && queue.options.deadLetterStrategy === 'at-least-once')
      return false
    if (position !== NO_POSITION) queue.buried(position)
    return true
  }

  /** Returns whether it is in all the queues that it is for, of which there is one at least. */
  private route(queue: DyingQueue, dead: Message, reason: DeathReason): boolean {
    const { deadLetterExchange, deadLetterRoutingKey } = queue.options
    const exchange = deadLetterExchange === undefined ? undefined : this.vhost.exchange(deadLetterExchange)
    if (exchange === undefined) return false
    dead.readAddress()
    const headers = dead.headers()
    const routingKeys = [dead.routingKey, ...carbonKeys(headers, 'CC')]
    const death = this.deathOf(queue, dead, reason, routingKeys)
    const buried = withDeath(lettersHeaders(headers, deadLetterRoutingKey), death, this.isTrusted(dead))
    const key = deadLetterRoutingKey ?? dead.routingKey
    const letter = letterOf(dead, exchange.name, key, buried)
    const keys = deadLetterRoutingKey === undefined ? [...routingKeys, ...carbonKeys(headers, 'BCC')] : [key]
    let arrived = 0
    const { queues } = this.vhost.route(exchange, letter, keys)
    for (const target of queues) {
      // What goes round for ever is dropped, as in RabbitMQ, also with at-least-once.
      if (isCycle(buried, target.name) || target.enqueue(letter) !== REFUSED) arrived++
    }
    return arrived > 0 && arrived === queues.length
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
      expiration: decodeProperties(propertiesBytes, propertiesStart, propertiesEnd).expiration,
    }
  }
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
