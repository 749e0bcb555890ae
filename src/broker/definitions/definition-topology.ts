/**
 * The topology of an import: exchanges, queues and bindings, checked as if those before them were there already. Part of
 * `definition-plan`, which knows the order.
 */
import { Binding } from '../../exchanges/binding'
import type { Exchange } from '../../exchanges/exchange'
import { checkExchangeType, createExchange, unknownExchangeType } from '../../exchanges/types'
import { checkQueueArguments, checkQueueProperties } from '../../queues/arguments'
import { type CommitTicket, NOTHING_TO_WAIT_FOR } from '../../store/message-store'
import type { Broker } from '../broker'
import { bind } from '../declarations/bindings'
import { declareExchange } from '../declarations/exchange-declarations'
import { declareQueue } from '../declarations/queue-declarations'
import { describeResource } from '../names'
import type { Vhost } from '../vhost'
import {
  booleanOf,
  type DefinitionRecord,
  DefinitionsRefused,
  shortTextOf,
  tableOf,
  textOf,
} from './definition-records'

/** The ticket makes it safe. */
export type Step = () => CommitTicket

/** What a virtual host will hold as far as the plan goes. */
interface PlannedVhost {
  readonly exchanges: Map<string, Exchange>
  readonly queues: Set<string>
}

export class TopologyPlan {
  private readonly vhosts = new Map<string, PlannedVhost>()

  /** `only`: everything goes into this virtual host, whatever the records say. */
  constructor(
    private readonly broker: Broker,
    private readonly only: string | undefined,
  ) {
    for (const [name, { exchanges, queues }] of broker.vhosts)
      this.vhosts.set(name, { exchanges: new Map(exchanges), queues: new Set(queues.keys()) })
  }

  addVhost(name: string): void {
    if (!this.vhosts.has(name)) this.vhosts.set(name, { exchanges: new Map(), queues: new Set() })
  }

  /** Undefined: there is nothing to do. */
  queue(record: DefinitionRecord): Step | undefined {
    const vhost = this.vhostIn(record)
    const name = shortTextOf(record, 'name')
    const planned = this.planned(vhost)
    // RabbitMQ: names that it keeps for itself are passed over, and so is what is there already, whatever it is.
    if (name.startsWith('amq.') || planned.queues.has(name)) return undefined
    const durable = booleanOf(record, 'durable')
    const autoDelete = booleanOf(record, 'auto_delete')
    const args = tableOf(record, 'arguments')
    const resource = describeResource('queue', name, vhost)
    checkQueueArguments(resource, args)
    checkQueueProperties(resource, { durable, isExclusive: false, autoDelete }, args)
    planned.queues.add(name)
    const request = { name, durable, autoDelete, owner: undefined, arguments: args }
    return () =>
      this.changed(vhost, into => {
        if (!into.queues.has(name)) declareQueue(into, request, this)
      })
  }

  exchange(record: DefinitionRecord): Step | undefined {
    const vhost = this.vhostIn(record)
    const name = shortTextOf(record, 'name')
    const planned = this.planned(vhost)
    if (name === '' || name.startsWith('amq.') || planned.exchanges.has(name)) return undefined
    const type = textOf(record, 'type')
    if (this.broker.compat.unknownExchangeTypes.includes(type)) throw unknownExchangeType(type)
    checkExchangeType(type)
    const request = {
      name,
      type,
      durable: booleanOf(record, 'durable'),
      autoDelete: booleanOf(record, 'auto_delete'),
      internal: booleanOf(record, 'internal', false),
      arguments: tableOf(record, 'arguments'),
    }
    planned.exchanges.set(name, createExchange(type, request))
    return () =>
      this.changed(vhost, into => {
        if (!into.exchanges.has(name)) declareExchange(into, request)
      })
  }

  /** RabbitMQ: one whose ends are not there is passed over. */
  binding(record: DefinitionRecord): Step | undefined {
    const vhost = this.only ?? String(record['vhost'])
    const planned = this.vhosts.get(vhost)
    const source = shortTextOf(record, 'source')
    const destination = shortTextOf(record, 'destination')
    const kind = record['destination_type']
    if (kind !== 'queue' && kind !== 'exchange')
      throw new DefinitionsRefused('destination_type of a binding is queue or exchange')
    const key = shortTextOf(record, 'routing_key')
    const args = tableOf(record, 'arguments')
    const from = planned?.exchanges.get(source)
    const isThere = kind === 'queue' ? planned?.queues.has(destination) : planned?.exchanges.has(destination)
    if (source === '' || destination === '' || !isThere) return undefined
    from?.validateBinding(new Binding(source, { kind, name: destination }, key, args))
    return () =>
      this.changed(vhost, into => {
        const [at, to] = [into.exchanges.get(source), endOf(into, kind, destination)]
        if (at !== undefined && to !== undefined) bind(into, at, to, key, args)
      })
  }

  /** What the step did to the virtual host, and when that is safe. It may be gone by now: others change it, too. */
  changed(name: string, change: (vhost: Vhost) => void): CommitTicket {
    const vhost = this.broker.vhosts.get(name)
    if (vhost === undefined) return NOTHING_TO_WAIT_FOR
    change(vhost)
    return vhost.log.ticket
  }

  /** @throws DefinitionsRefused */
  vhostIn(record: DefinitionRecord): string {
    const vhost = this.only ?? record['vhost']
    if (vhost === undefined)
      throw new DefinitionsRefused('Virtual host does not exist and is not specified in definitions file.')
    if (typeof vhost === 'string' && this.vhosts.has(vhost)) return vhost
    throw new DefinitionsRefused(
      `Please create virtual host "${String(vhost)}" prior to importing definitions.`,
    )
  }

  private planned(vhost: string): PlannedVhost {
    return this.vhosts.get(vhost)! // vhostIn found it
  }

  /** RabbitMQ's text. @throws DefinitionsRefused */
  requireRoomForQueues(): void {
    for (const [name, { queues }] of this.vhosts) {
      const vhost = this.broker.vhosts.get(name)
      const present = vhost === undefined ? 0 : vhost.queues.size - vhost.undeclaredQueueCount
      const added = queues.size - (vhost?.queues.size ?? 0)
      const limit = this.broker.limits.get('vhost', name)?.['max-queues'] ?? -1
      if (limit < 0 || added === 0 || present + added <= limit) continue
      throw new DefinitionsRefused(
        `Adding ${added} queue(s) to virtual host "${name}" would exceed the limit of ${limit} queue(s).\n\n` +
          `This virtual host currently has ${present} queue(s) defined.\n\nImport aborted!`,
      )
    }
  }
}

function endOf(vhost: Vhost, kind: 'queue' | 'exchange', name: string) {
  return kind === 'queue' ? vhost.queues.get(name) : vhost.exchanges.get(name)
}
