/**
 * Which virtual hosts a user is shown, and which he may go into. RabbitMQ has two rules:
 *
 *      visible     his own, and with the tag monitoring all: the virtual hosts themselves and their sums
 *      permitted   his own, and with the tag administrator all: what is in them
 */
import type { User } from '../auth/users'
import type { Broker } from '../broker/broker'
import type { Vhost } from '../broker/vhost'
import { opens } from './login'
import { byName } from './order'
import { notAuthorised, objectNotFound, type Problem, vhostNotFound } from './problems'

/** By name. */
export function visibleVhosts(broker: Broker, user: User): Vhost[] {
  return vhostsWhere(broker, ({ name }) => isVisible(broker, user, name))
}

/** By name. */
export function permittedVhosts(broker: Broker, user: User): Vhost[] {
  return vhostsWhere(broker, ({ name }) => isPermitted(broker, user, name))
}

/** @throws Problem 404 when it is not there, 401 when it is not to be seen */
export function visibleVhost(broker: Broker, user: User, name: string): Vhost {
  const vhost = broker.vhosts.get(name)
  if (vhost === undefined) throw objectNotFound()
  if (!isVisible(broker, user, name)) throw refused()
  return vhost
}

/** @throws Problem 404 when it is not there, 401 when the user may not go in */
export function permittedVhost(broker: Broker, user: User, name: string): Vhost {
  const vhost = broker.vhosts.get(name)
  if (vhost === undefined) throw objectNotFound()
  if (!isPermitted(broker, user, name)) throw refused()
  return vhost
}

/** The same for what is to be made in it, where RabbitMQ says 404 in another way. @throws Problem */
export function vhostToChange(broker: Broker, user: User, name: string): Vhost {
  if (!broker.vhosts.has(name)) throw vhostNotFound()
  return permittedVhost(broker, user, name)
}

/** The same for what goes over a connection of the user's own: an administrator needs an entry, too. @throws Problem */
export function vhostToEnter(broker: Broker, user: User, name: string): Vhost {
  const vhost = broker.vhosts.get(name)
  if (vhost === undefined) throw notAuthorised('Access refused.')
  if (!isPermitted(broker, user, name)) throw refused()
  if (!broker.permissions.admits(user.name, name)) throw notAuthorised('Access refused.')
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

function vhostsWhere(broker: Broker, shown: (vhost: Vhost) => boolean): Vhost[] {
  return [...broker.vhosts.values()].filter(shown).sort(byName)
}

function isVisible(broker: Broker, user: User, vhost: string): boolean {
  return opens(user, 'monitoring') || broker.permissions.admits(user.name, vhost)
}

function isPermitted(broker: Broker, user: User, vhost: string): boolean {
  return opens(user, 'administrator') || broker.permissions.admits(user.name, vhost)
}

function refused(): Problem {
  return notAuthorised('User not authorised to access virtual host')
}
