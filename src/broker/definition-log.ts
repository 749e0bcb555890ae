/**
 * Every change of a virtual host's durable topology on its way to the store. `ticket` makes all of them so far safe: the
 * `-ok` of a declaration waits for it.
 */
import { tableToBytes } from '../amqp/table-bytes'
import type { Binding } from '../exchanges/binding'
import type { Destination } from '../exchanges/destination'
import { Exchange } from '../exchanges/exchange'
import { Queue } from '../queues/queue'
import type { DefinitionChange, DefinitionStore } from '../store/definition-store'
import { type CommitTicket, NOTHING_TO_WAIT_FOR } from '../store/message-store'

import type { Policy, PolicyKind } from './policy'

export class DefinitionLog {
  ticket: CommitTicket = NOTHING_TO_WAIT_FOR

  constructor(
    private readonly vhost: string,
    private readonly store: DefinitionStore,
  ) {}

  exchangeDeclared(exchange: Exchange): void {
    if (!exchange.durable) return
    const { name, type, autoDelete, internal } = exchange
    const record = {
      vhost: this.vhost,
      name,
      type,
      autoDelete,
      internal,
      arguments: tableToBytes(exchange.arguments),
    }
    this.change({ kind: 'exchange', record })
  }

  exchangeGone(exchange: Exchange): void {
    if (exchange.durable) this.change({ kind: 'exchange-gone', vhost: this.vhost, name: exchange.name })
  }

  queueDeclared(queue: Queue): void {
    if (!queue.isKept) return
    const { id, name, autoDelete, arguments: args } = queue.definition
    const record = { id, vhost: this.vhost, name, autoDelete, arguments: tableToBytes(args) }
    this.change({ kind: 'queue', record })
  }

  queueGone(queue: Queue): void {
    if (queue.isKept) this.change({ kind: 'queue-gone', id: queue.definition.id })
  }

  bound(source: Exchange, binding: Binding): void {
    if (!isKept(source, binding.destination)) return
    const { destination, identity, routingKey } = binding
    const record = {
      vhost: this.vhost,
      identity,
      source: source.name,
      destinationKind: destination.kind,
      destination: destination.name,
      routingKey,
      arguments: tableToBytes(binding.arguments),
    }
    this.change({ kind: 'binding', record })
  }

  unbound(source: Exchange, binding: Binding): void {
    if (!isKept(source, binding.destination)) return
    this.change({ kind: 'binding-gone', vhost: this.vhost, identity: binding.identity })
  }

  policySet(kind: PolicyKind, policy: Policy): void {
    const definition = JSON.stringify(policy.definition)
    this.change({ kind: 'policy', record: { ...policy, kind, vhost: this.vhost, definition } })
  }

  policyCleared(kind: PolicyKind, name: string): void {
    this.change({ kind: 'policy-gone', vhost: this.vhost, policyKind: kind, name })
  }

  private change(change: DefinitionChange): void {
    this.ticket = this.store.change(change)
  }
}

/** A binding outlives the broker when both of its ends do. */
function isKept(source: Exchange, destination: Destination): boolean {
  if (!source.durable) return false
  if (destination instanceof Queue) return destination.isKept
  return destination instanceof Exchange && destination.durable
}
