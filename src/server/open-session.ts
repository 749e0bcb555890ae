/** What the channels of a connection get once it is open. */
import type { FieldTable } from '../amqp/table'
import type { User } from '../auth/users'
import { InterceptingRoutes, intercepts } from '../broker/interceptors'
import { RouteCache } from '../broker/route-cache'
import type { Vhost } from '../broker/vhost'
import type { Peer } from '../channel/peer'
import type { Session } from '../channel/session'
import type { ConnectionEvents } from './connection-events'
import { hasCapability } from './handshake'
import type { ServerSettings } from './settings'

export interface OpenedConnection {
  readonly peer: Peer
  /** The connection, as exclusive queues know it. */
  readonly owner: object
  /** What the connection is called. */
  readonly events: Pick<ConnectionEvents, 'name' | 'pidOfChannel'> &
    Partial<Pick<ConnectionEvents, 'identity'>>
  readonly user: User
  readonly vhost: Vhost
  readonly clientProperties: FieldTable
}

export function openSession(settings: ServerSettings, opened: OpenedConnection): Session {
  const { broker, limits } = settings
  const { peer, owner, events, user, vhost, clientProperties } = opened
  return {
    peer,
    vhost,
    access: broker.access,
    user,
    owner,
    connectionName: events.name,
    identity: () => events.identity?.(),
    pidOfChannel: number => events.pidOfChannel(number),
    events: broker.events,
    turn: broker.turn,
    store: broker.store,
    commits: broker.commits,
    alarms: broker.alarms,
    compat: broker.compat,
    routes: routesOf(settings, user, vhost),
    cancelNotify: hasCapability(clientProperties, 'consumer_cancel_notify'),
    maxMessageSize: limits.maxMessageSize,
    ticker: broker.ticker,
    consumerTimeout: limits.consumerTimeout,
    consumersMax: limits.consumersMax,
  }
}

function routesOf({ broker, interceptors }: ServerSettings, user: User, vhost: Vhost): RouteCache {
  if (interceptors === undefined || !intercepts(interceptors)) {
    return new RouteCache(vhost, user, broker.access)
  }
  return new InterceptingRoutes(vhost, user, broker.access, interceptors, broker.clock)
}
