/**
 * The bindings of a virtual host as RabbitMQ lists them: those that are kept, and those of the exchange without a name,
 * to which every queue is bound under its own name.
 */
import type { Vhost } from '../broker/vhost'
import { Binding } from '../exchanges/binding'
import type { Destination } from '../exchanges/destination'
import type { Exchange } from '../exchanges/exchange'
import { DelayQueue } from '../queues/delay-queue'
import { sortedQueues } from './sorted-names'

/** May be read over several turns: of each exchange what there is when its turn comes. */
export function* allBindings(vhost: Vhost): Generator<Binding> {
  for (const exchange of [...vhost.exchanges.values()]) yield* bindingsFrom(vhost, exchange)
}

export function bindingsFrom(vhost: Vhost, source: Exchange): Binding[] {
  if (source.name !== '') return [...source.bindings()]
  return sortedQueues(vhost).flatMap(queue => implied(queue))
}

export function bindingsTo(vhost: Vhost, destination: Destination): Binding[] {
  const sources = [...(vhost.sources.get(destination) ?? [])]
  return [...implied(destination), ...sources.flatMap(source => source.bindingsTo(destination))]
}

export function bindingsBetween(source: Exchange, destination: Destination): readonly Binding[] {
  return source.name === '' ? implied(destination) : source.bindingsTo(destination)
}

function implied(destination: Destination): Binding[] {
  if (destination.kind !== 'queue' || destination instanceof DelayQueue) return []
  return [new Binding('', destination, destination.name, new Map())]
}
