/**
 * An import that is thought through before anything is changed: every record is checked as if those before it were there
 * already, and becomes a step. A file that is wrong anywhere changes nothing. The order is RabbitMQ's.
 */
import { Permissions } from '../../auth/permissions'
import { TopicPermissions } from '../../auth/topic-permissions'
import { checkedUser } from '../access/user-terms'
import type { Broker } from '../broker'
import { checkedPolicy } from '../policies/policy'
import { checkedMetadata } from '../vhost-metadata'
import {
  type Category,
  type DefinitionRecord,
  DefinitionsRefused,
  recordsOf,
  refusalOf,
  textOf,
} from './definition-records'
import { type Step, TopologyPlan } from './definition-topology'
import type { Definitions } from './definitions'

const ORDER: readonly Category[] = [
  'users',
  'vhosts',
  'permissions',
  'topic_permissions',
  'exchanges',
  'global_parameters',
  'policies',
  'parameters',
  'queues',
  'bindings',
]

/** Those that a virtual host has. */
const ORDER_IN_VHOST: readonly Category[] = ['exchanges', 'parameters', 'policies', 'queues', 'bindings']

export class DefinitionPlan {
  readonly steps: Step[] = []
  private readonly users: Set<string>
  private readonly topology: TopologyPlan
  private readonly scratch = { permissions: new Permissions(), topics: new TopicPermissions() }
  /** Hashes of before RabbitMQ 3.6 do not say that they are of md5. */
  private readonly isOld: boolean

  /** `only`: everything goes into this virtual host, whatever the records say. */
  constructor(
    private readonly broker: Broker,
    private readonly definitions: Definitions,
    private readonly only?: string,
  ) {
    this.users = new Set([...broker.users].map(({ name }) => name))
    this.topology = new TopologyPlan(broker, only)
    this.isOld = isBefore36(definitions['rabbitmq_version'] ?? definitions['rabbit_version'])
  }

  /** Record by record: whoever asks for the next may let others come between. @throws DefinitionsRefused */
  *planning(): Generator<void> {
    for (const category of this.only === undefined ? ORDER : ORDER_IN_VHOST) {
      for (const record of recordsOf(this.definitions, category)) yield this.plan(category, record)
    }
    this.topology.requireRoomForQueues()
  }

  private plan(category: Category, record: DefinitionRecord): void {
    try {
      const step = this.stepOf(category, record)
      if (step !== undefined) this.steps.push(step)
    } catch (error) {
      throw refusalOf(error, this.placeOf(category, record))
    }
  }

  /** Undefined: there is nothing to do. */
  private stepOf(category: Category, record: DefinitionRecord): Step | undefined {
    switch (category) {
      case 'users':
        return this.user(record)
      case 'vhosts':
        return this.vhost(record)
      case 'permissions':
        return this.permission(record)
      case 'topic_permissions':
        return this.topicPermission(record)
      case 'parameters':
        return this.parameter(record)
      case 'global_parameters':
        return this.globalParameter(record)
      case 'policies':
        return this.policy(record)
      case 'queues':
        return this.topology.queue(record)
      case 'exchanges':
        return this.topology.exchange(record)
      case 'bindings':
        return this.topology.binding(record)
    }
  }

  private user(record: DefinitionRecord): Step {
    const name = textOf(record, 'name')
    const hasNoDigest = record['password_hash'] !== undefined && record['hashing_algorithm'] === undefined
    const terms =
      this.isOld && hasNoDigest ? { ...record, hashing_algorithm: 'rabbit_password_hashing_md5' } : record
    checkedUser(terms)
    const limits = record['limits']
    if (typeof limits === 'object' && limits !== null)
      this.broker.limits.check('user', limits as DefinitionRecord)
    this.users.add(name)
    return () => this.broker.accounts.putUser(name, terms).ticket
  }

  private vhost(record: DefinitionRecord): Step {
    const name = textOf(record, 'name')
    const metadata = (record['metadata'] ?? {}) as DefinitionRecord
    const terms = { ...metadata, ...record }
    checkedMetadata(terms)
    this.topology.addVhost(name)
    const { tracing } = record
    return () => {
      const { ticket } = this.broker.putVhost(name, terms)
      if (typeof tracing === 'boolean') this.broker.trace(name, tracing)
      return ticket
    }
  }

  private permission(record: DefinitionRecord): Step {
    const { user, vhost } = this.userAndVhost(record)
    const [configure, write, read] = [
      textOf(record, 'configure'),
      textOf(record, 'write'),
      textOf(record, 'read'),
    ]
    this.scratch.permissions.set(user, vhost, { configure, write, read })
    return () => this.broker.accounts.setPermissions(user, vhost, { configure, write, read })
  }

  private topicPermission(record: DefinitionRecord): Step {
    const { user, vhost } = this.userAndVhost(record)
    const exchange = textOf(record, 'exchange')
    const patterns = { write: textOf(record, 'write'), read: textOf(record, 'read') }
    this.scratch.topics.set(user, vhost, exchange, patterns)
    return () => this.broker.accounts.setTopicPermissions(user, vhost, exchange, patterns)
  }

  private parameter(record: DefinitionRecord): Step {
    const vhost = this.topology.vhostIn(record)
    const component = textOf(record, 'component')
    const name = textOf(record, 'name')
    const { value } = record
    this.broker.parameters.check(vhost, component, name, value)
    return () => this.broker.parameters.set(vhost, component, name, value)
  }

  private globalParameter(record: DefinitionRecord): Step {
    const name = textOf(record, 'name')
    const { value = null } = record
    return () => this.broker.parameters.setGlobal(name, value)
  }

  private policy(record: DefinitionRecord): Step {
    const vhost = this.topology.vhostIn(record)
    const { name, pattern, definition, priority } = record
    if (name === undefined)
      throw new DefinitionsRefused(`policy in virtual host '${vhost}' has undefined name`)
    const terms = { pattern, definition, priority, 'apply-to': record['apply-to'] }
    checkedPolicy('policy', textOf(record, 'name'), terms)
    return () => this.topology.changed(vhost, ({ policies }) => policies.set('policy', String(name), terms))
  }

  private userAndVhost(record: DefinitionRecord): { user: string; vhost: string } {
    const user = String(record['user'])
    if (!this.users.has(user)) throw new DefinitionsRefused(['no_such_user', user])
    return { user, vhost: this.topology.vhostIn(record) }
  }

  private placeOf(category: Category, record: DefinitionRecord): string {
    const vhost = this.only ?? String(record['vhost'])
    if (category === 'policies') return ` (${vhost}/${String(record['name'])})`
    if (category !== 'parameters') return ''
    return ` (${vhost}/${String(record['component'])}/${String(record['name'])})`
  }
}

function isBefore36(version: unknown): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(String(version)) ?? []
  if (major === undefined) return false
  return Number(major) < 3 || (Number(major) === 3 && Number(minor) < 6)
}
