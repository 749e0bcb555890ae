/** RabbitMQ's metrics of queues, exchanges and virtual hosts, by its families. What only Erlang has is not here. */
import { countersOf, gaugesOf, groupOf, type ObjectMetricOf, talliesOf } from './prometheus-family'
import type { EdgeRow, ExchangeRow, QueueRow, Row } from './snapshot'

const consumers: ObjectMetricOf<QueueRow> = {
  name: 'queue_consumers',
  type: 'gauge',
  help: 'Consumers on a queue',
  of: ({ queue }) => queue.consumers.count,
}

export const queueGroups = [
  groupOf<QueueRow>(
    'queue_coarse_metrics',
    ({ queues }) => queues,
    gaugesOf<QueueRow>([
      [
        'queue_messages_ready',
        'Messages ready to be delivered to consumers',
        ({ queue }) => queue.messageCount,
      ],
      [
        'queue_messages_unacked',
        'Messages delivered to consumers but not yet acknowledged',
        ({ queue }) => queue.unacknowledgedCount,
      ],
      [
        'queue_messages',
        'Sum of ready and unacknowledged messages - total queue depth',
        ({ queue }) => queue.messageCount + queue.unacknowledgedCount,
      ],
    ]),
  ),
  groupOf<QueueRow>('queue_consumer_count', ({ queues }) => queues, [consumers]),
  groupOf<QueueRow>('queue_metrics', ({ queues }) => queues, [
    consumers,
    ...gaugesOf<QueueRow>([
      ['queue_consumer_capacity', 'Consumer capacity', ({ consumerCapacity }) => consumerCapacity],
      ['queue_consumer_utilisation', 'Same as consumer capacity', ({ consumerCapacity }) => consumerCapacity],
      ['queue_messages_ready_bytes', 'Size in bytes of ready messages', ({ queue }) => queue.messageBytes],
    ]),
  ]),
  groupOf<QueueRow>(
    'queue_delivery_metrics',
    ({ queues }) => queues,
    talliesOf<QueueRow>([
      [
        'queue_get_ack_total',
        'Total number of messages fetched from a queue with basic.get in manual acknowledgement mode',
        ({ get }) => get,
      ],
      [
        'queue_get_total',
        'Total number of messages fetched from a queue with basic.get in automatic acknowledgement mode',
        ({ getNoAck }) => getNoAck,
      ],
      [
        'queue_messages_delivered_ack_total',
        'Total number of messages delivered from a queue to consumers in manual acknowledgement mode',
        ({ deliver }) => deliver,
      ],
      [
        'queue_messages_delivered_total',
        'Total number of messages delivered from a queue to consumers in automatic acknowledgement mode',
        ({ deliverNoAck }) => deliverNoAck,
      ],
      [
        'queue_messages_redelivered_total',
        'Total number of messages redelivered from a queue to consumers',
        ({ redeliver }) => redeliver,
      ],
      [
        'queue_messages_acked_total',
        'Total number of messages acknowledged by consumers on a queue',
        ({ ack }) => ack,
      ],
      [
        'queue_get_empty_total',
        'Total number of times basic.get operations fetched no message on a queue',
        ({ getEmpty }) => getEmpty,
      ],
    ]),
  ),
  groupOf<EdgeRow>(
    'queue_exchange_metrics',
    ({ edges }) => edges,
    countersOf<EdgeRow>([
      [
        'queue_exchange_messages_published_total',
        'Total number of messages published into a queue through an exchange',
        ({ count }) => count,
        ({ scraped }) => scraped.broker.counters.routed,
      ],
    ]),
  ),
]

export const exchangeGroups = [
  groupOf<ExchangeRow>(
    'exchange_metrics',
    ({ exchanges }) => exchanges,
    countersOf<ExchangeRow>([
      [
        'exchange_messages_published_total',
        'Total number of messages published into an exchange',
        ({ exchange }) => exchange.tally.publishIn,
        ({ total }) => total.publish,
      ],
      [
        'exchange_messages_unroutable_returned_total',
        'Total number of messages published as mandatory into an exchange and returned to the publisher as unroutable',
        ({ exchange }) => exchange.tally.returnUnroutable,
        ({ total }) => total.returnUnroutable,
      ],
      [
        'exchange_messages_unroutable_dropped_total',
        'Total number of messages published as non-mandatory into an exchange and dropped as unroutable',
        ({ exchange }) => exchange.tally.dropUnroutable,
        ({ total }) => total.dropUnroutable,
      ],
    ]),
  ),
]

/** Only `/metrics/detailed` tells these. */
export const clusterGroups = [
  groupOf<Row>(
    'vhost_status',
    ({ vhosts }) => vhosts.map(({ name }) => ({ labels: { vhost: name } })),
    gaugesOf<Row>([['vhost_status', 'Whether a given vhost is running', () => 1]]),
    'rabbitmq_cluster_',
  ),
  groupOf<ExchangeRow>(
    'exchange_bindings',
    ({ typedExchanges }) => typedExchanges,
    gaugesOf<ExchangeRow>([
      [
        'exchange_bindings',
        'Number of bindings for an exchange. This value is cluster-wide.',
        ({ exchange }) => exchange.bindingCount,
      ],
    ]),
    'rabbitmq_cluster_',
  ),
  groupOf<ExchangeRow>(
    'exchange_names',
    ({ typedExchanges }) => typedExchanges,
    gaugesOf<ExchangeRow>([
      [
        'exchange_name',
        'Enumerates exchanges without any additional info. This value is cluster-wide. A cheaper alternative to `exchange_bindings`',
        () => 1,
      ],
    ]),
    'rabbitmq_cluster_',
  ),
]
