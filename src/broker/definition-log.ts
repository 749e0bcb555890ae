/**
 * Every change of a virtual host's topology on its way to those who listen and, where it is durable, to the store.
 * `ticket` makes all of them so far safe: the `-ok` of a declaration waits for it.
 */
import { type FieldTable, fieldTable, type PlainTable } from '../amqp/table'
import { tableToBytes } from '../amqp/table-bytes'
import type { Binding } from '../exchanges/binding'
import type { Destination } from '../exchanges/destination'
import { Exchange } from '../exchanges/exchange'
import { queueTypeOf } from '../queues/arguments'
import { Queue } from '../queues/queue'
import type { DefinitionChange, DefinitionStore } from '../store/definition-store'
import { type CommitTicket, NOTHING_TO_WAIT_FOR } from '../store/message-store'
import type { Events } from './events/events'
import { isReplyQueueName } from './names'
import type { Policy, PolicyKind } from './policies/policy'

export class DefinitionLog {
  ticket: CommitTicket = NOTHING_TO_WAIT_FOR

  constructor(
    private readonly vhost: string,
    private readonly store: DefinitionStore,
    private readonly events: Events,
  ) {}

  exchangeDeclared(exchange: Exchange): void {
    this.exchangeThere(exchange)
    if (!exchange.durable) return
    const { name, type, autoDelete, internal, arguments: args } = exchange
    const record = { vhost: this.vhost, name, type, autoDelete, internal, arguments: tableToBytes(args) }
    this.change({ kind: 'exchange', record })
  }

  /** An exchange that the store need not know: it is there in every run. */
  exchangeThere(exchange: Exchange): void {
    const { name, type, durable, autoDelete, internal, arguments: args } = exchange
    const properties = { name, type, durable, autoDelete, internal, arguments: args }
    this.events.emit({ kind: 'exchange.created', vhost: this.vhost, ...properties })
  }

  exchangeGone(exchange: Exchange): void {
    this.events.emit({ kind: 'exchange.deleted', vhost: this.vhost, name: exchange.name })
    if (exchange.durable) this.change({ kind: 'exchange-gone', vhost: this.vhost, name: exchange.name })
  }

  queueDeclared(queue: Queue): void {
    const { vhost } = this
    const { id, name, durable, autoDelete, owner, arguments: args } = queue.definition
    if (!isReplyQueueName(name)) {
      const type = queueTypeOf(args)
      this.events.emit({
        kind: 'queue.created',
        vhost,
        name,
        type,
        durable,
        autoDelete,
        owner,
        arguments: args,
      })
    }
    if (!queue.isKept) return
    const record = { id, vhost, name, autoDelete, arguments: tableToBytes(args) }
    this.change({ kind: 'queue', record })
  }

  queueGone(queue: Queue): void {
    const { name, definition } = queue
    if (!isReplyQueueName(name)) {
      const type = queueTypeOf(definition.arguments)
      this.events.emit({ kind: 'queue.deleted', vhost: this.vhost, name, type })
    }
    if (queue.isKept) this.change({ kind: 'queue-gone', id: definition.id })
  }

  bound(source: Exchange, binding: Binding): void {
    this.tell('binding.created', binding)
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

  /** Bindings of one exchange are gone. */
  unbound(source: Exchange, bindings: Iterable<Binding>): void {
    if (!source.durable && !this.events.isHeard) return
    const identities: string[] = []
    for (const binding of bindings) {
      this.tell('binding.deleted', binding)
      if (isKept(source, binding.destination)) identities.push(binding.identity)
    }
    if (identities.length > 0) this.change({ kind: 'bindings-gone', vhost: this.vhost, identities })
  }

  policySet(kind: PolicyKind, policy: Policy): void {
    const definition = JSON.stringify(policy.definition)
    this.change({ kind: 'policy', record: { ...policy, kind, vhost: this.vhost, definition } })
    const table = fieldTable(policy.definition as PlainTable)
    if (kind === 'operator-policy') this.operatorPolicySet(policy, table)
    this.events.emit({ kind: 'policy.set', vhost: this.vhost, ...policy, definition: table })
  }

  policyCleared(kind: PolicyKind, name: string): void {
    if (kind === 'operator-policy')
      this.events.emit({ kind: 'parameter.cleared', vhost: this.vhost, component: 'operator_policy', name })
    this.change({ kind: 'policy-gone', vhost: this.vhost, policyKind: kind, name })
    const event = kind === 'policy' ? 'policy.cleared' : 'operator.policy.cleared'
    this.events.emit({ kind: event, vhost: this.vhost, name })
  }

  /** RabbitMQ keeps them as parameters, and tells. */
  private operatorPolicySet({ name, pattern, applyTo, priority }: Policy, definition: FieldTable): void {
    const terms = fieldTable({ pattern, priority, 'apply-to': applyTo })
    const value: FieldTable = new Map([...terms, ['definition', { type: 'F', value: definition }]])
    const parameter = { vhost: this.vhost, component: 'operator_policy', name }
    this.events.emit({ kind: 'parameter.set', ...parameter, value: { type: 'F', value } })
  }

  private tell(kind: 'binding.created' | 'binding.deleted', binding: Binding): void {
    const { source, destination, routingKey, arguments: args } = binding
    this.events.emit({
      kind,
      vhost: this.vhost,
      source,
      destinationKind: destination.kind,
      destination: destination.name,
      routingKey,
      arguments: args,
    })
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
