/**
 * Who exists: names, tags and password hashes. Knows nothing of what a user may do (permissions) or of how a login
 * goes (authenticator). Invariant: a `User` never changes; a change makes a new one under the same name, so a
 * connection that holds one keeps what it logged in with, as in RabbitMQ.
 */
import { DEFAULT_HASHING_ALGORITHM, type HashingAlgorithm } from './passwords'

export interface User {
  readonly name: string
  readonly tags: ReadonlySet<string>
  /** Absent: no login by password (RabbitMQ: an empty `password_hash`). */
  readonly passwordHash?: string
  readonly hashingAlgorithm: HashingAlgorithm
}

export interface NewUser {
  readonly name: string
  readonly tags?: Iterable<string>
  readonly passwordHash?: string
  readonly hashingAlgorithm?: HashingAlgorithm
}

export interface UsersOptions {
  /** Who may log in from this machine only. RabbitMQ: `loopback_users`, default guest. */
  readonly loopbackUsers?: Iterable<string>
}

export class Users {
  private readonly byName = new Map<string, User>()
  private readonly loopbackUsers: ReadonlySet<string>

  constructor(options: UsersOptions = {}) {
    this.loopbackUsers = new Set(options.loopbackUsers ?? ['guest'])
  }

  get size(): number {
    return this.byName.size
  }

  /** Adds the user, or replaces the one of this name whole. */
  add(user: NewUser): User {
    const kept: User = {
      name: user.name,
      tags: new Set(user.tags),
      ...(user.passwordHash ? { passwordHash: user.passwordHash } : {}),
      hashingAlgorithm: user.hashingAlgorithm ?? DEFAULT_HASHING_ALGORITHM,
    }
    this.byName.set(kept.name, kept)
    return kept
  }

  /** False: there was none. Its permissions are the caller's to forget (`Permissions.forgetUser`). */
  delete(name: string): boolean {
    return this.byName.delete(name)
  }

  find(name: string): User | undefined {
    return this.byName.get(name)
  }

  /** Replaces all tags. False: no such user. */
  setTags(name: string, tags: Iterable<string>): boolean {
    const user = this.byName.get(name)
    if (user === undefined) return false
    this.byName.set(name, { ...user, tags: new Set(tags) })
    return true
  }

  isLoopbackOnly(name: string): boolean {
    return this.loopbackUsers.has(name)
  }

  /** In the order they were first added. */
  [Symbol.iterator](): IterableIterator<User> {
    return this.byName.values()
  }
}
