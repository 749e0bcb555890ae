/** RabbitMQ's metrics of the broker as a whole: what came and went, the machine, alarms, global counters, who it is. */
import { NODE_NAME } from '../broker/names'
import type { Resource } from '../broker/resources/alarms'
import { DEATH_REASONS, type DeathStrategy } from '../queues/queue-tally'
import { SIZE_BOUNDS } from '../structures/size-histogram'
import { type Family, numberFamily, type Sample, wholeFamily } from './prometheus-family'
import type { Snapshot, TypeRow } from './snapshot'

const AMQP = { protocol: 'amqp091' }

type Number = readonly [name: string, help: string, value: (snapshot: Snapshot) => number]
type TypeNumber = readonly [name: string, help: string, value: (row: TypeRow) => number]

/** A group that is asked for by name in `/metrics/detailed`; `prefix` as there. */
export interface BrokerGroup {
  readonly family: string
  readonly families: (prefix: string) => readonly Family[]
}

export const brokerGroups: readonly BrokerGroup[] = [
  counterGroup('connection_churn_metrics', [
    ['connections_opened_total', 'Total number of connections opened', s => churn(s).connectionsCreated],
    [
      'connections_closed_total',
      'Total number of connections closed or terminated',
      s => churn(s).connectionsClosed,
    ],
    ['channels_opened_total', 'Total number of channels opened', s => churn(s).channelsCreated],
    ['channels_closed_total', 'Total number of channels closed', s => churn(s).channelsClosed],
    ['queues_declared_total', 'Total number of queues declared', s => churn(s).queuesDeclared],
    ['queues_created_total', 'Total number of queues created', s => churn(s).queuesCreated],
    ['queues_deleted_total', 'Total number of queues deleted', s => churn(s).queuesDeleted],
  ]),
  gaugeGroup('node_coarse_metrics', [
    ['process_open_fds', 'Open file descriptors', ({ node }) => node.fd_used],
    ['process_open_tcp_sockets', 'Open TCP sockets', ({ node }) => node.sockets_used],
    ['process_resident_memory_bytes', 'Memory used in bytes', ({ node }) => node.mem_used],
    ['disk_space_available_bytes', 'Disk space available in bytes', ({ node }) => node.disk_free],
  ]),
  gaugeGroup('node_metrics', [
    ['process_max_fds', 'Open file descriptors limit', ({ node }) => node.fd_total],
    ['resident_memory_limit_bytes', 'Memory high watermark in bytes', ({ node }) => node.mem_limit],
    [
      'disk_space_available_limit_bytes',
      'Free disk space low watermark in bytes',
      ({ node }) => node.disk_free_limit,
    ],
    ['erlang_uptime_seconds', 'Node uptime', ({ node }) => node.uptime / 1000],
  ]),
  {
    family: 'auth_attempt_metrics',
    families: prefix => [
      loginFamily(prefix, 'auth_attempts_total', 'Total number of authorization attempts', 'attempts'),
      loginFamily(
        prefix,
        'auth_attempts_succeeded_total',
        'Total number of successful authentication attempts',
        'succeeded',
      ),
      loginFamily(
        prefix,
        'auth_attempts_failed_total',
        'Total number of failed authentication attempts',
        'failed',
      ),
    ],
  },
]

/** How many there are now. */
export const totalFamilies: readonly Family[] = [
  numberFamily('rabbitmq_connections', 'gauge', 'Connections currently open', s => s.connections.length),
  numberFamily('rabbitmq_channels', 'gauge', 'Channels currently open', s => s.channels.length),
  numberFamily('rabbitmq_consumers', 'gauge', 'Consumers currently connected', consumerCount),
  numberFamily('rabbitmq_queues', 'gauge', 'Queues available', s => s.queues.length),
]

