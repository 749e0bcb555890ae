/**
 * Everything there is but messages, in the form of RabbitMQ's definitions files, so that they move both ways: users with
 * their hashes, virtual hosts, permissions, parameters, policies, and the topology of whoever has no owner.
 */
import { tableAsJson } from '../amqp/json-table'
import { DelayQueue } from '../queues/delay-queue'
import type { Queue } from '../queues/queue'
import type { Broker } from './broker'
import { isTraced } from './firehose'
import { isReplyQueueName, NODE_NAME } from './names'
import type { Policy } from './policy'
import type { Vhost } from './vhost'

/** By RabbitMQ's names; nothing of what came from outside is believed. */
export type Definitions = Readonly<Record<string, unknown>>

/** What a file is marked with. RabbitMQ looks at the version to know which digest old hashes are of. */
function marks(broker: Broker, format: string): Definitions {
  const version = broker.compat.announcedVersion
  return {
    rabbit_version: version,
    rabbitmq_version: version,
    product_name: 'RabbitMQ',
    product_version: version,
    rabbitmq_definition_format: format,
  }
}

export function exportDefinitions(broker: Broker): Definitions {
  const vhosts = [...broker.vhosts.values()]
  const { users, permissions, topicPermissions, parameters } = broker
  return {
    ...marks(broker, 'cluster'),
    original_cluster_name: parameters.getGlobal('cluster_name')?.value ?? NODE_NAME,
    explanation: 'Definitions of the whole broker, for RabbitMQ and Leveret',
    users: [...users].map(({ name, passwordHash = '', hashingAlgorithm, tags }) => ({
      name,
      password_hash: passwordHash,
      hashing_algorithm: hashingAlgorithm,
      tags: [...tags],
      limits: broker.limits.get('user', name) ?? {},
    })),
    vhosts: vhosts.map(vhost => ({ name: vhost.name, ...metadataOf(vhost), tracing: isTraced(vhost) })),
    permissions: [...permissions].map(({ user, vhost, configure, write, read }) => {
      return { user, vhost, configure, write, read }
    }),
    topic_permissions: [...topicPermissions].map(({ user, vhost, exchange, write, read }) => {
      return { user, vhost, exchange, write, read }
    }),
    parameters: parameters.list().map(({ vhost, component, name, value }) => {
      return { vhost, component, name, value }
    }),
    global_parameters: parameters.listGlobal().map(({ name, value }) => ({ name, value })),
    policies: vhosts.flatMap(vhost => named(vhost, policiesOf(vhost))),
    queues: vhosts.flatMap(vhost => named(vhost, queuesOf(vhost))),
    exchanges: vhosts.flatMap(vhost => named(vhost, exchangesOf(vhost))),
    bindings: vhosts.flatMap(vhost => named(vhost, bindingsOf(vhost))),
  }
}

/** Without users, permissions and global parameters; what is in it does not say its name, so it goes into any other. */
export function exportVhostDefinitions(broker: Broker, vhost: Vhost): Definitions {
  const { metadata, ...said } = metadataOf(vhost)
  return {
    ...marks(broker, 'single_virtual_host'),
    original_vhost_name: vhost.name,
    explanation: 'Definitions of a virtual host, for RabbitMQ and Leveret',
    ...said,
    metadata,
    parameters: broker.parameters.list(vhost.name).map(({ component, name, value }) => {
      return { component, name, value }
    }),
    policies: policiesOf(vhost),
    queues: queuesOf(vhost),
    exchanges: exchangesOf(vhost),
    bindings: bindingsOf(vhost),
  }
}

function metadataOf({ metadata }: Vhost) {
  const { description, tags, defaultQueueType, isProtected } = metadata
  const type = defaultQueueType === undefined ? {} : { default_queue_type: defaultQueueType }
  const all = { description, tags, ...type, ...(isProtected ? { protected_from_deletion: true } : {}) }
  return { description, tags, ...type, metadata: all }
}

function named(vhost: Vhost, records: readonly object[]): object[] {
  return records.map(record => ({ ...record, vhost: vhost.name }))
}

function policiesOf(vhost: Vhost): object[] {
  return vhost.policies.list('policy').map(({ name, pattern, applyTo, definition, priority }: Policy) => {
    return { name, pattern, 'apply-to': applyTo, definition, priority }
  })
}

/** Exclusive ones go with their connections, those behind replies and delayed exchanges with these. */
function isExported(queue: Queue): boolean {
  const { name, definition } = queue
  return definition.owner === undefined && !isReplyQueueName(name) && !(queue instanceof DelayQueue)
}

function queuesOf(vhost: Vhost): object[] {
  return [...vhost.queues.values()].filter(isExported).map(({ name, definition }) => {
    const { durable, autoDelete, arguments: args } = definition
    return { name, durable, auto_delete: autoDelete, arguments: tableAsJson(args) }
  })
}

/** RabbitMQ: not those whose names it keeps for itself. */
function exchangesOf(vhost: Vhost): object[] {
  const own = [...vhost.exchanges.values()].filter(({ name }) => name !== '' && !name.startsWith('amq.'))
  return own.map(({ name, type, durable, autoDelete, internal, arguments: args }) => {
    return { name, type, durable, auto_delete: autoDelete, internal, arguments: tableAsJson(args) }
  })
}

function bindingsOf(vhost: Vhost): object[] {
  const bindings = [...vhost.exchanges.values()]
    .filter(({ name }) => name !== '')
    .flatMap(exchange => [...exchange.bindings()])
  const lasting = bindings.filter(({ destination }) => {
    const queue = destination.kind === 'queue' ? vhost.queues.get(destination.name) : undefined
    return destination.kind === 'exchange' || (queue !== undefined && isExported(queue))
  })
  return lasting.map(({ source, destination, routingKey, arguments: args }) => ({
    source,
    destination: destination.name,
    destination_type: destination.kind,
    routing_key: routingKey,
    arguments: tableAsJson(args),
  }))
}
