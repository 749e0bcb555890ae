/** By which routing keys users may publish and bind at topic exchanges: `/api/topic-permissions`, also by user and vhost. */
import { Type } from '@sinclair/typebox'
import type { TopicPermissionEntry } from '../../auth/topic-permissions'
import type { Broker } from '../../broker/broker'
import { kept } from '../../broker/kept'
import { type ApiRequest, CREATED, type Endpoint, endpoint, NO_CONTENT } from '../api'
import { bodyWith } from '../bodies'
import { describedBody } from '../described-body'
import type { Management } from '../management'
import { inVhost, ofUser, ofUserInVhost } from '../parameters'
import { objectNotFound } from '../problems'
import { topicPermissionView } from '../views/user'
import { patternTerm } from './pattern-terms'

const TAG = 'Topic permissions'

const one = Type.Object({ ...ofUserInVhost.properties, exchange: Type.String() })

const EXAMPLE = { user: 'app', vhost: '/', exchange: 'amq.topic', write: '^orders\\.', read: '.*' }

export function topicPermissionEndpoints({ broker }: Management): Endpoint[] {
  return [...listEndpoints(broker), ...entryEndpoints(broker), ...clearingEndpoints(broker)]
}

function listEndpoints(broker: Broker): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/topic-permissions',
      who: 'administrator',
      tag: TAG,
      summary: 'All topic permissions',
      gives: [EXAMPLE],
      handle: () => views(broker, () => true),
    }),
    endpoint({
      method: 'GET',
      path: '/users/:user/topic-permissions',
      who: 'administrator',
      tag: TAG,
      summary: 'The topic permissions of a user',
      forms: { params: ofUser },
      gives: [EXAMPLE],
      handle: ({ params }) => {
        if (broker.users.find(params.user) === undefined) throw objectNotFound()
        return views(broker, ({ user }) => user === params.user)
      },
    }),
    endpoint({
      method: 'GET',
      path: '/vhosts/:vhost/topic-permissions',
      who: 'administrator',
      tag: TAG,
      summary: 'The topic permissions in a virtual host',
      forms: { params: inVhost },
      gives: [EXAMPLE],
      handle: ({ params }) => {
        if (!broker.vhosts.has(params.vhost)) throw objectNotFound()
        return views(broker, ({ vhost }) => vhost === params.vhost)
      },
    }),
  ]
}

function entryEndpoints(broker: Broker): Endpoint[] {
  const path = '/topic-permissions/:vhost/:user'
  return [
    endpoint({
      method: 'GET',
      path,
      who: 'administrator',
      tag: TAG,
      summary: 'The topic permissions of a user in a virtual host',
      forms: { params: ofUserInVhost },
      gives: [EXAMPLE],
      handle: ({ params: { user, vhost } }) =>
        someViews(broker, entry => entry.user === user && entry.vhost === vhost),
    }),
    endpoint({
      method: 'GET',
      path: `${path}/:exchange`,
      who: 'administrator',
      tag: TAG,
      summary: 'The same of one exchange',
      forms: { params: one },
      gives: [EXAMPLE],
      handle: ({ params: { user, vhost, exchange } }) =>
        someViews(
          broker,
          entry => entry.user === user && entry.vhost === vhost && entry.exchange === exchange,
        ),
    }),
    endpoint({
      method: 'PUT',
      path,
      who: 'administrator',
      tag: TAG,
      summary: 'Say by which routing keys a user may publish and bind at an exchange, which need not exist',
      forms: {
        params: ofUserInVhost,
        shownBody: describedBody(
          {
            exchange: 'Its name.',
            write:
              'Regular expression on the routing keys it may publish with; {username} and {vhost} are put in.',
            read: 'On those it may bind with.',
          },
          { exchange: EXAMPLE.exchange, write: EXAMPLE.write, read: '.*' },
        ),
      },
      handle: request => putTopicPermissions(broker, request),
    }),
  ]
}

async function putTopicPermissions(
  broker: Broker,
  { user: actor, params: { user, vhost }, body }: ApiRequest<{ params: typeof ofUserInVhost }>,
): Promise<unknown> {
  const terms = bodyWith(body, ['exchange', 'write', 'read'])
  const exchange = patternTerm(terms, 'exchange')
  const patterns = { write: patternTerm(terms, 'write'), read: patternTerm(terms, 'read') }
  const isNew = [...broker.topicPermissions].every(entry => entry.user !== user || entry.vhost !== vhost)
  const { events, accounts } = broker
  await kept(
    broker,
    events.actingAs(actor.name, () => accounts.setTopicPermissions(user, vhost, exchange, patterns)),
  )
  return isNew ? CREATED : NO_CONTENT
}

function clearingEndpoints(broker: Broker): Endpoint[] {
  const clear = async (actor: string, user: string, vhost: string, exchange?: string) => {
    const { events, accounts } = broker
    const ticket = events.actingAs(actor, () => accounts.clearTopicPermissions(user, vhost, exchange))
    if (ticket === undefined) throw objectNotFound()
    await kept(broker, ticket)
    return NO_CONTENT
  }
  return [
    endpoint({
      method: 'DELETE',
      path: '/topic-permissions/:vhost/:user',
      who: 'administrator',
      tag: TAG,
      summary: 'Clear the topic permissions of a user in a virtual host',
      forms: { params: ofUserInVhost },
      handle: ({ user, params }) => clear(user.name, params.user, params.vhost),
    }),
    endpoint({
      method: 'DELETE',
      path: '/topic-permissions/:vhost/:user/:exchange',
      who: 'administrator',
      tag: TAG,
      summary: 'Clear those of one exchange',
      forms: { params: one },
      handle: ({ user, params }) => clear(user.name, params.user, params.vhost, params.exchange),
    }),
  ]
}

function views({ topicPermissions }: Broker, isWanted: (entry: TopicPermissionEntry) => boolean): object[] {
  return [...topicPermissions].filter(isWanted).map(topicPermissionView)
}

/** RabbitMQ: none is not found. @throws Problem 404 */
function someViews(broker: Broker, isWanted: (entry: TopicPermissionEntry) => boolean): object[] {
  const found = views(broker, isWanted)
  if (found.length === 0) throw objectNotFound()
  return found
}
