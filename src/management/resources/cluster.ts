/** The broker as RabbitMQ's cluster of one: its name, version and features, and what several nodes would have to do. */
import { Type } from '@sinclair/typebox'
import type { Broker } from '../../broker/broker'
import { kept } from '../../broker/kept'
import { NODE_NAME } from '../../broker/names'
import { Answer, type Endpoint, endpoint, NO_CONTENT } from '../api'
import { bodyWith } from '../bodies'
import { describedBody } from '../described-body'
import type { Management } from '../management'
import { ofNode } from '../parameters'
import { badRequest } from '../problems'
import { requireNode } from './nodes'

const TAG = 'Cluster'

/** RabbitMQ's feature flags that a client may ask for: Leveret has what they are about, and nobody can switch it off. */
const FEATURE_FLAGS: Readonly<Record<string, string>> = {
  classic_queue_type_delivery_support: 'Bug fix for classic queue deliveries using mixed versions',
  drop_unroutable_metric: 'Count unroutable publishes to be dropped in stats',
  empty_basic_get_metric: 'Count AMQP `basic.get` on empty queues in stats',
  implicit_default_bindings: 'Default bindings are now implicit, instead of being stored in the database',
  quorum_queue: 'Support queues of type `quorum`',
  user_limits: 'Configure connection and channel limits for a user',
  virtual_host_metadata: 'Virtual host metadata (description, tags, etc)',
}

const CLUSTER_NAME = 'cluster_name'

export function clusterName({ parameters }: Broker): unknown {
  return parameters.getGlobal(CLUSTER_NAME)?.value ?? NODE_NAME
}

export function clusterEndpoints(management: Management): Endpoint[] {
  return [...nameEndpoints(management), ...featureEndpoints(management), ...clusterChores(management)]
}

function nameEndpoints({ broker, version }: Management): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/cluster-name',
      who: 'management',
      tag: TAG,
      summary: 'The name of the broker',
      gives: { name: NODE_NAME },
      handle: () => ({ name: clusterName(broker) }),
    }),
    endpoint({
      method: 'PUT',
      path: '/cluster-name',
      who: 'administrator',
      tag: TAG,
      summary: 'Name the broker',
      forms: { shownBody: describedBody({ name: 'A text.' }, { name: 'orders' }) },
      handle: async ({ user, body }) => {
        const { name } = bodyWith(body, ['name'])
        if (typeof name !== 'string') throw badRequest('the name of a cluster is a text')
        const ticket = broker.events.actingAs(user.name, () =>
          broker.parameters.setGlobal(CLUSTER_NAME, name),
        )
        await kept(broker, ticket)
        return NO_CONTENT
      },
    }),
    endpoint({
      method: 'GET',
      path: '/version',
      who: 'anyone',
      tag: TAG,
      summary: "RabbitMQ's version that the broker is compatible with",
      gives: '4.2.0',
      handle: () => {
        const type = { 'content-type': 'application/json' }
        return new Answer(200, JSON.stringify(broker.compat.announcedVersion), type)
      },
    }),
    endpoint({
      method: 'GET',
      path: '/extensions',
      who: 'management',
      tag: TAG,
      summary: 'Extensions of the management: Leveret’s version',
      gives: [{ name: 'leveret', version }],
      handle: () => [{ name: 'leveret', version }],
    }),
  ]
}

function featureEndpoints({ config }: Management): Endpoint[] {
  const flags = Object.entries(FEATURE_FLAGS).map(([name, desc]) => ({
    name,
    desc,
    doc_url: '',
    state: 'enabled',
    stability: 'required',
    provided_by: 'leveret',
  }))
  return [
    endpoint({
      method: 'GET',
      path: '/feature-flags',
      who: 'management',
      tag: TAG,
      summary: 'Feature flags of RabbitMQ that are always on',
      gives: flags.slice(0, 1),
      handle: () => flags,
    }),
    endpoint({
      method: 'PUT',
      path: '/feature-flags/:name/enable',
      who: 'administrator',
      tag: TAG,
      summary: 'Nothing changes: they are on',
      forms: { params: Type.Object({ name: Type.String() }) },
      handle: ({ params }) => {
        if (!Object.hasOwn(FEATURE_FLAGS, params.name)) throw badRequest('unsupported')
        return NO_CONTENT
      },
    }),
    ...['/deprecated-features', '/deprecated-features/used'].map(path =>
      endpoint({
        method: 'GET',
        path,
        who: 'management',
        tag: TAG,
        summary: 'Features that will go: none of Leveret’s',
        gives: [],
        handle: () => [],
      }),
    ),
    endpoint({
      method: 'GET',
      path: '/config/effective',
      who: 'administrator',
      tag: TAG,
      summary: 'The options the broker runs with, without passwords',
      gives: { port: 5672, dataDir: 'leveret-data' },
      handle: () => config,
    }),
  ]
}

function clusterChores({ statistics }: Management): Endpoint[] {
  return [
    endpoint({
      method: 'DELETE',
      path: '/reset',
      who: 'administrator',
      tag: TAG,
      summary: 'Forget the past of all statistics: it begins anew',
      handle: () => {
        statistics.reset()
        return NO_CONTENT
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/reset/:node',
      who: 'administrator',
      tag: TAG,
      summary: 'The same, of this node',
      forms: { params: ofNode },
      handle: ({ params }) => {
        requireNode(params.node)
        statistics.reset()
        return NO_CONTENT
      },
    }),
    endpoint({
      method: 'POST',
      path: '/rebalance/queues',
      who: 'administrator',
      tag: TAG,
      summary: 'Spread queue leaders over the nodes: on one node all is done',
      handle: () => NO_CONTENT,
    }),
  ]
}
