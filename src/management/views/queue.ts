/** Queues as RabbitMQ's API shows them. */
import { toPlain } from '../../amqp/table'
import { NODE_NAME } from '../../broker/names'
import type { Vhost } from '../../broker/vhost'
import type { Queue } from '../../queues/queue'

export function queueView(vhost: Vhost, queue: Queue): object {
  const { name, definition, messageCount, unacknowledgedCount } = queue
  return {
    name,
    vhost: vhost.name,
    type: queue.options.type,
    durable: definition.durable,
    auto_delete: definition.autoDelete,
    exclusive: definition.owner !== undefined,
    arguments: toPlain(definition.arguments),
    node: NODE_NAME,
    state: 'running',
    messages: messageCount + unacknowledgedCount,
    messages_ready: messageCount,
    messages_unacknowledged: unacknowledgedCount,
    consumers: queue.consumers.count,
  }
}
