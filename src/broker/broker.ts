/**
 * The broker: virtual hosts, users, store. No sockets and no configuration: a whole broker can live in a test.
 * The one who composes it hands in clock, turn and store.
 */
import { Access } from '../auth/access'
import { type Authenticator, InternalAuthenticator } from '../auth/authenticator'
import type { AuthChanged } from '../auth/changes'
import { hashPassword } from '../auth/passwords'
import { Permissions } from '../auth/permissions'
import { TopicPermissions } from '../auth/topic-permissions'
import { Users } from '../auth/users'
import type { Clock } from '../clock'
import { type Logger, silentLogger } from '../logger'
import type { Queue } from '../queues/queue'
import { CommitWaiters } from '../store/commit-waiters'
import type { DefinitionStore, StoredDefinitions } from '../store/definition-store'
import type { MessageStore } from '../store/message-store'
import { Ticker } from '../structures/ticker'
import type { Turn } from '../turn'
import { announceAlarms } from './alarm-events'
import { Alarms } from './alarms'
import { BrokerCounters } from './broker-counters'
import { type Compat, queueDefaultsOf } from './compat'
import { Events, INTERNAL_USER } from './events'
import { Firehose } from './firehose'
import { type Limits, ResourceLimits } from './limits'
import { Outbox } from './outbox'
import { removeQueue } from './queue-declarations'
import { recover } from './recovery'
import { Vhost } from './vhost'

export interface BrokerSurroundings {
  readonly clock: Clock
  readonly turn: Turn
  readonly store: MessageStore & DefinitionStore
  /** Hears of defects. */
  readonly logger?: Logger
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
  readonly counters = new BrokerCounters()
  readonly events: Events
  /** What the broker itself publishes. */
  readonly outbox: Outbox
  readonly users: Users
  readonly permissions: Permissions
  readonly topicPermissions: TopicPermissions
  readonly access: Access
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
    const { logger = silentLogger } = around
    this.events = new Events(err => logger.error({ err }, 'a listener to events failed'))
    this.outbox = new Outbox(around.turn, err => logger.error({ err }, 'a message of the broker was lost'))
    const changed: AuthChanged = change => this.events.emit(change)
    this.users = new Users({ changed })
    this.permissions = new Permissions(changed)
    this.topicPermissions = new TopicPermissions(changed)
    this.access = new Access(this.permissions, this.topicPermissions)
    announceAlarms(this.alarms, this.events)
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
    for (const exchange of vhost.exchanges.values()) vhost.log.exchangeThere(exchange)
    this.events.emit({ kind: 'vhost.created', name, isTraced: false })
    return vhost
  }

  /** RabbitMQ's firehose: copies every message published to and delivered from the vhost to `amq.rabbitmq.trace`. */
  trace(vhostName: string, on: boolean): void {
    const vhost = this.vhosts.get(vhostName)
    if (vhost === undefined) throw new RangeError(`there is no vhost '${vhostName}'`)
    if (!on) vhost.firehose = undefined
    else vhost.firehose ??= new Firehose(vhost, this.outbox)
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
      events: this.events,
      compat: this.compat,
      limits: this.limits,
      counters: this.counters,
      interpretsClientDeaths: this.compat.interpretsClientDeaths,
      queueDefaults: queueDefaultsOf(this.compat),
      nextQueueId: () => ++this.queuesCreated,
      unused: (vhost: Vhost, queue: Queue) =>
        this.events.actingAs(INTERNAL_USER, () => removeQueue(vhost, queue)),
    }
  }
}
