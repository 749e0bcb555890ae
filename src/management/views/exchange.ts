/** Exchanges as RabbitMQ's API shows them. */

import { tableAsJson } from '../../amqp/json-table'
import type { Vhost } from '../../broker/vhost'
import type { Exchange } from '../../exchanges/exchange'
import type { ViewContext } from './view-context'

/** Without a context no statistics. */
export function exchangeView(vhost: Vhost, exchange: Exchange, context?: ViewContext): object {
  const { name, type, durable, autoDelete, internal } = exchange
  const { policy } = vhost.policies.policiesOf(exchange)
  const stats = context?.statistics.messageStats(exchange, context.history)
  return {
    name,
    vhost: vhost.name,
    type,
    durable,
    auto_delete: autoDelete,
    internal,
    arguments: tableAsJson(exchange.arguments),
    ...(policy === undefined ? {} : { policy: policy.name }),
    ...(stats === undefined ? {} : { message_stats: stats }),
  }
}
