/** Consumers as RabbitMQ's API shows them. */

import { tableAsJson } from '../../amqp/json-table'
import { NODE_NAME } from '../../broker/names'
import { ChannelConsumer } from '../../channel/channel-consumer'
import type { Queue } from '../../queues/queue'

export function consumerView(consumer: ChannelConsumer): object {
  const { tag, exclusive, noAck, limit, ackTimeoutMs, isActive, number, session, queue } = consumer
  const connection = session.identity()
  return {
    consumer_tag: tag,
    ack_required: !noAck,
    exclusive,
    prefetch_count: limit,
    active: isActive,
    activity_status: activityOf(consumer),
    arguments: tableAsJson(consumer.arguments),
    consumer_timeout: ackTimeoutMs,
    queue: { name: queue.name, vhost: session.vhost.name },
    channel_details: {
      name: `${session.connectionName} (${number})`,
      number,
      node: NODE_NAME,
      user: session.user.name,
      connection_name: session.connectionName,
      peer_host: connection?.peerHost ?? 'undefined',
      peer_port: connection?.peerPort ?? 'undefined',
    },
  }
}

/** In the order they came. */
export function consumersOf(queue: Queue): ChannelConsumer[] {
  return queue.consumers.all().filter(consumer => consumer instanceof ChannelConsumer)
}

function activityOf({ isActive, queue }: ChannelConsumer): 'up' | 'single_active' | 'waiting' {
  if (!queue.options.singleActiveConsumer) return 'up'
  return isActive ? 'single_active' : 'waiting'
}
