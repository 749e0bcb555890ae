/** `/api/parameters` and `/api/global-parameters`: what plugins of RabbitMQ, and some of its own parts, are set with. */
import { Type } from '@sinclair/typebox'
import type { User } from '../../auth/users'
import type { Broker } from '../../broker/broker'
import { kept } from '../../broker/kept'
import type { GlobalParameter, Parameter } from '../../broker/parameters'
import { type ApiRequest, CREATED, type Endpoint, endpoint, NO_CONTENT } from '../api'
import { bodyWith } from '../bodies'
import { describedBody } from '../described-body'
import { requireTag } from '../login'
import type { Management } from '../management'
import { objectNotFound, vhostNotFound } from '../problems'
import { permittedVhosts, requirePolicymaker } from '../visible'

const TAG = 'Parameters'

const one = Type.Object({ component: Type.String(), vhost: Type.String(), name: Type.String() })
const globalOne = Type.Object({ name: Type.String() })

const EXAMPLE = { value: { 'max-queues': 100 }, vhost: '/', component: 'vhost-limits', name: 'limits' }
const GLOBAL_EXAMPLE = { name: 'cluster_name', value: 'orders' }

export function parameterEndpoints({ broker }: Management): Endpoint[] {
  return [
    ...listEndpoints(broker),
    ...entryEndpoints(broker),
    ...globalReadingEndpoints(broker),
    ...globalChangingEndpoints(broker),
  ]
}

function listEndpoints(broker: Broker): Endpoint[] {
  const views = ({ user }: ApiRequest, component?: string): object[] => {
    requirePolicymaker(broker, user)
    const seen = new Set(permittedVhosts(broker, user).map(({ name }) => name))
    return broker.parameters
      .list(undefined, component)
      .filter(({ vhost }) => seen.has(vhost))
      .map(parameterView)
  }
  return [
    endpoint({
      method: 'GET',
      path: '/parameters',
      who: 'management',
      tag: TAG,
      summary: 'All parameters of the virtual hosts that the user may see',
      gives: [EXAMPLE],
      handle: request => views(request as ApiRequest),
    }),
    endpoint({
      method: 'GET',
      path: '/parameters/:component',
      who: 'management',
      tag: TAG,
      summary: 'Those of a component',
      forms: { params: Type.Object({ component: Type.String() }) },
      gives: [EXAMPLE],
      handle: request => views(request as ApiRequest, request.params.component),
    }),
    endpoint({
      method: 'GET',
      path: '/parameters/:component/:vhost',
      who: 'management',
      tag: TAG,
      summary: 'Those of a component in a virtual host',
      forms: { params: Type.Object({ component: Type.String(), vhost: Type.String() }) },
      gives: [EXAMPLE],
      handle: ({ user, params: { component, vhost } }) => {
        requirePolicymaker(broker, user, vhost)
        if (!broker.vhosts.has(vhost)) throw objectNotFound()
        return broker.parameters.list(vhost, component).map(parameterView)
      },
    }),
  ]
}

