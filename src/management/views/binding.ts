/** Bindings as RabbitMQ's API shows them. */

import { tableAsJson } from '../../amqp/json-table'
import type { Binding } from '../../exchanges/binding'

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
    arguments: tableAsJson(binding.arguments),
    properties_key: binding.propertiesKey,
  }
}
