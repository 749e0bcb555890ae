/**
 * A headers exchange: a binding's arguments are a condition on the message's headers; keys mean nothing here. Every
 * condition is tried for every message, so a message costs as much as there are bindings; the headers are decoded once.
 */
import type { Binding } from './binding'
import type { Destination } from './destination'
import { Exchange } from './exchange'
import { compileCondition, type HeadersCondition } from './headers-match'
import type { RoutedMessage } from './routed-message'
import type { Verdict } from './verdict'

interface ConditionalDestination {
  readonly condition: HeadersCondition
  readonly destination: Destination
}

export class HeadersExchange extends Exchange {
  override readonly type = 'headers'
  override readonly routesByKeyAlone = false
  override readonly usesRoutingKey = false
  private readonly conditions = new Map<Binding, ConditionalDestination>()

  override validateBinding(binding: Binding): void {
    compileCondition(binding.arguments)
  }

  override match(_routingKey: string, message: RoutedMessage, into: Set<Destination>): void {
    if (this.conditions.size === 0) return
    const headers = message.headers()
    for (const { condition, destination } of this.conditions.values()) {
      if (!into.has(destination) && condition.holds(headers)) into.add(destination)
    }
  }

  override why(binding: Binding, _routingKeys: readonly string[], message: RoutedMessage): Verdict {
    return compileCondition(binding.arguments).why(message.headers())
  }

  protected override bound(binding: Binding): void {
    const condition = compileCondition(binding.arguments)
    this.conditions.set(binding, { condition, destination: binding.destination })
  }

  protected override unbound(binding: Binding): void {
    this.conditions.delete(binding)
  }
}
