/** What the channels of a connection get once it is open. */
import type { FieldTable } from '../amqp/table'
import type { User } from '../auth/users'
import { RouteCache } from '../broker/route-cache'
import type { Vhost } from '../broker/vhost'
import type { Peer } from '../channel/peer'
import type { Session } from '../channel/session'
import { hasCapability } from './handshake'
import type { ServerSettings } from './settings'

export interface OpenedConnection {
  readonly peer: Peer
  /** The connection, as exclusive queues know it. */
  readonly owner: object
  readonly user: User
  readonly vhost: Vhost
  readonly clientProperties: FieldTable
}

export function openSession(settings: ServerSettings, opened: OpenedConnection): Session {
  const { broker, limits } = settings
  const { peer, owner, user, vhost, clientProperties } = opened
  return {
    peer,
    vhost,
    access: broker.access,
    user,
    owner,
    turn: broker.turn,
    store: broker.store,
    commits: broker.commits,
    alarms: broker.alarms,
    compat: broker.compat,
    routes: new RouteCache(vhost, user, broker.access),
    cancelNotify: hasCapability(clientProperties, 'consumer_cancel_notify'),
    maxMessageSize: limits.maxMessageSize,
    ticker: broker.ticker,
    consumerTimeout: limits.consumerTimeout,
    consumersMax: limits.consumersMax,
  }
}
