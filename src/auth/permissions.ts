/**
 * What each user may configure, write and read in each vhost, by pattern on the name. Knows no exchanges or queues,
 * only names. Invariants: no entry for a user and vhost grants nothing, not even the vhost itself; `revision` grows
 * with every change, so a verdict remembered elsewhere is good exactly as long as the revision it was taken at.
 */
import { type AuthChanged, nobodyListens } from './changes'
import { type LinearPattern, namePattern } from './linear-pattern'

export type Right = 'configure' | 'write' | 'read'

/** Regular expressions, searched for in the name; '' stands for '^$'. */
export interface PermissionPatterns {
  readonly configure: string
  readonly write: string
  readonly read: string
}

export interface PermissionEntry extends PermissionPatterns {
  readonly user: string
  readonly vhost: string
}

/** Names remembered per user, vhost and right; then forgotten together. Regular ones repeat, a flood of new ones would not. */
const VERDICTS_MAX = 1024

export class Permissions {
  /** Grows with every change. */
  revision = 1
  private readonly byVhost = new Map<string, Map<string, Grant>>()

  constructor(private readonly changed: AuthChanged = nobodyListens) {}

  /**
   * Replaces what the user may do in the vhost.
   * @throws InvalidPattern before anything is changed
   */
  set(user: string, vhost: string, patterns: PermissionPatterns): void {
    const grant = this.grant(user, vhost, patterns)
    this.changed({ kind: 'permission.created', user, vhost, patterns: grant.patterns })
  }

  /** Takes back what was set before: nobody hears of it. @throws InvalidPattern */
  restore({ user, vhost, ...patterns }: PermissionEntry): void {
    this.grant(user, vhost, patterns)
  }

  /** False: there was nothing to clear. */
  clear(user: string, vhost: string): boolean {
    const cleared = this.byVhost.get(vhost)?.delete(user) ?? false
    if (!cleared) return false
    this.revision++
    this.changed({ kind: 'permission.deleted', user, vhost })
    return true
  }

  find(user: string, vhost: string): PermissionPatterns | undefined {
    return this.byVhost.get(vhost)?.get(user)?.patterns
  }

  /** Whether the user may do `right` to the queue or exchange of this name. */
  check(user: string, vhost: string, right: Right, resourceName: string): boolean {
    return this.byVhost.get(vhost)?.get(user)?.allows(right, resourceName) ?? false
  }

  /** Whether the user may open the vhost at all: RabbitMQ asks for an entry, whatever its patterns. */
  admits(user: string, vhost: string): boolean {
    return this.byVhost.get(vhost)?.has(user) ?? false
  }

  forgetUser(user: string): void {
    for (const grants of this.byVhost.values()) if (grants.delete(user)) this.revision++
  }

  forgetVhost(vhost: string): void {
    if (this.byVhost.delete(vhost)) this.revision++
  }

  *[Symbol.iterator](): IterableIterator<PermissionEntry> {
    for (const [vhost, grants] of this.byVhost) {
      for (const [user, grant] of grants) yield { user, vhost, ...grant.patterns }
    }
  }

  private grant(user: string, vhost: string, patterns: PermissionPatterns): Grant {
    const grant = new Grant(patterns)
    let grants = this.byVhost.get(vhost)
    if (grants === undefined) {
      grants = new Map()
      this.byVhost.set(vhost, grants)
    }
    grants.set(user, grant)
    this.revision++
    return grant
  }
}

/** The three patterns of one user in one vhost, and their verdicts so far. */
class Grant {
  readonly patterns: PermissionPatterns
  private readonly rights: Readonly<Record<Right, RememberingPattern>>

  constructor({ configure, write, read }: PermissionPatterns) {
    this.patterns = { configure, write, read }
    this.rights = {
      configure: new RememberingPattern(configure),
      write: new RememberingPattern(write),
      read: new RememberingPattern(read),
    }
  }

  allows(right: Right, name: string): boolean {
    return this.rights[right].matches(name)
  }
}

class RememberingPattern {
  private readonly pattern: LinearPattern
  private readonly verdicts = new Map<string, boolean>()

  constructor(pattern: string) {
    this.pattern = namePattern(pattern)
  }

  matches(name: string): boolean {
    const known = this.verdicts.get(name)
    if (known !== undefined) return known
    const verdict = this.pattern.test(name)
    if (this.verdicts.size >= VERDICTS_MAX) this.verdicts.clear()
    this.verdicts.set(name, verdict)
    return verdict
  }
}
