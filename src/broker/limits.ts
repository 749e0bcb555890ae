/**
 * How many connections and queues a virtual host, and how many connections and channels a user may have, and how many
 * connections and channels there are; `node` says it of the whole broker. A limit of 0 allows none, one below 0 any number. What is there stays when a limit
 * comes that is lower.
 */
import { NotAllowed } from '../amqp/errors'
import { fieldValue } from '../amqp/table'
import type { DefinitionStore, LimitScope } from '../store/definition-store'
import { type CommitTicket, NOTHING_TO_WAIT_FOR } from '../store/message-store'
import type { Events } from './events/events'
import { NodeLimits, UNLIMITED } from './node-limits'
import { checkTerms, integer } from './validation'

/** By RabbitMQ's names. */
export type Limits = Readonly<Record<string, number>>

const NAMES: Readonly<Record<LimitScope, readonly string[]>> = {
  vhost: ['max-connections', 'max-queues'],
  user: ['max-connections', 'max-channels'],
}

/** RabbitMQ's component of those of virtual hosts, which are a parameter to it. */
export const VHOST_LIMITS = 'vhost-limits'

function parameterOf(vhost: string): {
  readonly vhost: string
  readonly component: string
  readonly name: string
} {
  return { vhost, component: VHOST_LIMITS, name: 'limits' }
}

/** What one connection takes up until it is released. */
export interface ConnectionPlace {
  /** @throws NotAllowed */
  takeChannel(): void
  releaseChannels(count: number): void
  release(): void
}

export class ResourceLimits {
  private readonly limits = { vhost: new Map<string, Limits>(), user: new Map<string, Limits>() }
  private readonly connectionsOfVhost = new Counts()
  private readonly connectionsOfUser = new Counts()
  private readonly channelsOfUser = new Counts()

  constructor(
    private readonly store: DefinitionStore,
    private readonly events: Events,
    /** Those of the broker as a whole. */
    readonly node = new NodeLimits(UNLIMITED, () => new Map()),
  ) {}

  /** @throws ValidationFailed with RabbitMQ's texts */
  check(scope: LimitScope, terms: Readonly<Record<string, unknown>>): void {
    const parameter = scope === 'vhost' ? 'limits' : 'user-limits'
    checkTerms(
      parameter,
      terms,
      NAMES[scope].map(limit => [limit, integer, false]),
    )
  }

  /** Replaces all limits of a virtual host or user. @throws ValidationFailed with RabbitMQ's texts */
  set(scope: LimitScope, name: string, terms: Readonly<Record<string, unknown>>): CommitTicket {
    this.check(scope, terms)
    const limits = Object.freeze(JSON.parse(JSON.stringify(terms)) as Limits)
    if (Object.keys(limits).length === 0) return this.clear(scope, name)
    this.limits[scope].set(name, limits)
    if (scope === 'vhost')
      this.events.emit({ kind: 'parameter.set', ...parameterOf(name), value: fieldValue(limits) })
    this.events.emit({ kind: `${scope}.limits.set`, name, limits })
    return this.store.change({ kind: 'limits', record: { scope, name, limits: JSON.stringify(limits) } })
  }

  clear(scope: LimitScope, name: string): CommitTicket {
    if (!this.limits[scope].delete(name)) return NOTHING_TO_WAIT_FOR
    if (scope === 'vhost') this.events.emit({ kind: 'parameter.cleared', ...parameterOf(name) })
    this.events.emit({ kind: `${scope}.limits.cleared`, name })
    return this.store.change({ kind: 'limits-gone', scope, name })
  }

  restore(scope: LimitScope, name: string, limits: Limits): void {
    this.limits[scope].set(name, limits)
  }

  get(scope: LimitScope, name: string): Limits | undefined {
    return this.limits[scope].get(name)
  }

  list(scope: LimitScope): ReadonlyMap<string, Limits> {
    return this.limits[scope]
  }

  /** Whether that many are too many for one more. Returns the limit then. */
  reached(scope: LimitScope, name: string, limit: string, count: number): number | undefined {
    const most = this.limits[scope].get(name)?.[limit]
    return most !== undefined && most >= 0 && count >= most ? most : undefined
  }

  /** RabbitMQ's order: the node, the virtual host, the user. @throws NotAllowed */
  requireRoomForConnection(user: string, vhost: string): void {
    this.node.requireRoomForConnection()
    const inVhost = this.reached('vhost', vhost, 'max-connections', this.connectionsOfVhost.of(vhost))
    if (inVhost !== undefined) {
      throw new NotAllowed(
        `access to vhost '${vhost}' refused for user '${user}': connection limit (${inVhost}) is reached`,
      )
    }
    const ofUser = this.reached('user', user, 'max-connections', this.connectionsOfUser.of(user))
    if (ofUser !== undefined) {
      throw new NotAllowed(
        `connection refused for user '${user}': user connection limit (${ofUser}) is reached`,
      )
    }
  }

  takeConnection(user: string, vhost: string): ConnectionPlace {
    this.connectionsOfVhost.add(vhost, 1)
    this.connectionsOfUser.add(user, 1)
    this.node.countConnections(1)
    let isTaken = true
    return {
      takeChannel: () => this.takeChannel(user),
      releaseChannels: count => {
        this.channelsOfUser.add(user, -count)
        this.node.countChannels(-count)
      },
      release: () => {
        if (!isTaken) return
        isTaken = false
        this.connectionsOfVhost.add(vhost, -1)
        this.connectionsOfUser.add(user, -1)
        this.node.countConnections(-1)
      },
    }
  }

  private takeChannel(user: string): void {
    const limit = this.reached('user', user, 'max-channels', this.channelsOfUser.of(user))
    if (limit !== undefined) {
      throw new NotAllowed(
        `number of channels opened for user '${user}' has reached the maximum allowed user limit of ${limit}`,
      )
    }
    this.node.requireRoomForChannel()
    this.channelsOfUser.add(user, 1)
    this.node.countChannels(1)
  }
}

/** Counts by name; a name that counts nothing takes no memory. */
class Counts {
  private readonly byName = new Map<string, number>()

  of(name: string): number {
    return this.byName.get(name) ?? 0
  }

  add(name: string, count: number): void {
    const sum = this.of(name) + count
    if (sum === 0) this.byName.delete(name)
    else this.byName.set(name, sum)
  }
}
