/** The options that limit what clients may ask for: a part of the table in options.ts. */
import type { OptionSpec } from './option-spec'

/** None unless told otherwise. */
const UNLIMITED = {
  type: 'integer',
  group: 'AMQP limits',
  default: 0,
  min: 0,
  zero: 'no limit',
} as const

export const limitOptionTable = {
  heartbeat: {
    type: 'integer',
    group: 'AMQP limits',
    default: 60,
    min: 0,
    max: 65535,
    unit: 's',
    zero: 'off',
    description: 'Heartbeat interval proposed to clients.',
  },
  frameMax: {
    type: 'integer',
    group: 'AMQP limits',
    default: 131072,
    min: 4096,
    max: 16777216,
    unit: 'bytes',
    description: 'Largest frame; clients may negotiate it down.',
  },
  channelMax: {
    type: 'integer',
    group: 'AMQP limits',
    default: 2047,
    min: 1,
    max: 65535,
    description:
      'Channels per connection; clients may negotiate it down (RabbitMQ: max_channels_per_connection, or channel_max).',
  },
  consumersMax: {
    ...UNLIMITED,
    max: 1000000,
    description: 'Consumers per channel (RabbitMQ: consumer_max_per_channel).',
  },
  consumerTimeout: {
    type: 'integer',
    group: 'AMQP limits',
    default: 1800000,
    min: 0,
    max: 4294967295,
    unit: 'ms',
    zero: 'off',
    description:
      'How long a delivery may wait for its acknowledgement. After that the channel is closed; with compat 4.3 the consumer is cancelled, for quorum queues only. Queues and consumers may set their own with the argument x-consumer-timeout.',
  },
  maxMessageSize: {
    type: 'integer',
    group: 'AMQP limits',
    default: 16777216,
    min: 1,
    max: 536870912,
    unit: 'bytes',
    description: 'Largest message body; a larger one closes the channel (RabbitMQ: max_message_size).',
  },
  handshakesMax: {
    type: 'integer',
    group: 'AMQP limits',
    default: 10000,
    min: 0,
    max: 10000000,
    zero: 'no limit',
    description:
      'Connections that are not open yet, and as many in their TLS handshake: one more, and the one that has been there for the longest is dropped.',
  },
  connectionsMax: {
    ...UNLIMITED,
    max: 10000000,
    description: 'Open AMQP connections of the broker (RabbitMQ: max_connections, or connection_max).',
  },
  channelsMax: {
    ...UNLIMITED,
    max: 100000000,
    description: 'Open channels of all connections together (RabbitMQ: channel_max_per_node).',
  },
  vhostsMax: {
    ...UNLIMITED,
    max: 10000000,
    description: 'Virtual hosts (RabbitMQ: vhost_max).',
  },
  queuesMax: {
    ...UNLIMITED,
    max: 100000000,
    description:
      'Queues of all virtual hosts together (RabbitMQ: cluster_queue_limit). Each virtual host can have its own max-queues besides.',
  },
  exchangesMax: {
    ...UNLIMITED,
    max: 100000000,
    description:
      'Exchanges of all virtual hosts together, the predeclared ones included, of which each virtual host has seven (RabbitMQ: cluster_exchange_limit).',
  },
} as const satisfies Record<string, OptionSpec>
