/** `/api/queues`: what queues there are, declaring, emptying and deleting them. */
import { Type } from '@sinclair/typebox'
import { QueueDeclare, QueueDelete, QueuePurge } from '../../amqp/methods'
import type { User } from '../../auth/users'
import { withoutLineBreaks } from '../../broker/names'
import type { Vhost } from '../../broker/vhost'
import { CREATED, type Endpoint, endpoint, NO_CONTENT } from '../api'
import { bodyWith, booleanIn, objectBody, shortText, tableIn } from '../bodies'
import { DirectChannel } from '../direct-channel'
import { directRequest } from '../direct-request'
import { type Management, viewContext } from '../management'
import { columnsQuery, type Listing, listed, type PagingQuery, pagingQuery, withColumns } from '../paging'
import { inVhost, isSet, ofQueue } from '../parameters'
import { pause } from '../pause'
import { badRequest, objectNotFound } from '../problems'
import { sortedQueues } from '../sorted-names'
import { type QueueAt, queueDetailsView, queueField, queueView, queueWithoutStatsView } from '../views/queue'
import { permittedVhost, permittedVhosts, vhostToChange } from '../visible'

const tag = 'Queues'

/** After so many other work comes first. */
const DROPS_PER_SLICE = 256

const declaration = Type.Object({
  durable: Type.Optional(Type.Boolean()),
  auto_delete: Type.Optional(Type.Boolean()),
  arguments: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})

const purgeQuery = Type.Object({
  count: Type.Optional(
    Type.Integer({ minimum: 0, description: 'Only so many, the oldest first (LavinMQ).' }),
  ),
})

const action = Type.Object({ action: Type.Union([Type.Literal('sync'), Type.Literal('cancel_sync')]) })

const deleteQuery = Type.Object(
  {
    'if-empty': Type.Optional(Type.String({ description: '`true`: only while nothing waits in it.' })),
    'if-unused': Type.Optional(Type.String({ description: '`true`: only without consumers.' })),
  },
  { additionalProperties: true },
)

export function queueEndpoints(management: Management): Endpoint[] {
  return [...listEndpoints(management), ...oneQueueEndpoints(management), ...actionEndpoints(management)]
}

function listEndpoints(management: Management): Endpoint[] {
  const { broker } = management
  const everywhere = (path: string, summary: string): Endpoint =>
    endpoint({
      method: 'GET',
      path,
      who: 'management',
      tag,
      summary,
      forms: { query: pagingQuery },
      handle: ({ user, query }) => listed(listing(management, permittedVhosts(broker, user), query), query),
    })
  return [
    everywhere('/queues', 'All queues of all virtual hosts that the user may see'),
    everywhere('/queues/detailed', 'The same with all that is known of each'),
    endpoint({
      method: 'GET',
      path: '/queues/:vhost',
      who: 'management',
      tag,
      summary: 'The queues of a virtual host',
      forms: { params: inVhost, query: pagingQuery },
      handle: ({ user, params, query }) =>
        listed(listing(management, [permittedVhost(broker, user, params.vhost)], query), query),
    }),
  ]
}