export const alarmFamilies: readonly Family[] = [
  alarmFamily('file_descriptor_limit', 'file descriptor limit'),
  alarmFamily('free_disk_space_watermark', 'free disk space watermark', 'disk'),
  alarmFamily('memory_used_watermark', 'VM memory watermark', 'memory'),
]

const GLOBAL: readonly Number[] = [
  [
    'messages_confirmed_total',
    'Total number of messages confirmed to publishers',
    ({ total }) => total.confirm,
  ],
  [
    'messages_received_confirm_total',
    'Total number of messages received from publishers expecting confirmations',
    ({ total }) => total.toConfirm,
  ],
  [
    'messages_received_total',
    'Total number of messages received from publishers',
    ({ total }) => total.publish,
  ],
  [
    'messages_routed_total',
    'Total number of messages routed to queues or streams',
    ({ scraped }) => scraped.broker.counters.routed,
  ],
  [
    'messages_unroutable_dropped_total',
    'Total number of messages published as non-mandatory into an exchange and dropped as unroutable',
    ({ total }) => total.dropUnroutable,
  ],
  [
    'messages_unroutable_returned_total',
    'Total number of messages published as mandatory into an exchange and returned to the publisher as unroutable',
    ({ total }) => total.returnUnroutable,
  ],
]

const GLOBAL_BY_TYPE: readonly TypeNumber[] = [
  [
    'messages_acknowledged_total',
    'Total number of messages acknowledged by consumers',
    ({ tally }) => tally.ack,
  ],
  [
    'messages_delivered_consume_auto_ack_total',
    'Total number of messages delivered to consumers using basic.consume with automatic acknowledgment',
    ({ tally }) => tally.deliverNoAck,
  ],
  [
    'messages_delivered_consume_manual_ack_total',
    'Total number of messages delivered to consumers using basic.consume with manual acknowledgment',
    ({ tally }) => tally.deliver,
  ],
  [
    'messages_delivered_get_auto_ack_total',
    'Total number of messages delivered to consumers using basic.get with automatic acknowledgment',
    ({ tally }) => tally.getNoAck,
  ],
  [
    'messages_delivered_get_manual_ack_total',
    'Total number of messages delivered to consumers using basic.get with manual acknowledgment',
    ({ tally }) => tally.get,
  ],
  [
    'messages_delivered_total',
    'Total number of messages delivered to consumers',
    ({ tally }) => tally.deliverGet,
  ],
  [
    'messages_get_empty_total',
    'Total number of times basic.get operations fetched no message',
    ({ tally }) => tally.getEmpty,
  ],
  [
    'messages_redelivered_total',
    'Total number of messages redelivered to consumers',
    ({ tally }) => tally.redeliver,
  ],
]

const DEATHS = {
  delivery_limit: 'delivery-limit exceeded',
  expired: 'message TTL exceeded',
  maxlen: 'overflow drop-head or reject-publish-dlx',
  rejected: 'basic.reject or basic.nack',
} as const

export const globalFamilies: readonly Family[] = [
  numberFamily('rabbitmq_global_consumers', 'gauge', 'Current number of consumers', consumerCount, AMQP),
  numberFamily(
    'rabbitmq_global_publishers',
    'gauge',
    'Current number of publishers',
    ({ channels }) => channels.filter(({ tally }) => tally.publish > 0).length,
    AMQP,
  ),
  ...GLOBAL.map(([name, help, value]) =>
    numberFamily(`rabbitmq_global_${name}`, 'counter', help, value, AMQP),
  ),
  ...GLOBAL_BY_TYPE.map(([name, help, value]) =>
    wholeFamily(`rabbitmq_global_${name}`, 'counter', help, ({ types }) =>
      types.map(row => ({ labels: row.labels, value: value(row) })),
    ),
  ),
  ...DEATH_REASONS.map(reason =>
    wholeFamily(
      `rabbitmq_global_messages_dead_lettered_${reason}_total`,
      'counter',
      `Total number of messages dead-lettered due to ${DEATHS[reason]}`,
      ({ types }) => types.flatMap(row => deathSamples(row, reason)),
    ),
  ),
  wholeFamily('rabbitmq_message_size_bytes', 'histogram', 'Size of messages received from publishers', sizes),
]

