/**
 * A headers exchange: a binding's arguments are a condition on the message's headers; keys mean nothing here. The headers
 * are decoded once, and the conditions found by them.
 */
import type { Binding } from './binding'
import type { Destination } from './destination'
import { Exchange } from './exchange'
import { HeadersIndex } from './headers-index'
import { compileCondition } from './headers-match'
import type { RoutedMessage } from './routed-message'
import type { Verdict } from './verdict'

export class HeadersExchange extends Exchange {
  override readonly type = 'headers'
  override readonly routesByKeyAlone = false
  override readonly usesRoutingKey = false
  private readonly conditions = new HeadersIndex()

  override get visits(): number {
    return this.conditions.visits
  }

  override validateBinding(binding: Binding): void {
    compileCondition(binding.arguments)
  }

  override match(_routingKey: string, message: RoutedMessage, into: Set<Destination>): void {
    if (!this.conditions.isEmpty) this.conditions.match(message.headers(), into)
  }

  override why(binding: Binding, _routingKeys: readonly string[], message: RoutedMessage): Verdict {
    return compileCondition(binding.arguments).why(message.headers())
  }

  protected override bound(binding: Binding): void {
    this.conditions.insert(binding, compileCondition(binding.arguments))
  }

  protected override unbound(binding: Binding): void {
    this.conditions.remove(binding)
  }
}
