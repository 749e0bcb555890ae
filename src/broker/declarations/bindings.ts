/** Binding and unbinding, and what goes when a last binding goes. */
import type { FieldTable } from '../../amqp/table'
import { Binding } from '../../exchanges/binding'
import type { Destination } from '../../exchanges/destination'
import type { Exchange } from '../../exchanges/exchange'
import { removeDelayQueue } from '../delay-queues'
import type { Vhost } from '../vhost'
import { PastDelivery } from './past-delivery'

/**
 * Binding again what is bound changes nothing. A new binding is given the history of its exchange. Returns whether there
 * was any: who binds has then published, as far as back-pressure goes.
 */
export function bind(
  vhost: Vhost,
  source: Exchange,
  destination: Destination,
  routingKey: string,
  args: FieldTable,
): boolean {
  const binding = new Binding(source.name, destination, routingKey, args)
  if (!attach(vhost, source, binding)) return false
  vhost.log.bound(source, binding)
  const history = source.history()
  if (history.length === 0) return false
  new PastDelivery(vhost, destination, history).runTurn()
  return true
}

/** Binds without telling the store. False: it was bound already. */
export function attach(vhost: Vhost, source: Exchange, binding: Binding): boolean {
  if (!source.bind(binding)) return false
  let sources = vhost.sources.get(binding.destination)
  if (sources === undefined) {
    sources = new Set()
    vhost.sources.set(binding.destination, sources)
  }
  sources.add(source)
  vhost.routingRevision++
  return true
}

/** Unbinding what is not bound changes nothing, and nobody is asked to `permit` it. */
export function unbind(
  vhost: Vhost,
  source: Exchange,
  destination: Destination,
  routingKey: string,
  args: FieldTable,
  permit: () => void = () => {},
): void {
  const binding = new Binding(source.name, destination, routingKey, args)
  if (source.has(binding)) permit()
  if (!source.unbind(binding)) return
  vhost.log.unbound(source, [binding])
  if (!source.isBoundTo(destination)) forgetSource(vhost, source, destination)
  vhost.routingRevision++
  if (isUnused(vhost, source)) removeExchange(vhost, source)
}

/**
 * Takes an exchange and every binding from and to it out of the vhost, and with it the auto-delete exchanges that had no
 * other: a work list, for the peer decides how long such a chain is.
 */
export function removeExchange(vhost: Vhost, exchange: Exchange): void {
  const leaving = [exchange]
  for (const next of leaving) {
    vhost.exchanges.delete(next.name)
    vhost.log.exchangeGone(next)
    removeDelayQueue(vhost, next)
    vhost.log.unbound(next, next.bindings())
    // Not binding by binding: a million of them go at once.
    for (const destination of next.destinations()) forgetSource(vhost, next, destination)
    takeBindingsTo(vhost, next, leaving)
  }
  vhost.routingRevision++
}

/** A queue or exchange goes: so do the bindings to it, and the auto-delete exchanges that had no other. */
export function removeBindingsTo(vhost: Vhost, destination: Destination): void {
  const unused: Exchange[] = []
  takeBindingsTo(vhost, destination, unused)
  for (const exchange of unused) removeExchange(vhost, exchange)
}

function takeBindingsTo(vhost: Vhost, destination: Destination, unused: Exchange[]): void {
  const sources = vhost.sources.get(destination)
  vhost.sources.delete(destination)
  if (sources === undefined) return
  for (const source of sources) {
    vhost.log.unbound(source, source.removeDestination(destination))
    if (isUnused(vhost, source)) unused.push(source)
  }
}

function forgetSource(vhost: Vhost, source: Exchange, destination: Destination): void {
  const sources = vhost.sources.get(destination)
  sources?.delete(source)
  if (sources?.size === 0) vhost.sources.delete(destination)
}

/** amqp: exchange.declare, field auto-delete (RabbitMQ): gone with the last binding *from* it. */
function isUnused(vhost: Vhost, exchange: Exchange): boolean {
  if (!exchange.autoDelete || !exchange.everBound || exchange.bindingCount > 0) return false
  return vhost.exchanges.get(exchange.name) === exchange
}
