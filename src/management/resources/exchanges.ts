/** `/api/exchanges`: what exchanges there are, declaring and deleting them. */
import { Type } from '@sinclair/typebox'
import { ExchangeDeclare, ExchangeDelete } from '../../amqp/methods'
import type { User } from '../../auth/users'
import { withoutLineBreaks } from '../../broker/names'
import type { Vhost } from '../../broker/vhost'
import type { Exchange } from '../../exchanges/exchange'
import { CREATED, type Endpoint, endpoint, NO_CONTENT } from '../api'
import { booleanIn, objectBody, shortText, tableIn, textIn } from '../bodies'
import { directRequest } from '../direct-request'
import { type Management, viewContext } from '../management'
import { byName } from '../order'
import { columnsQuery, type Listing, listed, type PagingQuery, pagingQuery, withColumns } from '../paging'
import { exchangeNamed, inVhost, isSet, ofExchange } from '../parameters'
import { pause } from '../pause'
import { objectNotFound } from '../problems'
import { exchangeView } from '../views/exchange'
import { permittedVhost, permittedVhosts, vhostToChange } from '../visible'

interface ExchangeAt {
  readonly vhost: Vhost
  readonly exchange: Exchange
}

const tag = 'Exchanges'

const declaration = Type.Object({
  type: Type.Optional(Type.String({ description: '`direct` where nothing is said.' })),
  durable: Type.Optional(Type.Boolean()),
  auto_delete: Type.Optional(Type.Boolean()),
  internal: Type.Optional(Type.Boolean()),
  arguments: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})

const deleteQuery = Type.Object(
  { 'if-unused': Type.Optional(Type.String({ description: '`true`: only without bindings from it.' })) },
  { additionalProperties: true },
)

export function exchangeEndpoints(management: Management): Endpoint[] {
  const { broker } = management
  return [
    endpoint({
      method: 'GET',
      path: '/exchanges',
      who: 'management',
      tag,
      summary: 'All exchanges of all virtual hosts that the user may see',
      forms: { query: pagingQuery },
      handle: ({ user, query }) => listed(listing(management, permittedVhosts(broker, user), query), query),
    }),
    endpoint({
      method: 'GET',
      path: '/exchanges/:vhost',
      who: 'management',
      tag,
      summary: 'The exchanges of a virtual host',
      forms: { params: inVhost, query: pagingQuery },
      handle: ({ user, params, query }) =>
        listed(listing(management, [permittedVhost(broker, user, params.vhost)], query), query),
    }),
    ...oneExchangeEndpoints(management),
  ]
}

function oneExchangeEndpoints(management: Management): Endpoint[] {
  const { broker } = management
  return [
    endpoint({
      method: 'GET',
      path: '/exchanges/:vhost/:exchange',
      who: 'management',
      tag,
      summary: 'An exchange',
      forms: { params: ofExchange, query: columnsQuery },
      handle: ({ user, params, query }) => {
        const { vhost, exchange } = exchangeAt(management, user, params)
        return withColumns(exchangeView(vhost, exchange, viewContext(management, query)), query)
      },
    }),
    endpoint({
      method: 'PUT',
      path: '/exchanges/:vhost/:exchange',
      who: 'management',
      tag,
      summary: 'Declare an exchange',
      forms: { params: ofExchange, shownBody: declaration },
      handle: async ({ user, params, body }) => {
        const vhost = vhostToChange(broker, user, params.vhost)
        const name = exchangeNamed(params.exchange)
        const existed = vhost.exchanges.has(withoutLineBreaks(name))
        await directRequest(management, user, vhost, exchangeDeclare(name, body))
        return existed ? NO_CONTENT : CREATED
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/exchanges/:vhost/:exchange',
      who: 'management',
      tag,
      summary: 'Delete an exchange',
      forms: { params: ofExchange, query: deleteQuery },
      handle: async ({ user, params, query }) => {
        const { vhost, exchange } = exchangeAt(management, user, params)
        const method = new ExchangeDelete(exchange.name, isSet(query['if-unused']), false)
        await directRequest(management, user, vhost, method)
        return NO_CONTENT
      },
    }),
  ]
}

/** @throws Problem */
export function exchangeAt(
  { broker }: Management,
  user: User,
  params: { readonly vhost: string; readonly exchange: string },
): ExchangeAt {
  const vhost = permittedVhost(broker, user, params.vhost)
  const exchange = vhost.exchanges.get(exchangeNamed(params.exchange))
  if (exchange === undefined) throw objectNotFound()
  return { vhost, exchange }
}

function exchangeDeclare(name: string, given: unknown): ExchangeDeclare {
  const exchange = shortText('exchange', name)
  const body = objectBody(given)
  const type = textIn(body, 'type') ?? 'direct'
  const durable = booleanIn(body, 'durable') ?? false
  const autoDelete = booleanIn(body, 'auto_delete') ?? false
  const internal = booleanIn(body, 'internal') ?? false
  const args = tableIn(body, 'arguments')
  return new ExchangeDeclare(exchange, type, false, durable, autoDelete, internal, false, args)
}

function listing(
  management: Management,
  vhosts: readonly Vhost[],
  query: PagingQuery & Readonly<Record<string, unknown>>,
): Listing<ExchangeAt> {
  const context = isSet(query.disable_stats) ? undefined : viewContext(management, query)
  return {
    items: vhosts.flatMap(vhost =>
      [...vhost.exchanges.values()].sort(byName).map(exchange => ({ vhost, exchange })),
    ),
    name: ({ exchange }) => exchange.name,
    view: ({ vhost, exchange }) => exchangeView(vhost, exchange, context),
    pause: () => pause(management.broker),
  }
}
