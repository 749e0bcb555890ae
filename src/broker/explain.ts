/**
 * Where a message would go, and why: the way of the router again, but asking each exchange about each of its bindings, and
 * without leaving anything behind. Exchanges that are not reached are asked as well, so that one sees what is missing.
 *
 * Invariant: `queues` are those that routing leads to; where chance decides, all that it may lead to; of a message that
 * waits first, those that it would reach now. Bounded: of an exchange with a great many bindings those that match come first.
 */
import type { BasicProperties } from '../amqp/properties'
import type { FieldTable } from '../amqp/table'
import { Binding } from '../exchanges/binding'
import type { Destination } from '../exchanges/destination'
import type { Exchange } from '../exchanges/exchange'
import { senderSelectedKeys } from '../exchanges/sender-selected'
import { keysText, quoted } from '../exchanges/verdict'
import { type Message, newMessage } from '../message'
import type { Vhost } from './vhost'

/** Bindings that are shown, and looked at for that. */
const BINDINGS_MAX = 1000

export interface ExplainRequest {
  readonly routingKey: string
  readonly headers?: FieldTable | undefined
  readonly properties?: BasicProperties | undefined
}

export interface ExplainedBinding {
  readonly binding: Binding
  /** The exchange it leads from takes the message along this way, or would if the message came to it. */
  readonly matched: boolean
  /** A sentence without its full stop. */
  readonly why: string
  /** The message comes to the exchange that it leads from. */
  readonly reached: boolean
}

export interface Explanation {
  /** Their names, each once, in the order in which they are reached. */
  readonly queues: readonly string[]
  readonly unroutable: boolean
  /** The first alternate exchange that is asked. */
  readonly alternateExchange: string | undefined
  readonly bindings: readonly ExplainedBinding[]
  /** What no binding can tell: sentences. */
  readonly notes: readonly string[]
  /** It goes to one or some of `queues`, and may go to others next time. */
  readonly isByChance: boolean
  /** There are more bindings. */
  readonly isTruncated: boolean
}

/** @throws NotFound for an exchange that is none, PreconditionFailed for CC and BCC that are no arrays */
export function explain(vhost: Vhost, exchange: string, request: ExplainRequest): Explanation {
  const { routingKey, headers, properties = {} } = request
  const from = vhost.requireExchange(exchange)
  const given = headers === undefined ? properties : { ...properties, headers }
  const message = newMessage(exchange, routingKey, given, Buffer.alloc(0))
  const carbonKeys = senderSelectedKeys(message.headers())
  const tour = new Tour(vhost, message, [routingKey, ...carbonKeys])
  if (from.internal) tour.note(`exchange ${quoted(exchange)} is internal: publishers are refused`)
  if (carbonKeys.length > 0) tour.note(`the headers CC and BCC add the ${keysText(carbonKeys)}`)
  tour.start(from)
  return tour.explanation()
}

class Tour {
  private readonly queues = new Set<string>()
  private readonly bindings: ExplainedBinding[] = []
  private readonly notes: string[] = []
  private readonly reached = new Set<Exchange>()
  private readonly missed = new Set<Exchange>()
  private alternateExchange: string | undefined
  private isByChance = false
  private isTruncated = false

  constructor(
    private readonly vhost: Vhost,
    private readonly message: Message,
    private readonly routingKeys: readonly string[],
  ) {}

  note(sentence: string): void {
    this.notes.push(sentence)
  }

  start(exchange: Exchange): void {
    this.reached.add(exchange)
    // A Set's iteration goes on to what is added meanwhile.
    for (const next of this.reached) this.ask(next)
    for (const next of this.missed) if (!this.reached.has(next)) this.show(next, NOWHERE, false)
  }

  explanation(): Explanation {
    const { alternateExchange, bindings, notes, isByChance, isTruncated } = this
    const queues = [...this.queues]
    const unroutable = queues.length === 0
    return { queues, unroutable, alternateExchange, bindings, notes, isByChance, isTruncated }
  }

  private ask(exchange: Exchange): void {
    const answer = new Set<Destination>()
    exchange.wouldMatch(this.routingKeys, this.message, answer)
    this.notes.push(...exchange.remarks(this.message))
    if (exchange.isByChance) this.isByChance = true
    this.show(exchange, answer, true)
    for (const destination of answer) {
      const { kind, name } = destination
      if (kind === 'exchange') this.reach(name)
      else if (this.vhost.queues.has(name)) this.queues.add(name)
    }
    if (answer.size === 0) this.fallBack(exchange)
  }

  private fallBack(exchange: Exchange): void {
    const { name, alternateExchange } = exchange
    if (alternateExchange === undefined) {
      this.note(`${described(name)} leads nowhere, and it has no alternate exchange`)
      return
    }
    this.alternateExchange ??= alternateExchange
    const isThere = this.vhost.exchange(alternateExchange) !== undefined
    const then = isThere ? 'is asked' : 'does not exist'
    this.note(`${described(name)} leads nowhere: its alternate exchange ${quoted(alternateExchange)} ${then}`)
    this.reach(alternateExchange)
  }

  private reach(name: string): void {
    const exchange = this.vhost.exchange(name)
    if (exchange !== undefined) this.reached.add(exchange)
  }

  /** What matches comes first: there may be too many of the others. */
  private show(exchange: Exchange, answer: ReadonlySet<Destination>, reached: boolean): void {
    for (const destination of answer)
      for (const binding of bindingsTo(exchange, destination))
        if (!this.add(exchange, binding, reached)) return
    for (const binding of exchange.bindings())
      if (!answer.has(binding.destination) && !this.add(exchange, binding, reached)) return
  }

  /** False: enough. */
  private add(exchange: Exchange, binding: Binding, reached: boolean): boolean {
    if (this.bindings.length === BINDINGS_MAX) {
      this.isTruncated = true
      return false
    }
    const { matched, why } = exchange.why(binding, this.routingKeys, this.message)
    this.bindings.push({ binding, matched, why, reached })
    const { kind, name } = binding.destination
    const next = kind === 'exchange' ? this.vhost.exchange(name) : undefined
    if (next !== undefined) this.missed.add(next)
    return true
  }
}

const NOWHERE: ReadonlySet<Destination> = new Set()

/** The default exchange keeps none. */
function bindingsTo(exchange: Exchange, destination: Destination): readonly Binding[] {
  return exchange.name === ''
    ? [new Binding('', destination, destination.name, new Map())]
    : exchange.bindingsTo(destination)
}

function described(exchange: string): string {
  return exchange === '' ? 'the default exchange' : `exchange ${quoted(exchange)}`
}
