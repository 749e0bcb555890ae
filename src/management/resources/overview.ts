/** `/api/overview`: what the whole broker is, does and holds, as far as the user may see it. */

import type { User } from '../../auth/users'
import { NODE_NAME } from '../../broker/names'
import type { Vhost } from '../../broker/vhost'
import { type HistoryQuery, historyQuery } from '../../metrics/history-query'
import { type Endpoint, endpoint } from '../api'
import { historyQueryForm } from '../history-query-form'
import { opens } from '../login'
import type { Management } from '../management'
import { contextsView, exchangeTypesView, listenersView } from '../views/node'
import { type Statistic, summed } from '../views/summed'
import { visibleVhosts } from '../visible'
import { clusterName } from './cluster'

export function overviewEndpoints(management: Management): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/overview',
      who: 'management',
      tag: 'Cluster',
      summary: 'The broker: its version, what it holds, and what the user may know of its listeners',
      gives: {
        rabbitmq_version: '4.2.0',
        product_name: 'RabbitMQ',
        cluster_name: NODE_NAME,
        object_totals: { connections: 2, channels: 2, exchanges: 8, queues: 3, consumers: 1 },
        queue_totals: { messages: 12, messages_ready: 10, messages_unacknowledged: 2 },
        node: NODE_NAME,
      },
      forms: { query: historyQueryForm },
      handle: ({ user, query }) => overview(management, user, historyQuery(query)),
    }),
  ]
}

function overview(management: Management, user: User, query: HistoryQuery): object {
  const { broker, listeners, version, product } = management
  const rabbitmqVersion = broker.compat.announcedVersion
  return {
    management_version: rabbitmqVersion,
    rates_mode: 'basic',
    exchange_types: exchangeTypesView(management),
    product_version: rabbitmqVersion,
    product_name: product,
    rabbitmq_version: rabbitmqVersion,
    leveret_version: version,
    cluster_name: clusterName(broker),
    cluster_tags: {},
    node_tags: {},
    erlang_version: process.versions.node,
    erlang_full_version: `Node.js ${process.version}`,
    disable_stats: false,
    default_queue_type: 'classic',
    is_op_policy_updating_enabled: true,
    enable_queue_totals: false,
    ...totals(management, user, query),
    statistics_db_event_queue: 0,
    ...(opens(user, 'monitoring')
      ? { node: NODE_NAME, listeners: listenersView(listeners()), contexts: contextsView(listeners()) }
      : {}),
  }
}

/** With the tag monitoring of the whole broker, otherwise the sum of the virtual hosts that the user may see. */
function totals(management: Management, user: User, query: HistoryQuery): object {
  const { broker, statistics } = management
  const vhosts = visibleVhosts(broker, user)
  const whole = opens(user, 'monitoring')
  const of = (told: (vhost?: Vhost) => object | undefined): object =>
    whole ? (told() ?? {}) : summed(vhosts.map(vhost => (told(vhost) ?? {}) as Statistic))
  const { queue_totals, ...object_totals } = counted(vhosts)
  return {
    message_stats: of(vhost => statistics.messageStats(vhost, query)),
    ...(whole ? { churn_rates: statistics.churn(query) } : {}),
    queue_totals: { ...of(vhost => statistics.queueTotals(vhost, query)), ...queue_totals },
    ...of(vhost => statistics.traffic(vhost, query)),
    object_totals: { ...connectionTotals(management, whole ? undefined : vhosts), ...object_totals },
  }
}

/** As they are now, not as of the last sampling. */
function counted(vhosts: readonly Vhost[]) {
  let ready = 0
  let unacknowledged = 0
  let consumers = 0
  let queues = 0
  let exchanges = 0
  for (const vhost of vhosts) {
    exchanges += vhost.exchanges.size
    queues += vhost.queues.size - vhost.undeclaredQueueCount
    for (const queue of vhost.queues.values()) {
      ready += queue.messageCount
      unacknowledged += queue.unacknowledgedCount
      consumers += queue.consumers.count
    }
  }
  const messages = ready + unacknowledged
  const queue_totals = { messages, messages_ready: ready, messages_unacknowledged: unacknowledged }
  return { queue_totals, exchanges, queues, consumers }
}

function connectionTotals({ connections }: Management, vhosts: readonly Vhost[] | undefined): object {
  let open = 0
  let channels = 0
  for (const { status } of connections) {
    if (vhosts !== undefined && (status.vhost === undefined || !vhosts.includes(status.vhost))) continue
    open++
    channels += status.channelCount
  }
  return { connections: open, channels }
}
