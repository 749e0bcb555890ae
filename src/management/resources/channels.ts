/** `/api/channels` and the consumers on them. */
import { Type } from '@sinclair/typebox'
import type { User } from '../../auth/users'
import type { ChannelConsumer } from '../../channel/channel-consumer'
import type { ChannelStatus } from '../../channel/channel-status'
import { type Endpoint, endpoint, NO_CONTENT } from '../api'
import { opens } from '../login'
import { type Management, viewContext } from '../management'
import { columnsQuery, type Listing, listed, type PagingQuery, pagingQuery, withColumns } from '../paging'
import { inVhost, ofConnection } from '../parameters'
import { pause } from '../pause'
import { objectNotFound } from '../problems'
import { channelDetailsView, channelView } from '../views/channel'
import { consumerView } from '../views/consumer'
import { permittedVhost } from '../visible'
import { connectionAt, openConnections, requireOwnerOr } from './connections'

const ofChannel = Type.Object({
  channel: Type.String({ description: 'Name of the channel: `127.0.0.1:53076 -> 127.0.0.1:5672 (1)`.' }),
})

const ofConsumer = Type.Object({
  ...inVhost.properties,
  ...ofConnection.properties,
  channel: Type.Integer({ description: 'Number of the channel.' }),
  consumer: Type.String({ description: 'Tag of the consumer.' }),
})

export function channelEndpoints(management: Management): Endpoint[] {
  return [
    ...channelLists(management),
    oneChannel(management),
    ...consumerLists(management),
    cancelConsumer(management),
  ]
}

function channelLists(management: Management): Endpoint[] {
  const { broker } = management
  const tag = 'Channels'
  return [
    endpoint({
      method: 'GET',
      path: '/channels',
      who: 'management',
      tag,
      summary: 'All channels, or those of the user who asks',
      forms: { query: pagingQuery },
      handle: ({ user, query }) => listed(listing(management, shownTo(management, user), query), query),
    }),
    endpoint({
      method: 'GET',
      path: '/vhosts/:vhost/channels',
      who: 'management',
      tag,
      summary: 'The channels in a virtual host',
      forms: { params: inVhost, query: pagingQuery },
      handle: ({ user, params, query }) => {
        const found = permittedVhost(broker, user, params.vhost)
        const channels = shownTo(management, user).filter(({ vhost }) => vhost === found)
        return listed(listing(management, channels, query), query)
      },
    }),
    endpoint({
      method: 'GET',
      path: '/connections/:connection/channels',
      who: 'management',
      tag,
      summary: 'The channels of a connection',
      forms: { params: ofConnection, query: pagingQuery },
      handle: ({ user, params, query }) => {
        const { status } = connectionAt(management, user, params.connection)
        const channels = [...status.channels].map(channel => channel.status)
        return listed(listing(management, channels, query), query)
      },
    }),
  ]
}

function oneChannel(management: Management): Endpoint {
  return endpoint({
    method: 'GET',
    path: '/channels/:channel',
    who: 'management',
    tag: 'Channels',
    summary: 'A channel',
    forms: { params: ofChannel, query: columnsQuery },
    handle: ({ user, params, query }) => {
      const channel = allChannels(management).find(({ name }) => name === params.channel)
      if (channel === undefined) throw objectNotFound()
      requireOwnerOr(user, 'monitoring', channel.user)
      const view = { ...channelView(channel, viewContext(management, query)), ...channelDetailsView(channel) }
      return withColumns(view, query)
    },
  })
}

function consumerLists(management: Management): Endpoint[] {
  const { broker } = management
  const tag = 'Consumers'
  return [
    endpoint({
      method: 'GET',
      path: '/consumers',
      who: 'management',
      tag,
      summary: 'All consumers, or those of the user who asks',
      forms: { query: pagingQuery },
      handle: ({ user, query }) => listed(consumersOn(management, shownTo(management, user)), query),
    }),
    endpoint({
      method: 'GET',
      path: '/consumers/:vhost',
      who: 'management',
      tag,
      summary: 'The consumers in a virtual host',
      forms: { params: inVhost, query: pagingQuery },
      handle: ({ user, params, query }) => {
        const found = broker.vhosts.get(params.vhost)
        if (found === undefined) throw objectNotFound()
        const channels = shownTo(management, user).filter(({ vhost }) => vhost === found)
        return listed(consumersOn(management, channels), query)
      },
    }),
  ]
}

/** LavinMQ has it, too. */
function cancelConsumer(management: Management): Endpoint {
  return endpoint({
    method: 'DELETE',
    path: '/consumers/:vhost/:connection/:channel/:consumer',
    who: 'management',
    tag: 'Consumers',
    summary: 'Cancel a consumer; its client is told so',
    forms: { params: ofConsumer },
    handle: ({ user, params }) => {
      const channel = allChannels(management).find(
        ({ vhost, connection, number }) =>
          vhost.name === params.vhost && connection?.name === params.connection && number === params.channel,
      )
      const consumer = channel?.consumers.find(({ tag }) => tag === params.consumer)
      if (channel === undefined || consumer === undefined) throw objectNotFound()
      requireOwnerOr(user, 'administrator', channel.user)
      consumer.queue.removeConsumer(consumer)
      consumer.cancelled()
      return NO_CONTENT
    },
  })
}

/** By virtual host, connection and number. */
function allChannels(management: Management): ChannelStatus[] {
  return openConnections(management).flatMap(({ status }) =>
    [...status.channels].map(channel => channel.status).sort((a, b) => a.number - b.number),
  )
}

/** RabbitMQ: monitoring sees all, others their own. */
function shownTo(management: Management, user: User): ChannelStatus[] {
  const all = allChannels(management)
  return opens(user, 'monitoring') ? all : all.filter(channel => channel.user === user.name)
}

function listing(
  management: Management,
  channels: readonly ChannelStatus[],
  query: PagingQuery & Readonly<Record<string, unknown>>,
): Listing<ChannelStatus> {
  const context = viewContext(management, query)
  return {
    items: channels,
    name: ({ name }) => name,
    view: channel => channelView(channel, context),
    pause: () => pause(management.broker),
  }
}

function consumersOn(management: Management, channels: readonly ChannelStatus[]): Listing<ChannelConsumer> {
  return {
    items: channels.flatMap(({ consumers }) => consumers),
    name: ({ tag }) => tag,
    view: consumerView,
    pause: () => pause(management.broker),
  }
}
