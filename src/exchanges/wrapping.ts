/**
 * An exchange that decides something about a message before another, of any type, says where it goes. The two share name
 * and declaration, and only the outer one is known to anybody else; both hold every binding.
 */
import type { Binding } from './binding'
import type { Destination } from './destination'
import { Exchange, type ExchangeDeclaration, type PastMessage } from './exchange'
import type { RoutedMessage } from './routed-message'
import type { Verdict } from './verdict'

export abstract class WrappingExchange extends Exchange {
  override readonly routesByKeyAlone = false

  constructor(
    declaration: ExchangeDeclaration,
    private readonly wrapped: Exchange,
  ) {
    super(declaration)
  }

  /** The one inside. Policies are only applied to the outer one. */
  get inner(): Exchange {
    this.wrapped.policyAlternateExchange = this.policyAlternateExchange
    return this.wrapped
  }

  override get visits(): number {
    return this.wrapped.visits
  }

  override get isChangedByMessages(): boolean {
    return this.wrapped.isChangedByMessages
  }

  override validateBinding(binding: Binding): void {
    this.wrapped.validateBinding(binding)
  }

  override history(): readonly PastMessage[] {
    return this.wrapped.history()
  }

  override match(routingKey: string, message: RoutedMessage, into: Set<Destination>): void {
    this.matchAll([routingKey], message, into)
  }

  override get isByChance(): boolean {
    return this.wrapped.isByChance
  }

  override wouldMatch(routingKeys: readonly string[], message: RoutedMessage, into: Set<Destination>): void {
    this.inner.wouldMatch(routingKeys, message, into)
  }

  override why(binding: Binding, routingKeys: readonly string[], message: RoutedMessage): Verdict {
    return this.inner.why(binding, routingKeys, message)
  }

  override remarks(message: RoutedMessage): readonly string[] {
    return this.wrapped.remarks(message)
  }

  protected override bound(binding: Binding): void {
    this.wrapped.bind(binding)
  }

  protected override unbound(binding: Binding): void {
    this.wrapped.unbind(binding)
  }
}
