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

export class ModulusHashExchange extends Exchange {
  override readonly type = 'x-modulus-hash'
  /** One for each binding, in order; undefined: bindings changed since. */
  private destinations: readonly Destination[] | undefined

  override matchAll(routingKeys: readonly string[], _message: RoutedMessage, into: Set<Destination>): void {
    this.destinations ??= Array.from(this.bindings(), binding => binding.destination).sort(inOrder)
    const count = this.destinations.length
    if (count === 0) return
    let hash = 0
    for (const key of routingKeys) hash = hashBinary(hash, Buffer.from(key))
    into.add(this.destinations[phash2(hashNil(hash)) % count] as Destination)
  }

  override match(routingKey: string, message: RoutedMessage, into: Set<Destination>): void {
    this.matchAll([routingKey], message, into)
  }

  protected override bound(_binding: Binding): void {
    this.destinations = undefined
  }

  protected override unbound(_binding: Binding): void {
    this.destinations = undefined
  }
}

/** Erlang's order: by kind, then by the octets of the name. */
function inOrder(a: Destination, b: Destination): number {
  if (a.kind !== b.kind) return a.kind === 'exchange' ? -1 : 1
  return Buffer.compare(Buffer.from(a.name), Buffer.from(b.name))
}