function oneQueueEndpoints(management: Management): Endpoint[] {
  const { broker } = management
  return [
    endpoint({
      method: 'GET',
      path: '/queues/:vhost/:queue',
      who: 'management',
      tag,
      summary: 'A queue',
      forms: { params: ofQueue, query: columnsQuery },
      handle: ({ user, params, query }) => {
        const at = queueAt(management, user, params)
        return withColumns(oneView(management, at, query), query)
      },
    }),
    endpoint({
      method: 'PUT',
      path: '/queues/:vhost/:queue',
      who: 'management',
      tag,
      summary: 'Declare a queue',
      forms: { params: ofQueue, shownBody: declaration },
      handle: async ({ user, params, body }) => {
        const vhost = vhostToChange(broker, user, params.vhost)
        const existed = vhost.queues.has(withoutLineBreaks(params.queue))
        await directRequest(management, user, vhost, queueDeclare(params.queue, body))
        return existed ? NO_CONTENT : CREATED
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/queues/:vhost/:queue',
      who: 'management',
      tag,
      summary: 'Delete a queue',
      forms: { params: ofQueue, query: deleteQuery },
      handle: async ({ user, params, query }) => {
        const { vhost, queue } = queueAt(management, user, params)
        const method = new QueueDelete(queue.name, isSet(query['if-unused']), isSet(query['if-empty']), false)
        await directRequest(management, user, vhost, method)
        return NO_CONTENT
      },
    }),
  ]
}

function actionEndpoints(management: Management): Endpoint[] {
  return [
    endpoint({
      method: 'DELETE',
      path: '/queues/:vhost/:queue/contents',
      who: 'management',
      tag,
      summary: 'Drop what waits in a queue',
      forms: { params: ofQueue, query: purgeQuery },
      handle: async ({ user, params, query: { count } }) => {
        const { vhost, queue } = queueAt(management, user, params)
        if (count !== undefined) await dropFirst(management, user, { vhost, queue }, count)
        else await directRequest(management, user, vhost, new QueuePurge(queue.name, false))
        return NO_CONTENT
      },
    }),
    endpoint({
      method: 'POST',
      path: '/queues/:vhost/:queue/actions',
      who: 'administrator',
      tag,
      summary: "RabbitMQ's `sync` and `cancel_sync` of mirrors, of which a single node has none",
      forms: { params: ofQueue, shownBody: action },
      handle: ({ user, params, body }) => {
        queueAt(management, user, params)
        const { action } = bodyWith(body, ['action'])
        if (action !== 'sync' && action !== 'cancel_sync') throw badRequest(['unknown', action])
        return NO_CONTENT
      },
    }),
  ]
}

/** @throws Problem */
export function queueAt(
  { broker }: Management,
  user: User,
  params: { readonly vhost: string; readonly queue: string },
): QueueAt {
  const vhost = permittedVhost(broker, user, params.vhost)
  const queue = vhost.queues.get(params.queue)
  if (queue === undefined) throw objectNotFound()
  return { vhost, queue }
}

/** RabbitMQ: nobody is left to own an exclusive queue, so that is not heeded. */
function queueDeclare(name: string, given: unknown): QueueDeclare {
  const queue = shortText('queue', name)
  const body = objectBody(given)
  const durable = booleanIn(body, 'durable') ?? false
  const autoDelete = booleanIn(body, 'auto_delete') ?? false
  return new QueueDeclare(queue, false, durable, false, autoDelete, false, tableIn(body, 'arguments'))
}

/** RabbitMQ: without statistics the list tells what was declared, and perhaps how much is in it. */
function listing(
  management: Management,
  vhosts: readonly Vhost[],
  query: PagingQuery & Readonly<Record<string, unknown>>,
): Listing<QueueAt> {
  const { statistics } = management
  const context = viewContext(management, query)
  const withTotals = isSet(query.enable_queue_totals)
  return {
    items: vhosts.flatMap(vhost => sortedQueues(vhost).map(queue => ({ vhost, queue }))),
    name: ({ queue }) => queue.name,
    view: isSet(query.disable_stats)
      ? at => queueWithoutStatsView(at, withTotals)
      : at => queueView(at, context),
    field: (at, path) => queueField(at, path, statistics),
    pause: () => pause(management.broker),
  }
}

function oneView(management: Management, at: QueueAt, query: Readonly<Record<string, unknown>>): object {
  if (query['disable_stats'] === 'true') return queueWithoutStatsView(at, false)
  const context = viewContext(management, query)
  return { ...queueView(at, context), ...queueDetailsView(at, context) }
}

/** Takes them out as a client would that needs no acknowledgement. @throws Problem, DirectChannelClosed */
async function dropFirst(
  { settings, broker }: Management,
  user: User,
  { vhost, queue }: QueueAt,
  count: number,
): Promise<void> {
  const channel = new DirectChannel(settings, vhost, user)
  try {
    for (let dropped = 0; dropped < count; dropped++) {
      if ((await channel.get(queue.name, true)) === undefined) return
      if (dropped % DROPS_PER_SLICE === DROPS_PER_SLICE - 1) await pause(broker)
    }
  } finally {
    channel.close()
  }
}
