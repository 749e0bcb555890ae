/** `/api/policies` and `/api/operator-policies`, which differ in their kind and in who may change them. */
import { Type } from '@sinclair/typebox'
import type { Broker } from '../../broker/broker'
import { kept } from '../../broker/kept'
import type { PolicyKind } from '../../broker/policies/policy'
import type { Vhost } from '../../broker/vhost'
import { type ApiRequest, CREATED, type Endpoint, endpoint, NO_CONTENT } from '../api'
import { bodyWith } from '../bodies'
import { describedBody } from '../described-body'
import type { Who } from '../login'
import type { Management } from '../management'
import { inVhost } from '../parameters'
import { objectNotFound, vhostNotFound } from '../problems'
import { policyView } from '../views/policy'
import { permittedVhost, permittedVhosts, requirePolicymaker } from '../visible'

interface Offer {
  readonly kind: PolicyKind
  /** Behind `/api`. */
  readonly path: string
  readonly tag: string
  readonly noun: string
  /** Who may look at a single one and change it. */
  readonly who: Who
}

const OFFERS: readonly Offer[] = [
  { kind: 'policy', path: '/policies', tag: 'Policies', noun: 'policy', who: 'management' },
  {
    kind: 'operator-policy',
    path: '/operator-policies',
    tag: 'Operator policies',
    noun: 'operator policy',
    who: 'administrator',
  },
]

const one = Type.Object({ ...inVhost.properties, name: Type.String() })

const EXAMPLE = {
  vhost: '/',
  name: 'short-queues',
  pattern: '^short\\.',
  'apply-to': 'queues',
  definition: { 'max-length': 1000 },
  priority: 0,
}

export function policyEndpoints({ broker }: Management): Endpoint[] {
  return OFFERS.flatMap(offer => [...readingEndpoints(broker, offer), ...changingEndpoints(broker, offer)])
}

function readingEndpoints(broker: Broker, { kind, path, tag, noun, who }: Offer): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path,
      who: 'management',
      tag,
      summary: `Every ${noun} of the virtual hosts that the user may see`,
      gives: [EXAMPLE],
      handle: ({ user }) => permittedVhosts(broker, user).flatMap(vhost => viewsOf(vhost, kind)),
    }),
    endpoint({
      method: 'GET',
      path: `${path}/:vhost`,
      who: 'management',
      tag,
      summary: `Every ${noun} of a virtual host`,
      forms: { params: inVhost },
      gives: [EXAMPLE],
      handle: ({ user, params }) => viewsOf(permittedVhost(broker, user, params.vhost), kind),
    }),
    endpoint({
      method: 'GET',
      path: `${path}/:vhost/:name`,
      who,
      tag,
      summary: `One ${noun}`,
      forms: { params: one },
      gives: EXAMPLE,
      handle: ({ user, params }) => {
        if (kind === 'policy') requirePolicymaker(broker, user, params.vhost)
        const policy = broker.vhosts.get(params.vhost)?.policies.get(kind, params.name)
        if (policy === undefined) throw objectNotFound()
        return policyView(params.vhost, policy)
      },
    }),
  ]
}

function changingEndpoints(broker: Broker, offer: Offer): Endpoint[] {
  const { path, tag, noun, who } = offer
  return [
    endpoint({
      method: 'PUT',
      path: `${path}/:vhost/:name`,
      who,
      tag,
      summary: `Set or replace the ${noun}: it holds at once for what is there and for what will be declared`,
      forms: {
        params: one,
        shownBody: describedBody(
          {
            pattern: 'Regular expression that occurs in the names that are meant.',
            definition: 'What it sets, by RabbitMQ’s keys.',
            priority: 'The highest one counts; of equal ones the first by name. Default 0.',
            'apply-to': 'all (default), queues, classic_queues, quorum_queues, streams or exchanges.',
          },
          { pattern: EXAMPLE.pattern, definition: EXAMPLE.definition, 'apply-to': 'queues' },
        ),
      },
      handle: request => putPolicy(broker, offer, request),
    }),
    endpoint({
      method: 'DELETE',
      path: `${path}/:vhost/:name`,
      who,
      tag,
      summary: `Clear the ${noun}`,
      forms: { params: one },
      handle: async ({ user, params }) => {
        if (offer.kind === 'policy') requirePolicymaker(broker, user, params.vhost)
        const vhost = broker.vhosts.get(params.vhost)
        const { events } = broker
        const wasThere =
          vhost !== undefined &&
          events.actingAs(user.name, () => vhost.policies.clear(offer.kind, params.name))
        if (!wasThere) throw objectNotFound()
        await kept(broker, vhost.log.ticket)
        return NO_CONTENT
      },
    }),
  ]
}

async function putPolicy(
  broker: Broker,
  { kind }: Offer,
  { user, params, body }: ApiRequest<{ params: typeof one }>,
): Promise<unknown> {
  if (kind === 'policy') requirePolicymaker(broker, user, params.vhost)
  const vhost = broker.vhosts.get(params.vhost)
  if (vhost === undefined) throw vhostNotFound()
  const { pattern, definition, priority, 'apply-to': applyTo } = bodyWith(body, ['pattern', 'definition'])
  const isNew = vhost.policies.get(kind, params.name) === undefined
  const terms = { pattern, definition, priority, 'apply-to': applyTo }
  broker.events.actingAs(user.name, () => vhost.policies.set(kind, params.name, terms))
  await kept(broker, vhost.log.ticket)
  return isNew ? CREATED : NO_CONTENT
}

function viewsOf(vhost: Vhost, kind: PolicyKind): object[] {
  return vhost.policies.list(kind).map(policy => policyView(vhost.name, policy))
}
