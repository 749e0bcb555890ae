/**
 * The broker: virtual hosts, users, store. No sockets and no configuration: a whole broker can live in a test.
 * The one who composes it hands in clock, turn and store.
 */
import { Access } from '../auth/access'
import { type Authenticator, InternalAuthenticator } from '../auth/authenticator'
import { hashPassword } from '../auth/passwords'
import { Permissions } from '../auth/permissions'
import { TopicPermissions } from '../auth/topic-permissions'
import { Users } from '../auth/users'
import type { Clock } from '../clock'
import type { Queue } from '../queues/queue'
import { CommitWaiters } from '../store/commit-waiters'
import type { DefinitionStore, StoredDefinitions } from '../store/definition-store'
import type { MessageStore } from '../store/message-store'
import { Ticker } from '../structures/ticker'
import type { Turn } from '../turn'
import { Alarms } from './alarms'
import { type Compat, queueDefaultsOf } from './compat'
import { type Limits, ResourceLimits } from './limits'
import { removeQueue } from './queue-declarations'
import { recover } from './recovery'
import { Vhost } from './vhost'

export interface BrokerSurroundings {
  readonly clock: Clock
  readonly turn: Turn
  readonly store: MessageStore & DefinitionStore
  readonly compat: Compat
}

/** Who and what exists in a broker that starts without definitions. */
export interface Defaults {
  readonly user: string
  readonly password: string
  readonly vhost: string
}

export class Broker {
  readonly clock: Clock
  readonly turn: Turn
  readonly store: MessageStore & DefinitionStore
  readonly compat: Compat
  /** For whoever must look at something now and then. */
  readonly ticker: Ticker
  readonly commits: CommitWaiters
  readonly alarms = new Alarms()
  readonly limits: ResourceLimits
  readonly users = new Users()
  readonly permissions = new Permissions()
  readonly topicPermissions = new TopicPermissions()
  readonly access = new Access(this.permissions, this.topicPermissions)
  readonly authenticator: Authenticator
  readonly vhosts = new Map<string, Vhost>()
  private queuesCreated = 0

  constructor(around: BrokerSurroundings, defaults: Defaults) {
    this.clock = around.clock
    this.turn = around.turn
    this.store = around.store
    this.compat = around.compat
    this.ticker = new Ticker(around.clock)
    this.limits = new ResourceLimits(around.store)
    this.commits = new CommitWaiters(around.store, around.turn)
    this.users.add({
      name: defaults.user,
      tags: ['administrator'],
      passwordHash: hashPassword(defaults.password),
    })
    this.authenticator = new InternalAuthenticator(this.users, {
      anonymousLogin: { user: defaults.user, password: defaults.password },
    })
    this.addVhost(defaults.vhost)
    this.permissions.set(defaults.user, defaults.vhost, { configure: '.*', write: '.*', read: '.*' })
  }

  addVhost(name: string): Vhost {
    const vhost = new Vhost(name, this.vhostSurroundings())
    this.vhosts.set(name, vhost)
    return vhost
  }

  /** Takes back what the store held. Before anyone connects. */
  recover(stored: StoredDefinitions): void {
    for (const { id } of stored.queues) this.queuesCreated = Math.max(this.queuesCreated, id)
    for (const { scope, name, limits } of stored.limits)
      this.limits.restore(scope, name, JSON.parse(limits) as Limits)
    recover(stored, name => this.vhosts.get(name) ?? this.addVhost(name))
  }

  /** Nothing happens by itself any more: no timer of a queue is left. */
  stop(): void {
    for (const vhost of this.vhosts.values()) vhost.stop()
  }

  private vhostSurroundings(): ConstructorParameters<typeof Vhost>[1] {
    return {
      clock: this.clock,
      turn: this.turn,
      store: this.store,
      compat: this.compat,
      limits: this.limits,
      interpretsClientDeaths: this.compat.interpretsClientDeaths,
      queueDefaults: queueDefaultsOf(this.compat),
      nextQueueId: () => ++this.queuesCreated,
      unused: (vhost: Vhost, queue: Queue) => removeQueue(vhost, queue),
    }
  }
}
