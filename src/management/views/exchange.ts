/** Exchanges as RabbitMQ's API shows them. */
import type { Vhost } from '../../broker/vhost'
import type { Exchange } from '../../exchanges/exchange'
import { tableView } from './table'

export function exchangeView(vhost: Vhost, exchange: Exchange): object {
  const { name, type, durable, autoDelete, internal } = exchange
  const { policy } = vhost.policies.policiesOf(exchange)
  return {
    name,
    vhost: vhost.name,
    type,
    durable,
    auto_delete: autoDelete,
    internal,
    arguments: tableView(exchange.arguments),
    ...(policy === undefined ? {} : { policy: policy.name }),
  }
}
