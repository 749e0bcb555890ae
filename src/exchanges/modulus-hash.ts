/**
 * A modulus hash exchange: a message goes to one binding, by the hash of its routing keys modulo the number of bindings;
 * binding keys mean nothing. The bindings are counted in the order of their destinations' names, exchanges before
 * queues, as RabbitMQ 4.3 does, so a restart changes nothing; a binding more or less moves nearly everything.
 */
import type { Binding } from './binding'
import type { Destination } from './destination'
import { Exchange } from './exchange'
import { hashBinary, hashNil, phash2 } from './phash2'
import type { RoutedMessage } from './routed-message'
import { keysText, passedOver, taken, type Verdict } from './verdict'

export class ModulusHashExchange extends Exchange {
  override readonly type = 'x-modulus-hash'
  /** Undefined: nobody asked yet. */
  private ordered: Binding[] | undefined

  override matchAll(routingKeys: readonly string[], _message: RoutedMessage, into: Set<Destination>): void {
    const chosen = this.chosen(routingKeys)
    if (chosen !== undefined) into.add(chosen.destination)
  }

  override why(binding: Binding, routingKeys: readonly string[]): Verdict {
    const chosen = this.chosen(routingKeys)
    const { length = 0 } = this.ordered ?? []
    const place = chosen === undefined ? 0 : (this.ordered?.indexOf(chosen) ?? 0)
    const why = `${keysText(routingKeys)} by its hash is for binding ${place + 1} of ${length}`
    if (chosen === binding) return taken(`${why}, which is this one`)
    return passedOver(`${why}, which is another one`)
  }

  override match(routingKey: string, message: RoutedMessage, into: Set<Destination>): void {
    this.matchAll([routingKey], message, into)
  }

  protected override bound(binding: Binding): void {
    this.ordered?.splice(placeIn(this.ordered, binding.destination), 0, binding)
  }

  protected override unbound(binding: Binding): void {
    const { ordered } = this
    if (ordered === undefined) return
    // Others of the same destination may come before it.
    ordered.splice(ordered.indexOf(binding, placeIn(ordered, binding.destination)), 1)
  }

  private chosen(routingKeys: readonly string[]): Binding | undefined {
    this.ordered ??= [...this.bindings()].sort((a, b) => inOrder(a.destination, b.destination))
    const count = this.ordered.length
    if (count === 0) return undefined
    let hash = 0
    for (const key of routingKeys) hash = hashBinary(hash, Buffer.from(key))
    return this.ordered[phash2(hashNil(hash)) % count]
  }
}

/** Of the first that does not come before it. */
function placeIn(ordered: readonly Binding[], destination: Destination): number {
  let low = 0
  let high = ordered.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (inOrder(ordered[middle]!.destination, destination) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** Erlang's order: by kind, then by the octets of the name. */
function inOrder(a: Destination, b: Destination): number {
  if (a.kind !== b.kind) return a.kind === 'exchange' ? -1 : 1
  return Buffer.compare(Buffer.from(a.name), Buffer.from(b.name))
}
