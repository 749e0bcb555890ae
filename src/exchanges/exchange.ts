/**
 * What every exchange is, whatever its type: its declared properties, its bindings, and the question "who gets a message
 * with this key?". It knows no queues (it yields `Destination`s), no other exchange and no message beyond
 * `RoutedMessage`. Declaring, deleting, permissions and durability are the broker's.
 *
 * Invariant: a type's own index holds exactly the bindings of the ledger; `bound` and `unbound` are called once for each
 * that comes and goes. One destination is one object for as long as it is bound: routing counts objects, not names.
 */
import type { FieldTable } from '../amqp/table'
import type { Message } from '../message'
import { MessageTally } from '../structures/message-tally'
import type { Binding } from './binding'
import { BindingLedger } from './binding-ledger'
import type { Destination } from './destination'
import type { RoutedMessage } from './routed-message'
import type { Verdict } from './verdict'

/** What exchange.declare fixes for good. */
export interface ExchangeDeclaration {
  readonly name: string
  readonly durable: boolean
  readonly autoDelete: boolean
  readonly internal: boolean
  readonly arguments: FieldTable
}

/** A message that was routed before, and the keys it was routed by. */
export interface PastMessage {
  readonly message: Message
  readonly routingKeys: readonly string[]
}

const NO_HISTORY: readonly PastMessage[] = []

export abstract class Exchange implements Destination {
  readonly kind = 'exchange'
  readonly name: string
  readonly durable: boolean
  readonly autoDelete: boolean
  /** Publishers are refused; only bindings from other exchanges lead here. */
  readonly internal: boolean
  readonly arguments: FieldTable
  abstract readonly type: string
  /** False: the same key can lead elsewhere next time, or every message must be seen; routes must not be remembered. */
  readonly routesByKeyAlone: boolean = true
  /** False: every routing key of a message leads to the same destinations; asking for one of them is enough. */
  readonly usesRoutingKey: boolean = true
  /** The alternate exchange a policy gives; set by the broker. The argument goes before it. */
  policyAlternateExchange: string | undefined = undefined
  /** What was published to it, and where that went; routes that are remembered bring it later. */
  readonly tally = new MessageTally()
  protected readonly ledger = new BindingLedger()
  private readonly declaredAlternateExchange: string | undefined
  private boundOnce = false

  constructor(declaration: ExchangeDeclaration) {
    this.name = declaration.name
    this.durable = declaration.durable
    this.autoDelete = declaration.autoDelete
    this.internal = declaration.internal
    this.arguments = declaration.arguments
    const alternate = declaration.arguments.get('alternate-exchange')
    this.declaredAlternateExchange = alternate?.type === 'S' ? alternate.value.toString() : undefined
  }

  /** Name of the exchange that gets what this one leads nowhere; it need not exist. */
  get alternateExchange(): string | undefined {
    return this.declaredAlternateExchange ?? this.policyAlternateExchange
  }

  get bindingCount(): number {
    return this.ledger.size
  }

  /** An auto-delete exchange goes with its last binding, but not before it had one. */
  get everBound(): boolean {
    return this.boundOnce
  }

  /** Whatever all matches so far looked at, beyond what they found: what they cost, whatever the machine. */
  get visits(): number {
    return 0
  }

  /** Asking where a message goes changes where others will go: it must be asked once for each. */
  get isChangedByMessages(): boolean {
    return false
  }

  /** Only one of its bindings takes a message, and chance decides which. */
  get isByChance(): boolean {
    return false
  }

  /** Returns false if it was there already. Throws what `validateBinding` throws. */
  bind(binding: Binding): boolean {
    this.validateBinding(binding)
    if (!this.ledger.add(binding)) return false
    this.boundOnce = true
    this.bound(binding)
    return true
  }

  has(binding: Binding): boolean {
    return this.ledger.has(binding)
  }

  /** Returns false if it was not there. */
  unbind(binding: Binding): boolean {
    const held = this.ledger.remove(binding)
    if (held === undefined) return false
    this.unbound(held)
    return true
  }

  /** For a queue or exchange that was deleted: all bindings to it go. Returns them. */
  removeDestination(destination: Destination): readonly Binding[] {
    const removed = this.ledger.removeDestination(destination)
    for (const binding of removed) this.unbound(binding)
    return removed
  }

  bindings(): Iterable<Binding> {
    return this.ledger
  }

  /** Each once, however often it is bound. */
  destinations(): Iterable<Destination> {
    return this.ledger.destinations()
  }

  /** Costs nothing, however many there are. */
  isBoundTo(destination: Destination): boolean {
    return this.ledger.hasAnyTo(destination)
  }

  bindingsTo(destination: Destination): readonly Binding[] {
    return this.ledger.to(destination)
  }

  /** @throws PreconditionFailed if this type of exchange cannot have such a binding */
  validateBinding(_binding: Binding): void {}

  /** What is to be delivered to a destination that was bound just now, the oldest first. */
  history(): readonly PastMessage[] {
    return NO_HISTORY
  }

  /** Adds the destinations bound for this message under all its routing keys: its own, then those of CC and BCC. */
  matchAll(routingKeys: readonly string[], message: RoutedMessage, into: Set<Destination>): void {
    const keys = this.usesRoutingKey ? routingKeys.length : 1
    for (let i = 0; i < keys; i++) this.match(routingKeys[i] as string, message, into)
  }

  /**
   * As `matchAll`, for a message that is only asked about: it leaves nothing behind, it does not wait, and where chance
   * decides, everything is added that it may decide for.
   */
  wouldMatch(routingKeys: readonly string[], message: RoutedMessage, into: Set<Destination>): void {
    this.matchAll(routingKeys, message, into)
  }

  /** Why one of the bindings takes a message, or does not. Changes nothing. */
  abstract why(binding: Binding, routingKeys: readonly string[], message: RoutedMessage): Verdict

  /** What else is to be said of what would become of a message here. Changes nothing. */
  remarks(_message: RoutedMessage): readonly string[] {
    return []
  }

  /** Adds the destinations bound for this message under this one of its routing keys. */
  abstract match(routingKey: string, message: RoutedMessage, into: Set<Destination>): void

  /** A valid binding that was not there before: for the type's index. */
  protected abstract bound(binding: Binding): void

  /** A binding handed to `bound` earlier (that very object) is gone. */
  protected abstract unbound(binding: Binding): void
}
