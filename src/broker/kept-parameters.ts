/** The parameters that are kept where they belong: limits of virtual hosts, and operator policies. */
import { erlangJson } from '../amqp/erlang-text'
import { type Limits, type ResourceLimits, VHOST_LIMITS } from './limits'
import type { OwnKeeper, Parameter } from './parameters'
import { checkedPolicy, type PolicyTerms } from './policies/policy'
import { ParameterRefused, ValidationFailed } from './validation'
import type { Vhost } from './vhost'

const LIMITS = 'limits'

/** Component `vhost-limits`: one parameter, `limits`. */
export function vhostLimitParameters(limits: ResourceLimits): OwnKeeper {
  const check = (name: string, value: unknown): void => {
    if (name !== LIMITS) throw new ParameterRefused(`the parameter of ${VHOST_LIMITS} is called ${LIMITS}`)
    limits.check('vhost', objectOf(name, value))
  }
  return {
    check,
    set(vhost, name, value) {
      check(name, value)
      return limits.set('vhost', vhost, objectOf(name, value))
    },
    clear(vhost, name) {
      return name === LIMITS && limits.get('vhost', vhost) !== undefined
        ? limits.clear('vhost', vhost)
        : undefined
    },
    list: () =>
      [...limits.list('vhost')].map(([vhost, value]: [string, Limits]): Parameter => {
        return { vhost, component: VHOST_LIMITS, name: LIMITS, value }
      }),
  }
}

/** Component `operator_policy`. */
export function operatorPolicyParameters(vhosts: ReadonlyMap<string, Vhost>): OwnKeeper {
  return {
    check(name, value) {
      checkedPolicy('operator-policy', name, objectOf(name, value))
    },
    set(vhostName, name, value) {
      const vhost = vhosts.get(vhostName)
      if (vhost === undefined) throw new ParameterRefused(`vhost ${vhostName} not found`)
      vhost.policies.set('operator-policy', name, objectOf(name, value) as unknown as PolicyTerms)
      return vhost.log.ticket
    },
    clear(vhostName, name) {
      const vhost = vhosts.get(vhostName)
      return vhost?.policies.clear('operator-policy', name) ? vhost.log.ticket : undefined
    },
    *list() {
      for (const [vhost, { policies }] of vhosts) {
        for (const { name, ...policy } of policies.list('operator-policy')) {
          const { applyTo, pattern, definition, priority } = policy
          const value = { pattern, definition, priority, 'apply-to': applyTo }
          yield { vhost, component: 'operator_policy', name, value }
        }
      }
    },
  }
}

/** RabbitMQ shows an object without entries as an empty array. */
function objectOf(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (Array.isArray(value) && value.length === 0) return {}
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>
  throw new ValidationFailed([`${name} not a list ${erlangJson(value)}`])
}
