/** `/api/bindings`, and the bindings of a queue or an exchange. */
import { type TProperties, Type } from '@sinclair/typebox'
import { ExchangeBind, ExchangeUnbind, QueueBind, QueueUnbind } from '../../amqp/methods'
import type { FieldTable } from '../../amqp/table'
import type { User } from '../../auth/users'
import type { Vhost } from '../../broker/vhost'
import { Binding } from '../../exchanges/binding'
import type { Destination } from '../../exchanges/destination'
import { Answer, type Endpoint, endpoint, NO_CONTENT } from '../api'
import { objectBody, shortText, tableIn, textIn } from '../bodies'
import { directRequest } from '../direct-request'
import type { Management } from '../management'
import { compareTexts } from '../order'
import { columnsQuery, type Listing, listed, type PagingQuery, pagingQuery, withColumns } from '../paging'
import { exchangeNamed, inVhost, ofExchange, ofQueue } from '../parameters'
import { pause } from '../pause'
import { objectNotFound } from '../problems'
import { sortedInSlices } from '../sorted-in-slices'
import { allBindings, bindingsBetween, bindingsFrom, bindingsTo } from '../vhost-bindings'
import { bindingView } from '../views/binding'
import { permittedVhost, permittedVhosts, vhostToChange } from '../visible'

const tag = 'Bindings'

const text = (description: string) => Type.String({ description })

const ends = Type.Object({
  ...inVhost.properties,
  source: text('The exchange that messages come from.'),
  kind: Type.Union([Type.Literal('q'), Type.Literal('e')], { description: 'To a queue or an exchange.' }),
  destination: text('The queue or exchange they go to.'),
})

const oneBinding = Type.Object({ ...ends.properties, props: text('Its `properties_key`.') })

const binding = Type.Object({
  routing_key: Type.Optional(Type.String()),
  arguments: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})

type Ends = Readonly<Record<'vhost' | 'source' | 'kind' | 'destination', string>>

export function bindingEndpoints(management: Management): Endpoint[] {
  return [
    ...listEndpoints(management),
    ...listsOfOneEndpoints(management),
    ...betweenEndpoints(management),
    ...oneBindingEndpoints(management),
  ]
}

function listEndpoints(management: Management): Endpoint[] {
  const { broker } = management
  return [
    endpoint({
      method: 'GET',
      path: '/bindings',
      who: 'management',
      tag,
      summary: 'All bindings of all virtual hosts that the user may see',
      forms: { query: pagingQuery },
      handle: ({ user, query }) => answer(management, ofAll(permittedVhosts(broker, user)), query),
    }),
    endpoint({
      method: 'GET',
      path: '/bindings/:vhost',
      who: 'management',
      tag,
      summary: 'The bindings of a virtual host',
      forms: { params: inVhost, query: pagingQuery },
      handle: ({ user, params, query }) => {
        const vhost = permittedVhost(broker, user, params.vhost)
        return answer(management, within(vhost, allBindings(vhost)), query)
      },
    }),
  ]
}

/** RabbitMQ: what is not there has no bindings. */
function listsOfOneEndpoints(management: Management): Endpoint[] {
  const { broker } = management
  const list = <P extends { readonly vhost: string }>(
    path: string,
    summary: string,
    params: TProperties,
    bindings: (vhost: Vhost, params: P) => readonly Binding[],
  ): Endpoint =>
    endpoint({
      method: 'GET',
      path,
      who: 'management',
      tag,
      summary,
      forms: { params: Type.Object(params), query: pagingQuery },
      handle: ({ user, params: given, query }) => {
        const params = given as unknown as P // what the form above says
        const vhost = permittedVhost(broker, user, params.vhost)
        return answer(management, within(vhost, bindings(vhost, params)), query)
      },
    })
  type OfExchange = { vhost: string; exchange: string }
  return [
    list(
      '/queues/:vhost/:queue/bindings',
      'The bindings to a queue',
      ofQueue.properties,
      (vhost, { queue }: { vhost: string; queue: string }) => {
        const found = vhost.queues.get(queue)
        return found === undefined ? [] : bindingsTo(vhost, found)
      },
    ),
    list(
      '/exchanges/:vhost/:exchange/bindings/source',
      'The bindings from an exchange',
      ofExchange.properties,
      (vhost, { exchange }: OfExchange) => {
        const found = vhost.exchanges.get(exchangeNamed(exchange))
        return found === undefined ? [] : bindingsFrom(vhost, found)
      },
    ),
    list(
      '/exchanges/:vhost/:exchange/bindings/destination',
      'The bindings to an exchange',
      ofExchange.properties,
      (vhost, { exchange }: OfExchange) => {
        const found = vhost.exchanges.get(exchangeNamed(exchange))
        return found === undefined ? [] : bindingsTo(vhost, found)
      },
    ),
  ]
}

