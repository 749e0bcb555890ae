/**
 * Who exists: names, tags and password hashes. Knows nothing of what a user may do (permissions) or of how a login
 * goes (authenticator). Invariant: a `User` never changes; a change makes a new one under the same name, so a
 * connection that holds one keeps what it logged in with, as in RabbitMQ.
 */
import { type AuthChanged, nobodyListens } from './changes'
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
  readonly changed?: AuthChanged
}

export class Users {
  private readonly byName = new Map<string, User>()
  private readonly loopbackUsers: ReadonlySet<string>
  private readonly changed: AuthChanged

  constructor(options: UsersOptions = {}) {
    this.loopbackUsers = new Set(options.loopbackUsers ?? ['guest'])
    this.changed = options.changed ?? nobodyListens
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
    const before = this.byName.get(kept.name)
    this.byName.set(kept.name, kept)
    this.tell(before, kept)
    return kept
  }

  /** Takes back a user that was there before: nobody hears of it. */
  restore(user: User): void {
    this.byName.set(user.name, user)
  }

  /** False: there was none. Its permissions are the caller's to forget (`Permissions.forgetUser`). */
  delete(name: string): boolean {
    if (!this.byName.delete(name)) return false
    this.changed({ kind: 'user.deleted', name })
    return true
  }

  find(name: string): User | undefined {
    return this.byName.get(name)
  }

  /** Replaces all tags. False: no such user. */
  setTags(name: string, tags: Iterable<string>): boolean {
    const user = this.byName.get(name)
    if (user === undefined) return false
    const changed = { ...user, tags: new Set(tags) }
    this.byName.set(name, changed)
    this.changed({ kind: 'user.tags.set', name, tags: [...changed.tags] })
    return true
  }

  isLoopbackOnly(name: string): boolean {
    return this.loopbackUsers.has(name)
  }

  /** In the order they were first added. */
  [Symbol.iterator](): IterableIterator<User> {
    return this.byName.values()
  }

  private tell(before: User | undefined, { name, tags, passwordHash }: User): void {
    if (before === undefined) this.changed({ kind: 'user.created', name })
    else if (before.passwordHash !== passwordHash) {
      const kind = passwordHash === undefined ? 'user.password.cleared' : 'user.password.changed'
      this.changed({ kind, name })
    }
    const hadOthers = before !== undefined && !sameTags(before.tags, tags)
    if (hadOthers || (before === undefined && tags.size > 0)) {
      this.changed({ kind: 'user.tags.set', name, tags: [...tags] })
    }
  }
}

function sameTags(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every(tag => b.has(tag))
}
