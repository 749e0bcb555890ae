/**
 * Takes everything out of a broker that definitions do not name, and puts what they name back: connections may stay. What is
 * theirs alone stays with them: the queue behind a reply-to. Messages, exclusive queues and traces go in any case.
 */
import type { Broker } from '../broker/broker'
import { removeExchange, unbind } from '../broker/declarations/bindings'
import { removeQueue } from '../broker/declarations/queue-declarations'
import { DefinitionPlan } from '../broker/definitions/definition-plan'
import { type Definitions, exportDefinitions } from '../broker/definitions/definitions'
import { DefinitionsRefused, importDefinitions } from '../broker/definitions/definitions-import'
import { isReplyQueueName } from '../broker/names'
import type { Vhost } from '../broker/vhost'
import { DelayQueue } from '../queues/delay-queue'

/** Users, virtual hosts, permissions, policies and topology; no messages. May be kept as JSON, and given to RabbitMQ. */
export type TopologySnapshot = Definitions

export function snapshotOf(broker: Broker): TopologySnapshot {
  // A copy: nothing of it is shared with the broker.
  return JSON.parse(JSON.stringify(exportDefinitions(broker))) as TopologySnapshot
}

/** @throws DefinitionsRefused for what is no snapshot, or cannot be put into a broker */
export function checkSnapshot(broker: Broker, snapshot: TopologySnapshot): void {
  for (const category of ['users', 'vhosts'])
    if (!Array.isArray(snapshot[category])) throw new DefinitionsRefused(`a snapshot has ${category}`)
  for (const _ of new DefinitionPlan(broker, snapshot).planning());
}

/** Of a snapshot that was checked. */
export async function restore(broker: Broker, snapshot: TopologySnapshot): Promise<void> {
  const kept = new Kept(snapshot)
  for (const [name, vhost] of [...broker.vhosts]) {
    if (kept.has('vhosts', { name })) empty(broker, vhost)
    else {
      broker.putVhost(name, { protected_from_deletion: false })
      broker.deleteVhost(name)
    }
  }
  clearAccess(broker, kept)
  clearParameters(broker, kept)
  await importDefinitions(broker, snapshot)
}

function empty(broker: Broker, vhost: Vhost): void {
  broker.trace(vhost.name, false)
  for (const transfer of vhost.transfers) transfer.cancel()
  for (const policy of vhost.policies.list('policy')) vhost.policies.clear('policy', policy.name)
  for (const policy of vhost.policies.list('operator-policy'))
    vhost.policies.clear('operator-policy', policy.name)
  for (const queue of [...vhost.queues.values()]) {
    if (!isReplyQueueName(queue.name) && !(queue instanceof DelayQueue)) removeQueue(vhost, queue)
  }
  for (const exchange of [...vhost.exchanges.values()]) {
    const isOwn = exchange.name === '' || exchange.name.startsWith('amq.')
    if (!isOwn && vhost.exchanges.has(exchange.name)) removeExchange(vhost, exchange)
  }
  for (const exchange of vhost.exchanges.values()) {
    if (exchange.name === '') continue
    for (const { destination, routingKey, arguments: args } of [...exchange.bindings()])
      unbind(vhost, exchange, destination, routingKey, args)
  }
}

function clearAccess(broker: Broker, kept: Kept): void {
  const { accounts, users, permissions, topicPermissions, limits } = broker
  for (const { name } of [...users]) {
    limits.clear('user', name)
    if (!kept.has('users', { name })) accounts.deleteUser(name)
  }
  for (const { user, vhost } of [...permissions])
    if (!kept.has('permissions', { user, vhost })) accounts.clearPermissions(user, vhost)
  for (const { user, vhost, exchange } of [...topicPermissions])
    if (!kept.has('topic_permissions', { user, vhost, exchange }))
      accounts.clearTopicPermissions(user, vhost, exchange)
}

function clearParameters({ parameters }: Broker, kept: Kept): void {
  for (const { vhost, component, name } of parameters.list())
    if (!kept.has('parameters', { vhost, component, name })) parameters.clear(vhost, component, name)
  for (const { name } of parameters.listGlobal())
    if (!kept.has('global_parameters', { name })) parameters.clearGlobal(name)
}

type Category = 'users' | 'vhosts' | 'permissions' | 'topic_permissions' | 'parameters' | 'global_parameters'

/** What definitions name. */
class Kept {
  constructor(private readonly definitions: Definitions) {}

  has(category: Category, names: Readonly<Record<string, string>>): boolean {
    const records = this.definitions[category]
    if (!Array.isArray(records)) return false
    return records.some(record => Object.entries(names).every(([key, name]) => record[key] === name))
  }
}
