/**
 * Which virtual hosts, connections and channels a user is shown. RabbitMQ: those whose vhost the user may open; with the
 * tag monitoring or administrator all of them.
 */
import type { User } from '../auth/users'
import type { Broker } from '../broker/broker'
import type { Vhost } from '../broker/vhost'
import { opens } from './login'
import { notAuthorised, objectNotFound } from './problems'

/** By name. */
export function visibleVhosts(broker: Broker, user: User): Vhost[] {
  const all = [...broker.vhosts.values()].filter(vhost => isVisible(broker, user, vhost.name))
  return all.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** @throws Problem 404 when it is not there, 401 when it is not to be seen */
export function visibleVhost(broker: Broker, user: User, name: string): Vhost {
  const vhost = broker.vhosts.get(name)
  if (vhost === undefined) throw objectNotFound()
  if (!isVisible(broker, user, name)) throw notAuthorised('User not authorised to access virtual host')
  return vhost
}

/** For changes: only those that the user may open. @throws Problem */
export function openVhost(broker: Broker, user: User, name: string): Vhost {
  const vhost = broker.vhosts.get(name)
  if (vhost === undefined) throw objectNotFound()
  if (!broker.permissions.admits(user.name, name))
    throw notAuthorised('User not authorised to access virtual host')
  return vhost
}

/**
 * For policies and parameters. RabbitMQ: an administrator, or a policymaker who may open the vhost.
 * @throws Problem 401
 */
export function requirePolicymaker(broker: Broker, user: User, vhost?: string): void {
  if (opens(user, 'administrator')) return
  const mayOpen =
    vhost === undefined || !broker.vhosts.has(vhost) || broker.permissions.admits(user.name, vhost)
  if (!opens(user, 'policymaker') || !mayOpen) throw notAuthorised('User not authorised to access object')
}

/** RabbitMQ: to look at a vhost's policies the tag monitoring is not enough. @throws Problem 404, 401 */
export function policedVhost(broker: Broker, user: User, name: string): Vhost {
  const vhost = broker.vhosts.get(name)
  if (vhost === undefined) throw objectNotFound()
  if (!opens(user, 'administrator') && !broker.permissions.admits(user.name, name))
    throw notAuthorised('User not authorised to access virtual host')
  return vhost
}

function isVisible(broker: Broker, user: User, vhost: string): boolean {
  return opens(user, 'monitoring') || broker.permissions.admits(user.name, vhost)
}
