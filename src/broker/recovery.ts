/** Boot: what the store held becomes exchanges, queues and bindings again. Messages come when they are needed. */
import { tableFromBytes } from '../amqp/table-bytes'
import { Binding } from '../exchanges/binding'
import { createExchange } from '../exchanges/types'
import type { Queue } from '../queues/queue'
import type { BindingRecord, PolicyRecord, StoredDefinitions } from '../store/definition-store'
import { attach } from './declarations/bindings'
import { newQueue } from './declarations/queue-declarations'
import { watchForDuplicates } from './deduplication'
import { delayQueueOf } from './delay-queues'
import type { ApplyTo } from './policies/policy'
import type { Vhost } from './vhost'

/** `vhostNamed` gives the virtual host of that name, made anew if it must be. */
export function recover(stored: StoredDefinitions, vhostNamed: (name: string) => Vhost): void {
  for (const policy of stored.policies) recoverPolicy(vhostNamed(policy.vhost), policy)
  for (const { vhost: vhostName, type, arguments: args, keys, ...rest } of stored.exchanges) {
    const exchange = createExchange(type, { ...rest, durable: true, arguments: tableFromBytes(args) })
    const vhost = vhostNamed(vhostName)
    vhost.exchanges.set(exchange.name, exchange)
    vhost.policies.applyToExchange(exchange)
    watchForDuplicates(vhost, exchange, keys)
  }
  const queues: Queue[] = []
  for (const record of stored.queues) {
    const { id, name, autoDelete } = record
    const vhost = vhostNamed(record.vhost)
    const args = tableFromBytes(record.arguments)
    const definition = { id, name, durable: true, autoDelete, owner: undefined, arguments: args }
    const queue = delayQueueOf(vhost, definition) ?? newQueue(vhost, definition)
    vhost.policies.applyToQueue(queue)
    queue.restore(record)
    vhost.queues.set(name, queue)
    queues.push(queue)
  }
  lookAtHeads(queues.values())
  for (const binding of stored.bindings) recoverBinding(vhostNamed(binding.vhost), binding)
}

/** One after the other: a hundred thousand queues with a backlog are not to be read before whoever wants a message. */
export function lookAtHeads(queues: Iterator<Queue>): void {
  for (let next = queues.next(); next.done !== true; next = queues.next()) {
    const queue = next.value
    const looksAtHead = (): boolean => queue.backlog.readHead(looked)
    const looked = (): void => {
      // Once more if nothing was left of it: then something else is at the head.
      if (!looksAtHead()) lookAtHeads(queues)
    }
    if (looksAtHead()) return
  }
}

function recoverPolicy(vhost: Vhost, record: PolicyRecord): void {
  const { kind, name, pattern, priority } = record
  const definition = JSON.parse(record.definition)
  vhost.policies.restore(kind, { name, pattern, priority, applyTo: record.applyTo as ApplyTo, definition })
}

function recoverBinding(vhost: Vhost, record: BindingRecord): void {
  const source = vhost.exchanges.get(record.source)
  const { destinationKind: kind, destination: name } = record
  const destination = kind === 'queue' ? vhost.queues.get(name) : vhost.exchanges.get(name)
  if (source === undefined || destination === undefined) return
  attach(
    vhost,
    source,
    new Binding(source.name, destination, record.routingKey, tableFromBytes(record.arguments)),
  )
}
