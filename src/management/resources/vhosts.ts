/** `/api/vhosts`. */
import { Type } from '@sinclair/typebox'
import type { Broker } from '../../broker/broker'
import { kept } from '../../broker/kept'
import type { Vhost } from '../../broker/vhost'
import { historyQuery } from '../../metrics/history-query'
import { type ApiRequest, CREATED, type Endpoint, endpoint, NO_CONTENT } from '../api'
import { objectBody } from '../bodies'
import { describedBody } from '../described-body'
import { historyQueryForm } from '../history-query-form'
import type { Management } from '../management'
import { listed, pagingQuery } from '../paging'
import { inVhost, ofNode } from '../parameters'
import { badRequest, objectNotFound } from '../problems'
import { vhostView } from '../views/vhost'
import { visibleVhosts } from '../visible'

const TAG = 'Virtual hosts'

const EXAMPLE = {
  name: 'orders',
  description: 'What was ordered',
  tags: ['production'],
  default_queue_type: 'classic',
  protected_from_deletion: false,
  tracing: false,
  messages: 12,
}

export function vhostEndpoints(management: Management): Endpoint[] {
  const { broker } = management
  return [...readingEndpoints(management), ...changingEndpoints(broker), ...protectionEndpoints(broker)]
}

function readingEndpoints({ broker, statistics }: Management): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/vhosts',
      who: 'management',
      tag: TAG,
      summary: 'The virtual hosts that the user may see',
      forms: { query: pagingQuery },
      gives: [EXAMPLE],
      handle: ({ user, query }) => {
        const past = historyQuery(query)
        const view = (vhost: Vhost): object => vhostView(vhost, statistics, past)
        return listed({ items: visibleVhosts(broker, user), name: ({ name }) => name, view }, query)
      },
    }),
    endpoint({
      method: 'GET',
      path: '/vhosts/:vhost',
      who: 'administrator',
      tag: TAG,
      summary: 'A virtual host',
      forms: { params: inVhost, query: historyQueryForm },
      gives: EXAMPLE,
      handle: ({ params, query }) => {
        const vhost = broker.vhosts.get(params.vhost)
        if (vhost === undefined) throw objectNotFound()
        return vhostView(vhost, statistics, historyQuery(query))
      },
    }),
    endpoint({
      method: 'POST',
      path: '/vhosts/:vhost/start/:node',
      who: 'administrator',
      tag: TAG,
      summary: 'Nothing changes: a virtual host that is there is running',
      forms: { params: Type.Object({ ...inVhost.properties, ...ofNode.properties }) },
      handle: ({ params: { vhost, node } }) => {
        if (!broker.vhosts.has(vhost))
          throw badRequest(`Request to node ${node} failed with {no_such_vhost,<<"${vhost}">>}`)
        return NO_CONTENT
      },
    }),
  ]
}

function changingEndpoints(broker: Broker): Endpoint[] {
  return [
    endpoint({
      method: 'PUT',
      path: '/vhosts/:vhost',
      who: 'administrator',
      tag: TAG,
      summary: 'Make a virtual host, or change what is said of it. Whoever makes it may do everything in it',
      forms: {
        params: inVhost,
        shownBody: describedBody(
          {
            description: 'A text.',
            tags: 'Texts in an array, or with commas between.',
            default_queue_type: 'Of queues that are declared without one: classic or quorum.',
            protected_from_deletion: '`true`: it cannot be deleted.',
            tracing: '`true`: copy every message to amq.rabbitmq.trace; `false`: no longer.',
          },
          { description: EXAMPLE.description, tags: EXAMPLE.tags },
        ),
      },
      handle: request => putVhost(broker, request),
    }),
    endpoint({
      method: 'DELETE',
      path: '/vhosts/:vhost',
      who: 'administrator',
      tag: TAG,
      summary: 'Delete a virtual host with all that is in it; its connections are closed',
      forms: { params: inVhost },
      handle: async ({ user, params }) => {
        const ticket = broker.events.actingAs(user.name, () => broker.deleteVhost(params.vhost))
        if (ticket === undefined) throw objectNotFound()
        await kept(broker, ticket)
        return NO_CONTENT
      },
    }),
  ]
}

async function putVhost(
  broker: Broker,
  { user, params: { vhost: name }, body }: ApiRequest<{ params: typeof inVhost }>,
): Promise<unknown> {
  const terms = objectBody(body)
  const tracing = boolOf(terms['tracing'])
  const { isNew, ticket } = broker.events.actingAs(user.name, () => {
    const put = broker.putVhost(name, terms)
    if (tracing !== undefined) broker.trace(name, tracing)
    return put
  })
  await kept(broker, ticket)
  return isNew ? CREATED : NO_CONTENT
}

/** RabbitMQ: `parse_bool`. */
function boolOf(value: unknown): boolean | undefined {
  if (value === true || value === 'true') return true
  if (value === false || value === 'false') return false
  if (value === undefined || value === null) return undefined
  throw badRequest('tracing is true or false')
}

function protectionEndpoints(broker: Broker): Endpoint[] {
  const path = '/vhosts/:vhost/deletion/protection'
  const protect = (isProtected: boolean) => async (request: ApiRequest<{ params: typeof inVhost }>) => {
    const { user, params } = request
    const vhost = broker.vhosts.get(params.vhost)
    if (vhost === undefined) throw objectNotFound()
    const { description, tags } = vhost.metadata
    const terms = { description, tags, protected_from_deletion: isProtected }
    const put = broker.events.actingAs(user.name, () => broker.putVhost(params.vhost, terms))
    await kept(broker, put.ticket)
    return NO_CONTENT
  }
  return [
    endpoint({
      method: 'POST',
      path,
      who: 'administrator',
      tag: TAG,
      summary: 'Protect a virtual host from being deleted',
      forms: { params: inVhost },
      handle: protect(true),
    }),
    endpoint({
      method: 'DELETE',
      path,
      who: 'administrator',
      tag: TAG,
      summary: 'Protect it no longer',
      forms: { params: inVhost },
      handle: protect(false),
    }),
  ]
}
