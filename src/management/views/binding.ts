/** Bindings as RabbitMQ's API shows them. */
import type { Binding } from '../../exchanges/binding'
import { tableView } from './table'

export interface BindingView {
  readonly source: string
  readonly vhost: string
  readonly destination: string
  readonly destination_type: 'queue' | 'exchange'
  readonly routing_key: string
  readonly arguments: object
  readonly properties_key: string
}

export function bindingView(vhost: string, binding: Binding): BindingView {
  const { source, destination, routingKey } = binding
  return {
    source,
    vhost,
    destination: destination.name,
    destination_type: destination.kind,
    routing_key: routingKey,
    arguments: tableView(binding.arguments),
    properties_key: binding.propertiesKey,
  }
}