export interface NodeIdentity {
  /** RabbitMQ's version whose behaviour is announced. */
  readonly rabbitmqVersion: string
  readonly productName: string
  readonly productVersion: string
  /** The same after each restart. */
  readonly clusterId: string
}

export function identityFamilies(identity: NodeIdentity, endpoint: string): readonly Family[] {
  const build = {
    rabbitmq_version: identity.rabbitmqVersion,
    prometheus_plugin_version: identity.productVersion,
    prometheus_client_version: identity.productVersion,
    erlang_version: process.versions.node,
    product_name: identity.productName,
    product_version: identity.productVersion,
  }
  const node = {
    rabbitmq_node: NODE_NAME,
    rabbitmq_cluster: NODE_NAME,
    rabbitmq_cluster_permanent_id: identity.clusterId,
    rabbitmq_endpoint: endpoint,
  }
  return [
    numberFamily('rabbitmq_build_info', 'untyped', 'RabbitMQ & Erlang/OTP version info', () => 1, build),
    numberFamily('rabbitmq_identity_info', 'untyped', 'RabbitMQ node & cluster identity info', () => 1, node),
  ]
}

function churn({ scraped }: Snapshot) {
  return scraped.broker.counters.churn
}

function consumerCount({ channels }: Snapshot): number {
  return channels.reduce((count, { channel }) => count + channel.consumerCount, 0)
}

function counterGroup(family: string, numbers: readonly Number[]): BrokerGroup {
  return {
    family,
    families: prefix =>
      numbers.map(([name, help, value]) => numberFamily(prefix + name, 'counter', help, value)),
  }
}

function gaugeGroup(family: string, numbers: readonly Number[]): BrokerGroup {
  return {
    family,
    families: prefix =>
      numbers.map(([name, help, value]) => numberFamily(prefix + name, 'gauge', help, value)),
  }
}

function loginFamily(
  prefix: string,
  name: string,
  help: string,
  which: 'attempts' | 'succeeded' | 'failed',
): Family {
  return wholeFamily(prefix + name, 'counter', help, ({ scraped }) =>
    [...scraped.broker.logins.attempts].map(([protocol, counts]) => ({
      labels: { protocol },
      value: counts[which],
    })),
  )
}

/** `resource`: undefined: never short. */
function alarmFamily(name: string, what: string, resource?: Resource): Family {
  return numberFamily(
    `rabbitmq_alarms_${name}`,
    'untyped',
    `is 1 if ${what} alarm is in effect`,
    ({ scraped }) => (resource !== undefined && scraped.broker.alarms.isShort(resource) ? 1 : 0),
  )
}

function deathSamples(row: TypeRow, reason: (typeof DEATH_REASONS)[number]): readonly Sample[] {
  const strategies: readonly DeathStrategy[] = ['at_least_once', 'at_most_once', 'disabled']
  return strategies.map(strategy => ({
    labels: { queue_type: `rabbit_${row.type}_queue`, dead_letter_strategy: strategy },
    value: row.deaths.of(reason, strategy),
  }))
}

function sizes({ scraped }: Snapshot): readonly Sample[] {
  const { counts, sum } = scraped.broker.counters.messageSizes
  const samples: Sample[] = []
  let upTo = 0
  for (let bucket = 0; bucket < counts.length; bucket++) {
    upTo += counts[bucket]!
    const le = String(SIZE_BOUNDS[bucket] ?? '+Inf')
    samples.push({ labels: { ...AMQP, le }, value: upTo, suffix: '_bucket' })
  }
  return [
    ...samples,
    { labels: AMQP, value: upTo, suffix: '_count' },
    { labels: AMQP, value: sum, suffix: '_sum' },
  ]
}
