/** `/api/vhost-limits` and `/api/user-limits`. */
import { Type } from '@sinclair/typebox'
import type { Broker } from '../../broker/broker'
import { kept } from '../../broker/kept'
import type { Limits } from '../../broker/limits'
import { ValidationFailed } from '../../broker/validation'
import type { LimitScope } from '../../store/definition-store'
import { type Endpoint, endpoint, NO_CONTENT } from '../api'
import { bodyWith } from '../bodies'
import { describedBody } from '../described-body'
import type { Management } from '../management'
import { inVhost, ofUser } from '../parameters'
import { badRequest, objectNotFound, vhostNotFound } from '../problems'
import { visibleVhost, visibleVhosts } from '../visible'

const TAG = 'Limits'

const limitNamed = { name: Type.String() }

const takes = describedBody({ value: '0 allows none, below 0 is no limit.' }, { value: 100 })

export function limitEndpoints({ broker }: Management): Endpoint[] {
  return [...vhostLimitEndpoints(broker), ...userLimitEndpoints(broker)]
}

function vhostLimitEndpoints(broker: Broker): Endpoint[] {
  const one = Type.Object({ ...inVhost.properties, ...limitNamed })
  const gives = [{ vhost: '/', value: { 'max-connections': 500, 'max-queues': 1000 } }]
  const view = (vhost: string): object[] => limitsView(broker, 'vhost', vhost)
  return [
    endpoint({
      method: 'GET',
      path: '/vhost-limits',
      who: 'management',
      tag: TAG,
      summary: 'The limits of all virtual hosts that the user may see',
      gives,
      handle: ({ user }) => visibleVhosts(broker, user).flatMap(({ name }) => view(name)),
    }),
    endpoint({
      method: 'GET',
      path: '/vhost-limits/:vhost',
      who: 'management',
      tag: TAG,
      summary: 'The limits of a virtual host',
      forms: { params: inVhost },
      gives,
      handle: ({ user, params }) => view(visibleVhost(broker, user, params.vhost).name),
    }),
    endpoint({
      method: 'PUT',
      path: '/vhost-limits/:vhost/:name',
      who: 'administrator',
      tag: TAG,
      summary: 'Set a limit of a virtual host: max-connections or max-queues',
      forms: { params: one, shownBody: takes },
      handle: ({ user, params, body }) => {
        if (!broker.vhosts.has(params.vhost)) throw vhostNotFound()
        const { value } = bodyWith(body, ['value'])
        return setLimit(broker, user.name, 'vhost', params.vhost, params.name, value)
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/vhost-limits/:vhost/:name',
      who: 'administrator',
      tag: TAG,
      summary: 'Clear a limit of a virtual host',
      forms: { params: one },
      handle: ({ user, params }) => {
        if (!broker.vhosts.has(params.vhost)) throw objectNotFound()
        return clearLimit(broker, user.name, 'vhost', params.vhost, params.name)
      },
    }),
  ]
}

function userLimitEndpoints(broker: Broker): Endpoint[] {
  const one = Type.Object({ ...ofUser.properties, ...limitNamed })
  const gives = [{ user: 'app', value: { 'max-connections': 50, 'max-channels': 1000 } }]
  return [
    endpoint({
      method: 'GET',
      path: '/user-limits',
      who: 'management',
      tag: TAG,
      summary: 'The limits of all users',
      gives,
      handle: () => [...broker.users].flatMap(({ name }) => limitsView(broker, 'user', name)),
    }),
    endpoint({
      method: 'GET',
      path: '/user-limits/:user',
      who: 'management',
      tag: TAG,
      summary: 'The limits of a user',
      forms: { params: ofUser },
      gives,
      handle: ({ params }) => {
        if (broker.users.find(params.user) === undefined) throw objectNotFound()
        return limitsView(broker, 'user', params.user)
      },
    }),
    endpoint({
      method: 'PUT',
      path: '/user-limits/:user/:name',
      who: 'administrator',
      tag: TAG,
      summary: 'Set a limit of a user: max-connections or max-channels',
      forms: { params: one, shownBody: takes },
      handle: ({ user, params, body }) => {
        const { value } = bodyWith(body, ['value'])
        if (broker.users.find(params.user) === undefined) throw badRequest(['no_such_user', params.user])
        return setLimit(broker, user.name, 'user', params.user, params.name, value).catch(withoutHeading)
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/user-limits/:user/:name',
      who: 'administrator',
      tag: TAG,
      summary: 'Clear a limit of a user',
      forms: { params: one },
      handle: ({ user, params }) => {
        if (broker.users.find(params.user) === undefined) throw objectNotFound()
        return clearLimit(broker, user.name, 'user', params.user, params.name)
      },
    }),
  ]
}

function limitsView({ limits }: Broker, scope: LimitScope, name: string): object[] {
  const value = limits.get(scope, name)
  return value === undefined ? [] : [{ [scope]: name, value }]
}

async function setLimit(
  broker: Broker,
  actor: string,
  scope: LimitScope,
  name: string,
  limit: string,
  value: unknown,
): Promise<typeof NO_CONTENT> {
  return replaceLimits(broker, actor, scope, name, { ...broker.limits.get(scope, name), [limit]: value })
}

async function clearLimit(
  broker: Broker,
  actor: string,
  scope: LimitScope,
  name: string,
  limit: string,
): Promise<typeof NO_CONTENT> {
  const before = Object.entries(broker.limits.get(scope, name) ?? {})
  const left: Limits = Object.fromEntries(before.filter(([key]) => key !== limit))
  return replaceLimits(broker, actor, scope, name, left)
}

async function replaceLimits(
  broker: Broker,
  actor: string,
  scope: LimitScope,
  name: string,
  limits: Readonly<Record<string, unknown>>,
): Promise<typeof NO_CONTENT> {
  const ticket = broker.events.actingAs(actor, () => broker.limits.set(scope, name, limits))
  await kept(broker, ticket)
  return NO_CONTENT
}

/** RabbitMQ: the same checks as of other parameters, without the words before them. */
function withoutHeading(error: unknown): never {
  throw error instanceof ValidationFailed ? badRequest(error.problems.join('\n')) : error
}