function entryEndpoints(broker: Broker): Endpoint[] {
  const { parameters, events } = broker
  const path = '/parameters/:component/:vhost/:name'
  return [
    endpoint({
      method: 'GET',
      path,
      who: 'management',
      tag: TAG,
      summary: 'A parameter',
      forms: { params: one },
      gives: EXAMPLE,
      handle: ({ user, params: { component, vhost, name } }) => {
        requirePolicymaker(broker, user, vhost)
        const parameter = parameters.get(vhost, component, name)
        if (parameter === undefined) throw objectNotFound()
        return parameterView(parameter)
      },
    }),
    endpoint({
      method: 'PUT',
      path,
      who: 'management',
      tag: TAG,
      summary: 'Set a parameter',
      forms: {
        params: one,
        shownBody: describedBody({ value: 'As the component wants it.' }, { value: EXAMPLE.value }),
      },
      handle: async ({ user, params: { component, vhost, name }, body }) => {
        requireSetter(broker, user, component, vhost)
        if (!broker.vhosts.has(vhost)) throw vhostNotFound()
        const { value } = bodyWith(body, ['value'])
        const isNew = parameters.get(vhost, component, name) === undefined
        const ticket = events.actingAs(user.name, () => parameters.set(vhost, component, name, value))
        await kept(broker, ticket)
        return isNew ? CREATED : NO_CONTENT
      },
    }),
    endpoint({
      method: 'DELETE',
      path,
      who: 'management',
      tag: TAG,
      summary: 'Clear a parameter',
      forms: { params: one },
      handle: async ({ user, params: { component, vhost, name } }) => {
        requireSetter(broker, user, component, vhost)
        const ticket = events.actingAs(user.name, () => parameters.clear(vhost, component, name))
        if (ticket === undefined) throw objectNotFound()
        await kept(broker, ticket)
        return NO_CONTENT
      },
    }),
  ]
}

/**
 * Bounds that operators set to those who make policies. RabbitMQ asks for an administrator at their own addresses, but for
 * no more than a policymaker here.
 */
const OF_OPERATORS: readonly string[] = ['operator_policy', 'vhost-limits']

/** @throws Problem 401 */
function requireSetter(broker: Broker, user: User, component: string, vhost: string): void {
  requirePolicymaker(broker, user, vhost)
  if (OF_OPERATORS.includes(component)) requireTag(user, 'administrator')
}

function globalReadingEndpoints(broker: Broker): Endpoint[] {
  const { parameters } = broker
  return [
    endpoint({
      method: 'GET',
      path: '/global-parameters',
      who: 'management',
      tag: TAG,
      summary: 'The parameters of the whole broker',
      gives: [GLOBAL_EXAMPLE],
      handle: ({ user }) => {
        requirePolicymaker(broker, user)
        return parameters.listGlobal().map(globalView)
      },
    }),
    endpoint({
      method: 'GET',
      path: '/global-parameters/:name',
      who: 'management',
      tag: TAG,
      summary: 'A parameter of the whole broker',
      forms: { params: globalOne },
      gives: GLOBAL_EXAMPLE,
      handle: ({ user, params }) => {
        requirePolicymaker(broker, user)
        const parameter = parameters.getGlobal(params.name)
        if (parameter === undefined) throw objectNotFound()
        return globalView(parameter)
      },
    }),
  ]
}

function globalChangingEndpoints(broker: Broker): Endpoint[] {
  const { parameters, events } = broker
  return [
    endpoint({
      method: 'PUT',
      path: '/global-parameters/:name',
      who: 'management',
      tag: TAG,
      summary: 'Set a parameter of the whole broker',
      forms: {
        params: globalOne,
        shownBody: describedBody({ value: 'Any JSON.' }, { value: GLOBAL_EXAMPLE.value }),
      },
      handle: async ({ user, params, body }) => {
        requirePolicymaker(broker, user)
        const { value } = bodyWith(body, ['value'])
        const isNew = parameters.getGlobal(params.name) === undefined
        const ticket = events.actingAs(user.name, () => parameters.setGlobal(params.name, value))
        await kept(broker, ticket)
        return isNew ? CREATED : NO_CONTENT
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/global-parameters/:name',
      who: 'management',
      tag: TAG,
      summary: 'Clear a parameter of the whole broker',
      forms: { params: globalOne },
      handle: async ({ user, params }) => {
        requirePolicymaker(broker, user)
        const ticket = events.actingAs(user.name, () => parameters.clearGlobal(params.name))
        if (ticket === undefined) throw objectNotFound()
        await kept(broker, ticket)
        return NO_CONTENT
      },
    }),
  ]
}

function parameterView({ value, vhost, component, name }: Parameter): object {
  return { value, vhost, component, name }
}

function globalView({ name, value }: GlobalParameter): object {
  return { name, value }
}
