/** `/api/connections`: who is connected, and sending them away. */
import { Type } from '@sinclair/typebox'
import { ConnectionForced } from '../../amqp/errors'
import type { User } from '../../auth/users'
import type { Connection } from '../../server/connection'
import { type Endpoint, endpoint, NO_CONTENT } from '../api'
import { opens } from '../login'
import { type Management, viewContext } from '../management'
import { compareTexts } from '../order'
import { columnsQuery, type Listing, listed, type PagingQuery, pagingQuery, withColumns } from '../paging'
import { inVhost, isSet, ofConnection } from '../parameters'
import { pause } from '../pause'
import { badRequest, notAuthorised, objectNotFound } from '../problems'
import { connectionView, type OpenConnection, trackedConnectionView } from '../views/connection'
import { permittedVhost } from '../visible'

const tag = 'Connections'

const ofUsername = Type.Object({ username: Type.String({ description: 'Name of the user.' }) })

interface LiveConnection extends OpenConnection {
  readonly connection: Connection
}

export function connectionEndpoints(management: Management): Endpoint[] {
  const { broker } = management
  return [
    endpoint({
      method: 'GET',
      path: '/connections',
      who: 'management',
      tag,
      summary: 'All connections, or those of the user who asks',
      forms: { query: pagingQuery },
      handle: ({ user, query }) => listed(listing(management, shownTo(management, user), query), query),
    }),
    endpoint({
      method: 'GET',
      path: '/vhosts/:vhost/connections',
      who: 'management',
      tag,
      summary: 'The connections to a virtual host',
      forms: { params: inVhost, query: pagingQuery },
      handle: ({ user, params, query }) => {
        const { name } = permittedVhost(broker, user, params.vhost)
        const connections = shownTo(management, user).filter(({ vhost }) => vhost === name)
        return listed(listing(management, connections, query), query)
      },
    }),
    ...ofUserEndpoints(management),
    ...oneConnectionEndpoints(management),
  ]
}

function ofUserEndpoints(management: Management): Endpoint[] {
  const connectionsOf = (name: string): LiveConnection[] =>
    openConnections(management).filter(({ user }) => user === name)
  return [
    endpoint({
      method: 'GET',
      path: '/connections/username/:username',
      who: 'management',
      tag,
      summary: 'The connections of a user',
      forms: { params: ofUsername, query: pagingQuery },
      handle: ({ user, params, query }) => {
        requireOwnerOr(user, 'monitoring', params.username)
        return listed(trackedListing(connectionsOf(params.username)), query)
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/connections/username/:username',
      who: 'management',
      tag,
      summary: 'Close the connections of a user; `X-Reason` says why',
      forms: { params: ofUsername },
      handle: ({ user, params, headers }) => {
        requireOwnerOr(user, 'administrator', params.username)
        for (const { connection } of connectionsOf(params.username)) connection.forceClose(forced(headers))
        return NO_CONTENT
      },
    }),
  ]
}

function oneConnectionEndpoints(management: Management): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/connections/:connection',
      who: 'management',
      tag,
      summary: 'A connection',
      forms: { params: ofConnection, query: columnsQuery },
      handle: ({ user, params, query }) => {
        const connection = connectionAt(management, user, params.connection)
        return withColumns(connectionView(connection, viewContext(management, query)), query)
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/connections/:connection',
      who: 'management',
      tag,
      summary: 'Close a connection; `X-Reason` says why',
      forms: { params: ofConnection },
      handle: ({ user, params, headers }) => {
        const { connection, user: owner } = connectionNamed(management, params.connection)
        requireOwnerOr(user, 'administrator', owner)
        connection.forceClose(forced(headers))
        return NO_CONTENT
      },
    }),
    endpoint({
      method: 'GET',
      path: '/connections/:connection/sessions',
      who: 'management',
      tag,
      summary: 'Sessions of AMQP 1.0, which no connection has here',
      forms: { params: ofConnection },
      handle: ({ user, params }) => {
        connectionAt(management, user, params.connection)
        throw badRequest('connection does not use AMQP 1.0')
      },
    }),
  ]
}

/** Those that somebody logged in on; by virtual host and name. */
export function openConnections({ connections }: Management): LiveConnection[] {
  const open = []
  for (const connection of connections) {
    const { status } = connection
    const { user, vhost } = status
    if (user === undefined || vhost === undefined) continue
    open.push({ connection, status, user, vhost: vhost.name })
  }
  return open.sort((a, b) => compareTexts(a.vhost, b.vhost) || compareTexts(a.status.name, b.status.name))
}

/** RabbitMQ: monitoring sees all, others their own. */
function shownTo(management: Management, user: User): OpenConnection[] {
  const all = openConnections(management)
  return opens(user, 'monitoring') ? all : all.filter(connection => connection.user === user.name)
}

/** @throws Problem 404 */
function connectionNamed(management: Management, name: string): LiveConnection {
  const found = openConnections(management).find(({ status }) => status.name === name)
  if (found === undefined) throw objectNotFound()
  return found
}

/** One that the user may look at. @throws Problem */
export function connectionAt(management: Management, user: User, name: string): OpenConnection {
  const connection = connectionNamed(management, name)
  requireOwnerOr(user, 'monitoring', connection.user)
  return connection
}

/** @throws Problem 401 */
export function requireOwnerOr(user: User, tag: 'monitoring' | 'administrator', owner: string): void {
  if (user.name !== owner && !opens(user, tag)) throw notAuthorised('User not authorised to access object')
}

function listing(
  management: Management,
  connections: readonly OpenConnection[],
  query: PagingQuery & Readonly<Record<string, unknown>>,
): Listing<OpenConnection> {
  if (isSet(query.disable_stats)) return trackedListing(connections)
  const context = viewContext(management, query)
  return {
    items: connections,
    name: ({ status }) => status.name,
    view: connection => connectionView(connection, context),
    pause: () => pause(management.broker),
  }
}

function trackedListing(connections: readonly OpenConnection[]): Listing<OpenConnection> {
  return { items: connections, name: ({ status }) => status.name, view: trackedConnectionView }
}

/** What the client is told: the words of whoever closes its connection, or RabbitMQ's. */
function forced(headers: Readonly<Record<string, string | string[] | undefined>>): ConnectionForced {
  const given = headers['x-reason']
  return typeof given === 'string'
    ? new ConnectionForced(given)
    : new ConnectionForced('Closed via management plugin')
}
