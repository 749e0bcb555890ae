/** Faults of a broker that lets somebody do what they may not, or does not let them do what they may. */
import type { Broker } from '../../src/broker/broker'
import { message, planOf, type Short } from './plan/by-hand'
import { onceIn, type Planted, plant, plantIn } from './planting'

function overlooks({ permissions }: Broker): void {
  const now = onceIn(5)
  const check = permissions.check.bind(permissions)
  permissions.check = (...args) => check(...args) || now()
}

function refusesForNothing({ permissions }: Broker): void {
  const now = onceIn(40)
  const check = permissions.check.bind(permissions)
  permissions.check = (...args) => check(...args) && !now()
}

/** Whoever published somewhere once may go on for ever. */
function remembers({ access }: Broker): void {
  Object.defineProperty(access, 'revision', { get: () => 0 })
}

function takesConfigureForAll({ permissions }: Broker): void {
  const check = permissions.check.bind(permissions)
  permissions.check = (user, vhost, _, name) => check(user, vhost, 'configure', name)
}

function forgetsTopics({ topicPermissions }: Broker): void {
  topicPermissions.check = () => true
}

function evictsNobody({ evictions }: Broker): void {
  evictions.evict = () => {}
}

function takesAnyPassword({ users, authenticator }: Broker): void {
  const authenticate = authenticator.authenticate.bind(authenticator)
  authenticator.authenticate = (credentials, peer) =>
    ('user' in credentials ? users.find(credentials.user ?? '') : undefined) ??
    authenticate(credentials, peer)
}

/** It is revoked, and a crash gives it back. */
function keepsRevoked({ accounts, permissions }: Broker): void {
  accounts.clearPermissions = (user, vhost) => {
    permissions.clear(user, vhost)
    return 0
  }
}

function withBroker(broker: (broker: Broker) => void): Planted {
  return plant(() => ({ broker }), 'access')
}

const everything = { configure: '.*', write: '.*', read: '.*' }
const publish: Short = ['publish', { ...message, exchange: 'amq.direct', routingKey: 'a' }, 1]

const revoked = planOf(
  {},
  [
    ['putUser', { user: 'u1', password: 'secret', isImpersonator: false, patterns: everything }],
    publish,
    ['settle', {}],
    ['setPermissions', { user: 'u1', patterns: { ...everything, write: '' } }],
    publish,
    ['settle', {}],
  ],
  { logins: [{ user: 'u1', password: 'secret' }] },
)

export const plantedAccess: Readonly<Record<string, Planted>> = {
  'a broker that overlooks a permission now and then': withBroker(overlooks),
  'a broker that refuses what is permitted': withBroker(refusesForNothing),
  'a publisher who goes on with what is revoked': plantIn(revoked, () => ({ broker: remembers })),
  'a permission to configure that is taken for one to read': withBroker(takesConfigureForAll),
  'routing keys that nobody asks a permission for': withBroker(forgetsTopics),
  'a user who is deleted and stays': withBroker(evictsNobody),
  'a login that any password is good for': withBroker(takesAnyPassword),
  'a permission that is revoked until the next crash': withBroker(keepsRevoked),
}
