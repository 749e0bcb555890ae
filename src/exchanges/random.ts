/**
 * A random exchange: every message goes to one of the bindings, each as likely as any other (a destination bound twice
 * is twice as likely). Keys mean nothing.
 */
import type { Binding } from './binding'
import type { Destination } from './destination'
import { Exchange } from './exchange'
import type { RoutedMessage } from './routed-message'
import { taken, type Verdict } from './verdict'

export class RandomExchange extends Exchange {
  override readonly type: string = 'x-random'
  override readonly usesRoutingKey = false
  override readonly routesByKeyAlone = false
  /** In no order: the last one takes the place of one that goes. */
  private readonly drawn: Binding[] = []
  private readonly places = new Map<Binding, number>()

  override match(_routingKey: string, _message: RoutedMessage, into: Set<Destination>): void {
    const binding = this.drawn[Math.floor(Math.random() * this.drawn.length)]
    if (binding !== undefined) into.add(binding.destination)
  }

  override get isByChance(): boolean {
    return this.drawn.length > 1
  }

  override wouldMatch(_keys: readonly string[], _message: RoutedMessage, into: Set<Destination>): void {
    this.ledger.addDestinationsTo(into)
  }

  override why(): Verdict {
    const count = this.drawn.length
    if (count === 1) return taken('it is the only binding of a random exchange')
    return taken(`it may be this one: for each message one of the ${count} bindings is drawn at random`)
  }

  protected override bound(binding: Binding): void {
    this.places.set(binding, this.drawn.length)
    this.drawn.push(binding)
  }

  protected override unbound(binding: Binding): void {
    const place = this.places.get(binding)
    const last = this.drawn.pop()
    this.places.delete(binding)
    if (place === undefined || last === undefined || last === binding) return
    this.drawn[place] = last
    this.places.set(last, place)
  }
}
