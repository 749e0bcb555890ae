/**
 * A recent history exchange: a fanout that keeps copies of the last messages it was asked to route and has them
 * delivered to whatever is bound to it anew. Knows no queues: the broker asks for the history after a binding.
 *
 * Invariants: a kept message owns its bytes; never more than the length that was declared, nor, but for the last one,
 * more than `HISTORY_BYTES_MAX` (RabbitMQ has no such bound). As in RabbitMQ 3, it ends with the broker.
 */
import { PreconditionFailed } from '../amqp/errors'
import { erlangTerm } from '../amqp/table'
import type { Message } from '../message'
import type { Destination } from './destination'
import { Exchange, type ExchangeDeclaration, type PastMessage } from './exchange'
import type { RoutedMessage } from './routed-message'
import { taken, type Verdict } from './verdict'

const LENGTH_DEFAULT = 20
/** Of the messages, counting what the broker itself needs for each. */
const HISTORY_BYTES_MAX = 64 * 1024 * 1024
const BYTES_BESIDE_RECORD = 256
/** Those RabbitMQ takes: the signed ones, by the letters on the wire. */
const INTEGER_TYPES = ['b', 's', 'I', 'l', 'L']

export class RecentHistoryExchange extends Exchange {
  override readonly type = 'x-recent-history'
  override readonly usesRoutingKey = false
  override readonly routesByKeyAlone = false
  private readonly length: number
  /** The oldest first, from `first` on; the places before it are taken away when they are half of all. */
  private past: (PastMessage | undefined)[] = []
  private first = 0
  private bytes = 0

  /** @throws PreconditionFailed for a length that is none */
  constructor(declaration: ExchangeDeclaration) {
    super(declaration)
    this.length = historyLength(declaration)
  }

  override get isChangedByMessages(): boolean {
    return true
  }

  override history(): readonly PastMessage[] {
    return this.past.slice(this.first) as PastMessage[]
  }

  override matchAll(routingKeys: readonly string[], message: RoutedMessage, into: Set<Destination>): void {
    const noStore = message.headers()?.get('x-recent-history-no-store')
    if (noStore?.type !== 't' || !noStore.value) this.keep(message.ownedCopy(), routingKeys)
    this.match('', message, into)
  }

  override match(_routingKey: string, _message: RoutedMessage, into: Set<Destination>): void {
    this.ledger.addDestinationsTo(into)
  }

  override wouldMatch(_keys: readonly string[], message: RoutedMessage, into: Set<Destination>): void {
    this.match('', message, into)
  }

  override why(): Verdict {
    return taken('a recent history exchange gives every message to all that are bound')
  }

  protected override bound(): void {}

  protected override unbound(): void {}

  private keep(message: Message, routingKeys: readonly string[]): void {
    this.past.push({ message, routingKeys })
    this.bytes += bytesOf(message)
    const isTooMuch = () => this.kept > this.length || (this.bytes > HISTORY_BYTES_MAX && this.kept > 1)
    while (isTooMuch()) this.forgetOldest()
  }

  private get kept(): number {
    return this.past.length - this.first
  }

  private forgetOldest(): void {
    const oldest = this.past[this.first]
    if (oldest !== undefined) this.bytes -= bytesOf(oldest.message)
    this.past[this.first++] = undefined
    if (this.first * 2 < this.past.length) return
    this.past = this.past.slice(this.first)
    this.first = 0
  }
}

function bytesOf(message: Message): number {
  return message.byteLength + BYTES_BESIDE_RECORD
}

function historyLength(declaration: ExchangeDeclaration): number {
  const field = declaration.arguments.get('x-recent-history-length')
  if (field === undefined) return LENGTH_DEFAULT
  const length = INTEGER_TYPES.includes(field.type) ? Number((field as { value: number | bigint }).value) : 0
  if (length > 0) return length
  throw new PreconditionFailed(
    `Invalid argument ${erlangTerm(field)}, 'x-recent-history-length' must be a positive integer`,
  )
}
