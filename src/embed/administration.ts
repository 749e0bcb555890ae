/**
 * What a program may do to the broker it embeds: users, policies and limits, beside the management API or without.
 * Promises end when the change would outlive a crash.
 */
import type { Broker } from '../broker/broker'
import type { Limits } from '../broker/limits'
import type { ApplyTo, Policy, PolicyKind } from '../broker/policies/policy'
import type { Vhost } from '../broker/vhost'
import { type AccessAdministration, accessAdministrationOf } from './access-administration'
import { keeperOf } from './kept'

export type { Limits } from '../broker/limits'
export type { ApplyTo, Policy } from '../broker/policies/policy'

export interface PolicySetting {
  readonly name: string
  /** A regular expression that occurs in the names of the queues and exchanges that are meant. */
  readonly pattern: string
  /** RabbitMQ's settings, as `{ 'max-length': 1000 }`. */
  readonly definition: Readonly<Record<string, unknown>>
  /** Default `all`. */
  readonly applyTo?: ApplyTo
  /** The highest one counts; of equal ones the first by name. Default 0. */
  readonly priority?: number
  /** Default: the default virtual host. */
  readonly vhost?: string
}

/** Where no vhost is given it is the default one. */
export interface Administration extends AccessAdministration {
  /**
   * Sets or replaces a policy: it holds at once for what is there and for what will be declared.
   * @throws ValidationFailed with RabbitMQ's text, Error for a virtual host that does not exist
   */
  setPolicy(policy: PolicySetting): Promise<void>
  /** False: there was none. */
  clearPolicy(name: string, vhost?: string): Promise<boolean>
  /** The one that goes before the others first. */
  listPolicies(vhost?: string): readonly Policy[]
  setOperatorPolicy(policy: PolicySetting): Promise<void>
  clearOperatorPolicy(name: string, vhost?: string): Promise<boolean>
  listOperatorPolicies(vhost?: string): readonly Policy[]
  /** Replaces all limits, `max-connections` and `max-queues`: 0 allows none, below 0 or left out is no limit. */
  setVhostLimits(limits: Limits, vhost?: string): Promise<void>
  vhostLimits(vhost?: string): Limits
  /** The same for a user: `max-connections` and `max-channels`. */
  setUserLimits(user: string, limits: Limits): Promise<void>
  userLimits(user: string): Limits
}

export function administrationOf(broker: Broker, defaultVhost: string): Administration {
  const kept = keeperOf(broker)
  const vhostNamed = (name = defaultVhost): Vhost => {
    const vhost = broker.vhosts.get(name)
    if (vhost === undefined) throw new Error(`vhost ${name} not found`)
    return vhost
  }
  const setter = (kind: PolicyKind) => async (setting: PolicySetting) => {
    const { name, pattern, definition, applyTo, priority } = setting
    const vhost = vhostNamed(setting.vhost)
    vhost.policies.set(kind, name, { pattern, definition, priority, 'apply-to': applyTo })
    await kept(vhost.log.ticket)
  }
  const clearer = (kind: PolicyKind) => async (name: string, vhostName?: string) => {
    const vhost = vhostNamed(vhostName)
    const wasThere = vhost.policies.clear(kind, name)
    await kept(vhost.log.ticket)
    return wasThere
  }
  return {
    ...accessAdministrationOf(broker, defaultVhost),
    setPolicy: setter('policy'),
    clearPolicy: clearer('policy'),
    listPolicies: vhost => vhostNamed(vhost).policies.list('policy'),
    setOperatorPolicy: setter('operator-policy'),
    clearOperatorPolicy: clearer('operator-policy'),
    listOperatorPolicies: vhost => vhostNamed(vhost).policies.list('operator-policy'),
    setVhostLimits: async (limits, vhost) => {
      await kept(broker.limits.set('vhost', vhostNamed(vhost).name, limits))
    },
    vhostLimits: vhost => broker.limits.get('vhost', vhostNamed(vhost).name) ?? {},
    setUserLimits: async (user, limits) => {
      if (broker.users.find(user) === undefined) throw new Error(`user ${user} not found`)
      await kept(broker.limits.set('user', user, limits))
    },
    userLimits: user => broker.limits.get('user', user) ?? {},
  }
}
