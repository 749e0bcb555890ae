/** Virtual hosts as RabbitMQ's API shows them. */
import { isTraced } from '../../broker/events/firehose'
import { NODE_NAME } from '../../broker/names'
import type { Vhost } from '../../broker/vhost'
import type { HistoryQuery } from '../../metrics/history-query'
import type { Statistics } from '../../metrics/statistics'

export function vhostView(vhost: Vhost, statistics: Statistics, query: HistoryQuery): object {
  const { description, tags, defaultQueueType = 'classic', isProtected } = vhost.metadata
  const messageStats = statistics.messageStats(vhost, query)
  let ready = 0
  let unacknowledged = 0
  for (const queue of vhost.queues.values()) {
    ready += queue.messageCount
    unacknowledged += queue.unacknowledgedCount
  }
  return {
    name: vhost.name,
    description,
    tags,
    default_queue_type: defaultQueueType,
    metadata: { description, tags, default_queue_type: defaultQueueType },
    protected_from_deletion: isProtected,
    tracing: isTraced(vhost),
    cluster_state: { [NODE_NAME]: 'running' },
    ...statistics.queueTotals(vhost, query),
    ...statistics.traffic(vhost, query),
    messages: ready + unacknowledged,
    messages_ready: ready,
    messages_unacknowledged: unacknowledged,
    ...(messageStats === undefined ? {} : { message_stats: messageStats }),
  }
}