function betweenEndpoints(management: Management): Endpoint[] {
  const { broker } = management
  return [
    endpoint({
      method: 'GET',
      path: '/bindings/:vhost/e/:source/:kind/:destination',
      who: 'management',
      tag,
      summary: 'The bindings between an exchange and a queue or an exchange',
      forms: { params: ends, query: pagingQuery },
      handle: ({ user, params, query }) => {
        const vhost = permittedVhost(broker, user, params.vhost)
        return answer(management, within(vhost, between(vhost, params)), query)
      },
    }),
    endpoint({
      method: 'POST',
      path: '/bindings/:vhost/e/:source/:kind/:destination',
      who: 'management',
      tag,
      summary: 'Bind; `Location` names the new binding',
      forms: { params: ends, shownBody: binding },
      handle: async ({ user, params, body }) => {
        const vhost = vhostToChange(broker, user, params.vhost)
        const given = objectBody(body)
        const routingKey = textIn(given, 'routing_key') ?? ''
        const args = tableIn(given, 'arguments')
        await directRequest(management, user, vhost, bindMethod(params, routingKey, args))
        return new Answer(201, '', { location: locationOf(params, routingKey, args) })
      },
    }),
  ]
}

function oneBindingEndpoints(management: Management): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/bindings/:vhost/e/:source/:kind/:destination/:props',
      who: 'management',
      tag,
      summary: 'A binding',
      forms: { params: oneBinding, query: columnsQuery },
      handle: ({ user, params, query }) => {
        const { vhost, found } = bindingAt(management, user, params)
        return withColumns(bindingView(vhost.name, found), query)
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/bindings/:vhost/e/:source/:kind/:destination/:props',
      who: 'management',
      tag,
      summary: 'Unbind',
      forms: { params: oneBinding },
      handle: async ({ user, params }) => {
        const { vhost, found } = bindingAt(management, user, params)
        await directRequest(management, user, vhost, unbindMethod(params, found.routingKey, found.arguments))
        return NO_CONTENT
      },
    }),
  ]
}

function bindingAt(
  { broker }: Management,
  user: User,
  params: Ends & { readonly props: string },
): { readonly vhost: Vhost; readonly found: Binding } {
  const vhost = permittedVhost(broker, user, params.vhost)
  const found = between(vhost, params).find(({ propertiesKey }) => isKey(propertiesKey, params.props))
  if (found === undefined) throw objectNotFound()
  return { vhost, found }
}

/** RabbitMQ's keys are quoted already; it takes those of clients that forgot to quote them again in the path, too. */
function isKey(propertiesKey: string, given: string): boolean {
  return propertiesKey === given || unquoted(propertiesKey) === given
}

function unquoted(propertiesKey: string): string {
  return decodeURIComponent(propertiesKey.replaceAll('+', ' '))
}

function between(vhost: Vhost, params: Ends): readonly Binding[] {
  const source = vhost.exchanges.get(exchangeNamed(params.source))
  const destination = destinationIn(vhost, params)
  if (source === undefined || destination === undefined) return []
  return bindingsBetween(source, destination)
}

function destinationIn(vhost: Vhost, { kind, destination }: Ends): Destination | undefined {
  return kind === 'q' ? vhost.queues.get(destination) : vhost.exchanges.get(exchangeNamed(destination))
}

function bindMethod(params: Ends, routingKey: string, args: FieldTable): QueueBind | ExchangeBind {
  const source = shortText('source', exchangeNamed(params.source))
  const destination = shortText('destination', params.destination)
  if (params.kind === 'q') return new QueueBind(destination, source, routingKey, false, args)
  return new ExchangeBind(exchangeNamed(destination), source, routingKey, false, args)
}

function unbindMethod(params: Ends, routingKey: string, args: FieldTable): QueueUnbind | ExchangeUnbind {
  const source = exchangeNamed(params.source)
  if (params.kind === 'q') return new QueueUnbind(params.destination, source, routingKey, args)
  return new ExchangeUnbind(exchangeNamed(params.destination), source, routingKey, false, args)
}

/** RabbitMQ: relative to the path that was asked for. */
function locationOf({ kind, source, destination }: Ends, routingKey: string, args: FieldTable): string {
  const to = { kind: kind === 'q' ? ('queue' as const) : ('exchange' as const), name: destination }
  const { propertiesKey } = new Binding(source, to, routingKey, args)
  return `${encodeURIComponent(destination)}/${encodeURIComponent(propertiesKey)}`
}

/** With the name of its virtual host. */
interface BindingAt {
  readonly vhost: string
  readonly binding: Binding
}

function* ofAll(vhosts: readonly Vhost[]): Generator<BindingAt> {
  for (const vhost of vhosts) yield* within(vhost, allBindings(vhost))
}

function* within({ name: vhost }: Vhost, bindings: Iterable<Binding>): Generator<BindingAt> {
  for (const binding of bindings) yield { vhost, binding }
}

async function answer(
  { broker }: Management,
  found: Iterable<BindingAt>,
  query: PagingQuery,
): Promise<unknown> {
  const listing: Listing<BindingAt> = {
    items: await sortedInSlices(found, byEverything, () => pause(broker)),
    name: ({ binding }) => `${binding.source} ${binding.destination.name} ${binding.routingKey}`,
    view: ({ vhost, binding }) => bindingView(vhost, binding),
    pause: () => pause(broker),
  }
  return listed(listing, query)
}

/** As RabbitMQ sorts them. */
function byEverything(
  { vhost, binding: a }: BindingAt,
  { vhost: otherVhost, binding: b }: BindingAt,
): number {
  return (
    compareTexts(vhost, otherVhost) ||
    compareTexts(a.source, b.source) ||
    compareTexts(a.destination.name, b.destination.name) ||
    compareTexts(a.routingKey, b.routingKey) ||
    compareTexts(a.identity, b.identity)
  )
}
