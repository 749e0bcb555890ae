/** Policies and operator policies as RabbitMQ's API shows them. */
import type { Policy } from '../../broker/policies/policy'

export function policyView(vhost: string, { name, pattern, applyTo, definition, priority }: Policy): object {
  return { vhost, name, pattern, 'apply-to': applyTo, definition, priority }
}
