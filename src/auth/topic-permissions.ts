/**
 * Which routing keys a user may publish to and bind with at one topic exchange. Knows no exchanges, only their names.
 * Invariants: where none is set, every key is allowed; `revision` grows with every change.
 */
import { type AuthChanged, nobodyListens } from './changes'
import { type LinearPattern, namePattern } from './linear-pattern'

export type TopicRight = 'write' | 'read'

/** Patterns on the routing key; `{username}` and `{vhost}` stand for the user's name and vhost. */
export interface TopicPatterns {
  readonly write: string
  readonly read: string
}

export interface TopicPermissionEntry extends TopicPatterns {
  readonly user: string
  readonly vhost: string
  readonly exchange: string
}

interface TopicGrant {
  readonly entry: TopicPermissionEntry
  readonly write: LinearPattern
  readonly read: LinearPattern
}

export class TopicPermissions {
  /** Grows with every change. */
  revision = 1
  private readonly byVhost = new Map<string, Map<string, Map<string, TopicGrant>>>()

  constructor(private readonly changed: AuthChanged = nobodyListens) {}

  /**
   * Replaces what the user may do at the exchange ('' is the default exchange's entry, as in RabbitMQ).
   * @throws InvalidPattern before anything is changed
   */
  set(user: string, vhost: string, exchange: string, { write, read }: TopicPatterns): void {
    this.restore({ user, vhost, exchange, write, read })
    this.changed({ kind: 'topic.permission.created', user, vhost, exchange, patterns: { write, read } })
  }

  /** Takes back what was set before: nobody hears of it. @throws InvalidPattern */
  restore({ user, vhost, exchange, write, read }: TopicPermissionEntry): void {
    const grant: TopicGrant = {
      entry: { user, vhost, exchange, write, read },
      write: compileTopicPattern(write, user, vhost),
      read: compileTopicPattern(read, user, vhost),
    }
    const users = inner(this.byVhost, vhost)
    inner(users, user).set(exchange, grant)
    this.revision++
  }

  /** One exchange, or all of the vhost. False: there was nothing to clear. */
  clear(user: string, vhost: string, exchange?: string): boolean {
    const users = this.byVhost.get(vhost)
    const cleared =
      (exchange === undefined ? users?.delete(user) : users?.get(user)?.delete(exchange)) ?? false
    if (!cleared) return false
    this.revision++
    this.changed({ kind: 'topic.permission.deleted', user, vhost, exchange })
    return true
  }

  find(user: string, vhost: string, exchange: string): TopicPatterns | undefined {
    return this.byVhost.get(vhost)?.get(user)?.get(exchange)?.entry
  }

  /** True where nothing is set for user, vhost and exchange. Not remembered: routing keys rarely repeat. */
  check(user: string, vhost: string, exchange: string, right: TopicRight, routingKey: string): boolean {
    const grant = this.byVhost.get(vhost)?.get(user)?.get(exchange)
    return grant === undefined || grant[right].test(routingKey)
  }

  forgetUser(user: string): void {
    for (const users of this.byVhost.values()) if (users.delete(user)) this.revision++
  }

  forgetVhost(vhost: string): void {
    if (this.byVhost.delete(vhost)) this.revision++
  }

  *[Symbol.iterator](): IterableIterator<TopicPermissionEntry> {
    for (const users of this.byVhost.values()) {
      for (const exchanges of users.values()) for (const grant of exchanges.values()) yield grant.entry
    }
  }
}

/** User and vhost are known when the pattern is set: the variables are replaced once, not per check. */
function compileTopicPattern(pattern: string, user: string, vhost: string): LinearPattern {
  namePattern(pattern)
  return namePattern(
    pattern.replaceAll('{username}', () => literal(user)).replaceAll('{vhost}', () => literal(vhost)),
  )
}

/** A user called '.*' must not be granted everything by '^{username}'. RabbitMQ inserts the name as it is. */
function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

function inner<V>(outer: Map<string, Map<string, V>>, key: string): Map<string, V> {
  let found = outer.get(key)
  if (found === undefined) {
    found = new Map()
    outer.set(key, found)
  }
  return found
}
