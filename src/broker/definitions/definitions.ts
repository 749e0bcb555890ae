/**
 * Everything there is but messages, in the form of RabbitMQ's definitions files, so that they move both ways: users with
 * their hashes, virtual hosts, permissions, parameters, policies, and the topology of whoever has no owner.
 */
import { tableAsJson } from '../../amqp/json-table'
import type { Binding } from '../../exchanges/binding'
import type { Exchange } from '../../exchanges/exchange'
import { DelayQueue } from '../../queues/delay-queue'
import type { Queue } from '../../queues/queue'
import type { Broker } from '../broker'
import { isTraced } from '../events/firehose'
import { isReplyQueueName, NODE_NAME } from '../names'
import type { Policy } from '../policies/policy'
import type { Vhost } from '../vhost'

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

/** How a long list is given: at once, or as whoever writes it wants it. What is in it is certain from the beginning. */
export type ListOf = <Item>(items: readonly Item[], view: (item: Item) => object) => unknown

const atOnce: ListOf = (items, view) => items.map(view)

export function exportDefinitions(broker: Broker, list: ListOf = atOnce): Definitions {
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
    policies: vhosts.flatMap(vhost => policiesOf(vhost).map(policy => named(vhost, policy))),
    queues: list(within(vhosts, queuesOf), ([vhost, queue]) => named(vhost, queueRecord(queue))),
    exchanges: list(within(vhosts, exchangesOf), ([vhost, exchange]) =>
      named(vhost, exchangeRecord(exchange)),
    ),
    bindings: list(within(vhosts, bindingsOf), ([vhost, binding]) => named(vhost, bindingRecord(binding))),
  }
}

/** Without users, permissions and global parameters; what is in it does not say its name, so it goes into any other. */
export function exportVhostDefinitions(broker: Broker, vhost: Vhost, list: ListOf = atOnce): Definitions {
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
    queues: list(queuesOf(vhost), queueRecord),
    exchanges: list(exchangesOf(vhost), exchangeRecord),
    bindings: list(bindingsOf(vhost), bindingRecord),
  }
}

function metadataOf({ metadata }: Vhost) {
  const { description, tags, defaultQueueType, isProtected } = metadata
  const type = defaultQueueType === undefined ? {} : { default_queue_type: defaultQueueType }
  const all = { description, tags, ...type, ...(isProtected ? { protected_from_deletion: true } : {}) }
  return { description, tags, ...type, metadata: all }
}

function within<Item>(vhosts: readonly Vhost[], itemsOf: (vhost: Vhost) => Item[]): [Vhost, Item][] {
  return vhosts.flatMap(vhost => itemsOf(vhost).map((item): [Vhost, Item] => [vhost, item]))
}

function named(vhost: Vhost, record: object): object {
  return { ...record, vhost: vhost.name }
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

function queuesOf(vhost: Vhost): Queue[] {
  return [...vhost.queues.values()].filter(isExported)
}

function queueRecord({ name, definition }: Queue): object {
  const { durable, autoDelete, arguments: args } = definition
  return { name, durable, auto_delete: autoDelete, arguments: tableAsJson(args) }
}

/** RabbitMQ: not those whose names it keeps for itself. */
function exchangesOf(vhost: Vhost): Exchange[] {
  return [...vhost.exchanges.values()].filter(({ name }) => name !== '' && !name.startsWith('amq.'))
}

function exchangeRecord({ name, type, durable, autoDelete, internal, arguments: args }: Exchange): object {
  return { name, type, durable, auto_delete: autoDelete, internal, arguments: tableAsJson(args) }
}

function bindingsOf(vhost: Vhost): Binding[] {
  const lasting: Binding[] = []
  for (const exchange of vhost.exchanges.values()) {
    if (exchange.name === '') continue
    for (const binding of exchange.bindings()) {
      const { kind, name } = binding.destination
      const queue = kind === 'queue' ? vhost.queues.get(name) : undefined
      if (kind === 'exchange' || (queue !== undefined && isExported(queue))) lasting.push(binding)
    }
  }
  return lasting
}

function bindingRecord({ source, destination, routingKey, arguments: args }: Binding): object {
  return {
    source,
    destination: destination.name,
    destination_type: destination.kind,
    routing_key: routingKey,
    arguments: tableAsJson(args),
  }
}
