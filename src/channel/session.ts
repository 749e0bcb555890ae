/** What the channels of one connection share: who is there, in which virtual host, and what was looked up before. */
import type { Access } from '../auth/access'
import type { User } from '../auth/users'
import type { Compat } from '../broker/compat'
import type { ConnectionIdentity, Events } from '../broker/events/events'
import type { Alarms } from '../broker/resources/alarms'
import type { RouteCache } from '../broker/route-cache'
import type { Vhost } from '../broker/vhost'
import type { CommitWaiters } from '../store/commit-waiters'
import type { MessageStore } from '../store/message-store'
import type { Ticker } from '../structures/ticker'
import type { Turn } from '../turn'
import type { Peer } from './peer'

export interface Session {
  readonly peer: Peer
  readonly vhost: Vhost
  readonly access: Access
  readonly user: User
  /** The connection, as exclusive queues know it. */
  readonly owner: object
  /** `127.0.0.1:53076 -> 127.0.0.1:5672` */
  readonly connectionName: string
  /** Undefined: there is no connection, as for a request to the HTTP API. */
  identity(): ConnectionIdentity | undefined
  /** What events call the connection (0) and its channels. */
  pidOfChannel(number: number): string
  readonly events: Events
  readonly turn: Turn
  readonly store: MessageStore
  readonly commits: CommitWaiters
  readonly alarms: Alarms
  readonly compat: Compat
  readonly routes: RouteCache
  /** The client said that it understands basic.cancel from the server. */
  readonly cancelNotify: boolean
  readonly maxMessageSize: number
  /** For channels that wait for acknowledgements. */
  readonly ticker: Ticker
  /** Until a delivery must be acknowledged, in milliseconds; 0: no limit. */
  readonly consumerTimeout: number
  /** Consumers on one channel; 0: no limit. */
  readonly consumersMax: number
}

/** After messages were put into queues: their bringer waits if the store is behind, or an alarm says so. */
export function heedBackPressure(session: Session): void {
  if (session.store.isBehind || session.alarms.isRaised) session.peer.slowDown()
}
