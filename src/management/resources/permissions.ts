/** What users may configure, write and read: `/api/permissions`, and the same by user and by virtual host. */
import type { PermissionEntry } from '../../auth/permissions'
import type { Broker } from '../../broker/broker'
import { kept } from '../../broker/kept'
import { type ApiRequest, CREATED, type Endpoint, endpoint, NO_CONTENT } from '../api'
import { bodyWith } from '../bodies'
import { describedBody } from '../described-body'
import type { Management } from '../management'
import { inVhost, ofUser, ofUserInVhost } from '../parameters'
import { objectNotFound } from '../problems'
import { permissionView } from '../views/user'
import { patternTerm } from './pattern-terms'

const TAG = 'Permissions'

const EXAMPLE = { user: 'app', vhost: '/', configure: '^app\\.', write: '.*', read: '.*' }

export function permissionEndpoints({ broker }: Management): Endpoint[] {
  return [...listEndpoints(broker), ...entryEndpoints(broker)]
}

function listEndpoints(broker: Broker): Endpoint[] {
  const views = (isWanted: (entry: PermissionEntry) => boolean): object[] =>
    [...broker.permissions].filter(isWanted).map(permissionView)
  return [
    endpoint({
      method: 'GET',
      path: '/permissions',
      who: 'administrator',
      tag: TAG,
      summary: 'All permissions',
      gives: [EXAMPLE],
      handle: () => views(() => true),
    }),
    endpoint({
      method: 'GET',
      path: '/users/:user/permissions',
      who: 'administrator',
      tag: TAG,
      summary: 'The permissions of a user',
      forms: { params: ofUser },
      gives: [EXAMPLE],
      handle: ({ params }) => {
        if (broker.users.find(params.user) === undefined) throw objectNotFound()
        return views(({ user }) => user === params.user)
      },
    }),
    endpoint({
      method: 'GET',
      path: '/vhosts/:vhost/permissions',
      who: 'administrator',
      tag: TAG,
      summary: 'The permissions in a virtual host',
      forms: { params: inVhost },
      gives: [EXAMPLE],
      handle: ({ params }) => {
        if (!broker.vhosts.has(params.vhost)) throw objectNotFound()
        return views(({ vhost }) => vhost === params.vhost)
      },
    }),
  ]
}

function entryEndpoints(broker: Broker): Endpoint[] {
  const path = '/permissions/:vhost/:user'
  return [
    endpoint({
      method: 'GET',
      path,
      who: 'administrator',
      tag: TAG,
      summary: 'What a user may do in a virtual host',
      forms: { params: ofUserInVhost },
      gives: EXAMPLE,
      handle: ({ params: { user, vhost } }) => {
        const patterns = broker.permissions.find(user, vhost)
        if (patterns === undefined) throw objectNotFound()
        return permissionView({ user, vhost, ...patterns })
      },
    }),
    endpoint({
      method: 'PUT',
      path,
      who: 'administrator',
      tag: TAG,
      summary: 'Say what a user may do in a virtual host; open connections feel it at once',
      forms: {
        params: ofUserInVhost,
        shownBody: describedBody(
          {
            configure: 'Regular expression on the names it may declare and delete.',
            write: 'On those it may publish to.',
            read: 'On those it may consume from.',
          },
          { configure: EXAMPLE.configure, write: '.*', read: '.*' },
        ),
      },
      handle: request => putPermissions(broker, request),
    }),
    endpoint({
      method: 'DELETE',
      path,
      who: 'administrator',
      tag: TAG,
      summary: 'Let a user open a virtual host no longer',
      forms: { params: ofUserInVhost },
      handle: async ({ user: actor, params: { user, vhost } }) => {
        const { events, accounts } = broker
        const ticket = events.actingAs(actor.name, () => accounts.clearPermissions(user, vhost))
        if (ticket === undefined) throw objectNotFound()
        await kept(broker, ticket)
        return NO_CONTENT
      },
    }),
  ]
}

async function putPermissions(
  broker: Broker,
  { user: actor, params: { user, vhost }, body }: ApiRequest<{ params: typeof ofUserInVhost }>,
): Promise<unknown> {
  const terms = bodyWith(body, ['configure', 'write', 'read'])
  const patterns = {
    configure: patternTerm(terms, 'configure'),
    write: patternTerm(terms, 'write'),
    read: patternTerm(terms, 'read'),
  }
  const isNew = broker.permissions.find(user, vhost) === undefined
  const { events, accounts } = broker
  await kept(
    broker,
    events.actingAs(actor.name, () => accounts.setPermissions(user, vhost, patterns)),
  )
  return isNew ? CREATED : NO_CONTENT
}
