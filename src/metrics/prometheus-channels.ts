/** RabbitMQ's metrics of channels and connections, by its families. What only Erlang has is not here. */
import { countersOf, gaugesOf, groupOf, talliesOf } from './prometheus-family'
import type { ChannelRow, ConnectionRow } from './snapshot'

export const channelGroups = [
  groupOf<ChannelRow>(
    'channel_metrics',
    ({ channels }) => channels,
    gaugesOf<ChannelRow>([
      ['channel_consumers', 'Consumers on a channel', ({ channel }) => channel.consumerCount],
      [
        'channel_messages_unacked',
        'Delivered but not yet acknowledged messages',
        ({ channel }) => channel.unackedCount,
      ],
      [
        'channel_messages_unconfirmed',
        'Published but not yet confirmed messages',
        ({ channel }) => channel.unconfirmed,
      ],
      [
        'channel_messages_uncommitted',
        'Messages received in a transaction but not yet committed',
        ({ channel }) => channel.uncommitted,
      ],
      [
        'channel_acks_uncommitted',
        'Message acknowledgements in a transaction not yet committed',
        ({ channel }) => channel.acksUncommitted,
      ],
      [
        'consumer_prefetch',
        'Limit of unacknowledged messages for each consumer',
        ({ channel }) => channel.prefetchCount,
      ],
      [
        'channel_prefetch',
        'Total limit of unacknowledged messages for all consumers on a channel',
        ({ channel }) => channel.globalPrefetchCount,
      ],
    ]),
  ),
  groupOf<ChannelRow>(
    'channel_exchange_metrics',
    ({ channels }) => channels,
    talliesOf<ChannelRow>([
      [
        'channel_messages_published_total',
        'Total number of messages published into an exchange on a channel',
        ({ publish }) => publish,
      ],
      [
        'channel_messages_confirmed_total',
        'Total number of messages published into an exchange and confirmed on the channel',
        ({ confirm }) => confirm,
      ],
      [
        'channel_messages_unroutable_returned_total',
        'Total number of messages published as mandatory into an exchange and returned to the publisher as unroutable',
        ({ returnUnroutable }) => returnUnroutable,
      ],
      [
        'channel_messages_unroutable_dropped_total',
        'Total number of messages published as non-mandatory into an exchange and dropped as unroutable',
        ({ dropUnroutable }) => dropUnroutable,
      ],
    ]),
  ),
  groupOf<ChannelRow>(
    'channel_queue_metrics',
    ({ channels }) => channels,
    talliesOf<ChannelRow>([
      [
        'channel_get_ack_total',
        'Total number of messages fetched with basic.get in manual acknowledgement mode',
        ({ get }) => get,
      ],
      [
        'channel_get_total',
        'Total number of messages fetched with basic.get in automatic acknowledgement mode',
        ({ getNoAck }) => getNoAck,
      ],
      [
        'channel_messages_delivered_ack_total',
        'Total number of messages delivered to consumers in manual acknowledgement mode',
        ({ deliver }) => deliver,
      ],
      [
        'channel_messages_delivered_total',
        'Total number of messages delivered to consumers in automatic acknowledgement mode',
        ({ deliverNoAck }) => deliverNoAck,
      ],
      [
        'channel_messages_redelivered_total',
        'Total number of messages redelivered to consumers',
        ({ redeliver }) => redeliver,
      ],
      [
        'channel_messages_acked_total',
        'Total number of messages acknowledged by consumers',
        ({ ack }) => ack,
      ],
      [
        'channel_get_empty_total',
        'Total number of times basic.get operations fetched no message',
        ({ getEmpty }) => getEmpty,
      ],
    ]),
  ),
]

export const connectionGroups = [
  groupOf<ConnectionRow>(
    'connection_coarse_metrics',
    ({ connections }) => connections,
    countersOf<ConnectionRow>([
      [
        'connection_incoming_bytes_total',
        'Total number of bytes received on a connection',
        ({ connection }) => connection.bytesReceived,
        ({ traffic }) => traffic.bytesReceived,
      ],
      [
        'connection_outgoing_bytes_total',
        'Total number of bytes sent on a connection',
        ({ connection }) => connection.bytesSent,
        ({ traffic }) => traffic.bytesSent,
      ],
    ]),
  ),
  groupOf<ConnectionRow>('connection_metrics', ({ connections }) => connections, [
    ...countersOf<ConnectionRow>([
      [
        'connection_incoming_packets_total',
        'Total number of packets received on a connection',
        ({ connection }) => connection.chunksReceived,
        ({ traffic }) => traffic.chunksReceived,
      ],
      [
        'connection_outgoing_packets_total',
        'Total number of packets sent on a connection',
        ({ connection }) => connection.chunksSent,
        ({ traffic }) => traffic.chunksSent,
      ],
    ]),
    ...gaugesOf<ConnectionRow>([
      ['connection_channels', 'Channels on a connection', ({ connection }) => connection.channelCount],
    ]),
  ]),
]
