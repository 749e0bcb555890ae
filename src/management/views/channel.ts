/** Channels as RabbitMQ's API shows them. */
import { NODE_NAME } from '../../broker/names'
import type { ChannelStatus } from '../../channel/channel-status'
import { consumerView } from './consumer'
import { idleSince, type ViewContext } from './view-context'

export function channelView(channel: ChannelStatus, context: ViewContext): object {
  const { connection, user } = channel
  return {
    name: channel.name,
    number: channel.number,
    node: NODE_NAME,
    user,
    user_who_performed_action: user,
    vhost: channel.vhost.name,
    state: 'running',
    transactional: channel.isTransactional,
    confirm: channel.isConfirming,
    consumer_count: channel.consumerCount,
    messages_unacknowledged: channel.unackedCount,
    messages_unconfirmed: channel.unconfirmed,
    messages_uncommitted: channel.uncommitted,
    acks_uncommitted: channel.acksUncommitted,
    prefetch_count: channel.prefetchCount,
    global_prefetch_count: channel.globalPrefetchCount,
    connection_details: {
      name: connection?.name,
      peer_host: connection?.peerHost,
      peer_port: connection?.peerPort,
    },
    idle_since: idleSince(channel, context),
    message_stats: context.statistics.messageStats(channel, context.history),
  }
}

/** Of one that is looked at alone. */
export function channelDetailsView(channel: ChannelStatus): object {
  return { consumer_details: channel.consumers.map(consumerView) }
}
