/**
 * Users and what they may do, as administrators change them: checked with RabbitMQ's reasons, kept, and felt by open
 * connections at once. What is here is the only way to change `users`, `permissions` and `topicPermissions` for good.
 */
import { ConnectionForced } from '../../amqp/errors'
import { DEFAULT_HASHING_ALGORITHM, hashPassword } from '../../auth/passwords'
import type { PermissionPatterns, Permissions } from '../../auth/permissions'
import type { TopicPatterns, TopicPermissions } from '../../auth/topic-permissions'
import type { User, Users } from '../../auth/users'
import type { DefinitionStore } from '../../store/definition-store'
import type { CommitTicket } from '../../store/message-store'
import type { Evictions } from '../evictions'
import type { ResourceLimits } from '../limits'
import { SettingRefused } from '../setting-refused'
import { type CheckedUser, checkedUser, tagList, type UserTerms } from './user-terms'

export interface AccountsSurroundings {
  readonly store: DefinitionStore
  readonly users: Users
  readonly permissions: Permissions
  readonly topicPermissions: TopicPermissions
  readonly limits: ResourceLimits
  readonly evictions: Evictions
  readonly vhosts: ReadonlyMap<string, unknown>
}

/** The ticket makes the change safe. */
export interface PutUser {
  readonly isNew: boolean
  readonly ticket: CommitTicket
}

export class Accounts {
  constructor(private readonly around: AccountsSurroundings) {}

  /**
   * Makes the user or replaces it, as PUT /api/users does: without password and hash it has none; limits are replaced when
   * there are some among the terms.
   * @throws SettingRefused, ValidationFailed for its limits; nothing is changed then
   */
  putUser(name: string, terms: UserTerms): PutUser {
    const checked = checkedUser(terms)
    const { users, limits } = this.around
    const isNew = users.find(name) === undefined
    const limitTerms = terms.limits as Readonly<Record<string, unknown>> | undefined
    if (limitTerms !== undefined) limits.check('user', limitTerms)
    let ticket = this.keep(name, checked)
    if (limitTerms !== undefined) ticket = Math.max(ticket, limits.set('user', name, limitTerms))
    return { isNew, ticket }
  }

  /** Undefined: there is no such user. The same holds for the three below. */
  setPassword(name: string, password: string): CommitTicket | undefined {
    return this.change(name, () => ({
      passwordHash: hashPassword(password),
      hashingAlgorithm: DEFAULT_HASHING_ALGORITHM,
    }))
  }

  /** No login by password any more. */
  clearPassword(name: string): CommitTicket | undefined {
    return this.change(name, () => ({ passwordHash: '' }))
  }

  /** @throws SettingRefused */
  setTags(name: string, tags: readonly string[]): CommitTicket | undefined {
    return this.change(name, () => ({ tags: tagList(tags) }))
  }

  /** Its permissions and limits go with it, and its connections are closed. */
  deleteUser(name: string): CommitTicket | undefined {
    const { users, permissions, topicPermissions, limits, evictions, store } = this.around
    if (!users.delete(name)) return undefined
    permissions.forgetUser(name)
    topicPermissions.forgetUser(name)
    limits.clear('user', name)
    const ticket = store.change({ kind: 'user-gone', name })
    evictions.evict({ user: name }, new ConnectionForced(`user '${name}' is deleted`))
    return ticket
  }

  /** @throws SettingRefused, InvalidPattern; nothing is changed then */
  setPermissions(user: string, vhost: string, patterns: PermissionPatterns): CommitTicket {
    this.requireBoth(user, vhost)
    this.around.permissions.set(user, vhost, patterns)
    const { configure, write, read } = patterns
    return this.around.store.change({
      kind: 'permission',
      record: { vhost, user, configure, write, read },
    })
  }

  /** Undefined: there was nothing to clear. */
  clearPermissions(user: string, vhost: string): CommitTicket | undefined {
    if (!this.around.permissions.clear(user, vhost)) return undefined
    return this.around.store.change({ kind: 'permission-gone', vhost, user })
  }

  /** The exchange need not exist. @throws SettingRefused, InvalidPattern; nothing is changed then */
  setTopicPermissions(
    user: string,
    vhost: string,
    exchange: string,
    { write, read }: TopicPatterns,
  ): CommitTicket {
    this.requireBoth(user, vhost)
    this.around.topicPermissions.set(user, vhost, exchange, { write, read })
    return this.around.store.change({
      kind: 'topic-permission',
      record: { vhost, user, exchange, write, read },
    })
  }

  /** Of one exchange, or of all. Undefined: there was nothing to clear. */
  clearTopicPermissions(user: string, vhost: string, exchange?: string): CommitTicket | undefined {
    if (!this.around.topicPermissions.clear(user, vhost, exchange)) return undefined
    return this.around.store.change({ kind: 'topic-permission-gone', vhost, user, exchange })
  }

  private change(name: string, changed: (user: User) => Partial<CheckedUser>): CommitTicket | undefined {
    const user = this.around.users.find(name)
    if (user === undefined) return undefined
    const { hashingAlgorithm, passwordHash = '' } = user
    return this.keep(name, { tags: [...user.tags], passwordHash, hashingAlgorithm, ...changed(user) })
  }

  private keep(name: string, { tags, passwordHash, hashingAlgorithm }: CheckedUser): CommitTicket {
    this.around.users.add({ name, tags, passwordHash, hashingAlgorithm })
    const record = { name, tags: JSON.stringify(tags), passwordHash, hashingAlgorithm }
    return this.around.store.change({ kind: 'user', record })
  }

  /** RabbitMQ says it of either. */
  private requireBoth(user: string, vhost: string): void {
    const { users, vhosts } = this.around
    if (users.find(user) === undefined)
      throw new SettingRefused('vhost_or_user_not_found', `user ${user} not found`)
    if (!vhosts.has(vhost)) throw new SettingRefused('vhost_or_user_not_found', `vhost ${vhost} not found`)
  }
}
