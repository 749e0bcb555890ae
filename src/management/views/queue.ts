/** Queues as RabbitMQ's API shows them. */
import { NODE_NAME } from '../../broker/names'
import type { Vhost } from '../../broker/vhost'
import type { Queue } from '../../queues/queue'
import { tableView } from './table'

export function queueView(vhost: Vhost, queue: Queue): object {
  const { name, definition, messageCount, unacknowledgedCount } = queue
  const { policy, operatorPolicy } = vhost.policies.policiesOf(queue)
  return {
    name,
    vhost: vhost.name,
    type: queue.options.type,
    durable: definition.durable,
    auto_delete: definition.autoDelete,
    exclusive: definition.owner !== undefined,
    arguments: tableView(definition.arguments),
    node: NODE_NAME,
    state: 'running',
    policy: policy?.name ?? null,
    operator_policy: operatorPolicy?.name ?? null,
    effective_policy_definition: vhost.policies.effectiveDefinition(queue) ?? {},
    messages: messageCount + unacknowledgedCount,
    messages_ready: messageCount,
    messages_unacknowledged: unacknowledgedCount,
    message_bytes_ready: queue.messageBytes,
    consumers: queue.consumers.count,
  }
}
