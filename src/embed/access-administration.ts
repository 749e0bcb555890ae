/** What a program may do to the virtual hosts and users of the broker it embeds. Promises end when it would outlive a crash. */
import type { PermissionPatterns } from '../auth/permissions'
import type { TopicPatterns } from '../auth/topic-permissions'
import type { Broker } from '../broker/broker'
import { type Kept, keeperOf } from './kept'

export type { PermissionPatterns } from '../auth/permissions'
export type { TopicPatterns } from '../auth/topic-permissions'

export interface VhostSetting {
  readonly description?: string
  readonly tags?: readonly string[]
  /** The type of queues that are declared without one: `classic` or `quorum`. */
  readonly defaultQueueType?: string
  /** It cannot be deleted until this is `false` again. */
  readonly protectedFromDeletion?: boolean
}

/** With neither password nor hash there is no login by password. */
export interface UserSetting {
  readonly password?: string
  /** RabbitMQ's: base64 of the salt and the digest of salt and password. */
  readonly passwordHash?: string
  /** RabbitMQ's name: `rabbit_password_hashing_sha256` unless given. */
  readonly hashingAlgorithm?: string
  readonly tags?: readonly string[]
}

export interface ListedVhost extends Required<Omit<VhostSetting, 'defaultQueueType'>> {
  readonly name: string
  readonly defaultQueueType: string | undefined
}

export interface ListedUser {
  readonly name: string
  readonly tags: readonly string[]
}

/** Where no virtual host is given it is the default one. Errors are as in RabbitMQ, with their reason as `kind`. */
export interface AccessAdministration {
  /** Makes the virtual host or changes it. */
  putVhost(name: string, setting?: VhostSetting): Promise<void>
  /** With all that is in it; its connections are closed. False: there was none. */
  deleteVhost(name: string): Promise<boolean>
  listVhosts(): readonly ListedVhost[]
  /** Makes the user or replaces it. */
  putUser(name: string, setting: UserSetting): Promise<void>
  /** Its connections are closed. False: there was none. */
  deleteUser(name: string): Promise<boolean>
  listUsers(): readonly ListedUser[]
  /** Regular expressions that occur in the names of queues and exchanges. */
  setPermissions(user: string, patterns: PermissionPatterns, vhost?: string): Promise<void>
  clearPermissions(user: string, vhost?: string): Promise<boolean>
  permissions(user: string, vhost?: string): PermissionPatterns | undefined
  /** The same for the routing keys of a topic exchange. */
  setTopicPermissions(user: string, exchange: string, patterns: TopicPatterns, vhost?: string): Promise<void>
  /** Of one exchange, or of all. */
  clearTopicPermissions(user: string, exchange?: string, vhost?: string): Promise<boolean>
}

export function accessAdministrationOf(broker: Broker, defaultVhost: string): AccessAdministration {
  const kept: Kept = keeperOf(broker)
  const { accounts } = broker
  return {
    putVhost: async (name, setting = {}) => {
      const { description, tags, defaultQueueType, protectedFromDeletion } = setting
      const terms = { description, tags, default_queue_type: defaultQueueType }
      const { ticket } = broker.putVhost(name, { ...terms, protected_from_deletion: protectedFromDeletion })
      await kept(ticket)
    },
    deleteVhost: async name => await kept(broker.deleteVhost(name)),
    listVhosts: () =>
      [...broker.vhosts.values()].map(({ name, metadata: { isProtected, ...metadata } }) => ({
        name,
        ...metadata,
        protectedFromDeletion: isProtected,
      })),
    putUser: async (name, { password, passwordHash, hashingAlgorithm, tags = [] }) => {
      const hash = { password_hash: passwordHash, hashing_algorithm: hashingAlgorithm }
      await kept(accounts.putUser(name, { password, ...hash, tags }).ticket)
    },
    deleteUser: async name => await kept(accounts.deleteUser(name)),
    listUsers: () => [...broker.users].map(({ name, tags }) => ({ name, tags: [...tags] })),
    setPermissions: async (user, patterns, vhost = defaultVhost) => {
      await kept(accounts.setPermissions(user, vhost, patterns))
    },
    clearPermissions: async (user, vhost = defaultVhost) =>
      await kept(accounts.clearPermissions(user, vhost)),
    permissions: (user, vhost = defaultVhost) => broker.permissions.find(user, vhost),
    setTopicPermissions: async (user, exchange, patterns, vhost = defaultVhost) => {
      await kept(accounts.setTopicPermissions(user, vhost, exchange, patterns))
    },
    clearTopicPermissions: async (user, exchange, vhost = defaultVhost) =>
      await kept(accounts.clearTopicPermissions(user, vhost, exchange)),
  }
}
