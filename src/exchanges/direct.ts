/** A direct exchange: a binding matches when its key is the message's key. Arguments of bindings mean nothing here. */
import type { Binding } from './binding'
import type { Destination } from './destination'
import { Exchange } from './exchange'
import type { RoutedMessage } from './routed-message'
import { keysText, passedOver, quoted, taken, type Verdict } from './verdict'

export class DirectExchange extends Exchange {
  override readonly type = 'direct'
  private readonly byKey = new Map<string, Set<Binding>>()

  override match(routingKey: string, _message: RoutedMessage, into: Set<Destination>): void {
    const bindings = this.byKey.get(routingKey)
    if (bindings === undefined) return
    for (const binding of bindings) into.add(binding.destination)
  }

  override why({ routingKey }: Binding, routingKeys: readonly string[]): Verdict {
    if (routingKeys.includes(routingKey)) return taken(`routing key ${quoted(routingKey)} is the binding's`)
    const none = routingKeys.length === 1 ? 'is not' : 'are not'
    return passedOver(`${keysText(routingKeys)} ${none} ${quoted(routingKey)}`)
  }

  protected override bound(binding: Binding): void {
    const bindings = this.byKey.get(binding.routingKey)
    if (bindings === undefined) this.byKey.set(binding.routingKey, new Set([binding]))
    else bindings.add(binding)
  }

  protected override unbound(binding: Binding): void {
    const bindings = this.byKey.get(binding.routingKey)
    if (bindings?.delete(binding) && bindings.size === 0) this.byKey.delete(binding.routingKey)
  }
}
