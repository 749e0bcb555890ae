/**
 * The broker: virtual hosts, users, store. No sockets and no configuration: a whole broker can live in a test.
 * The one who composes it hands in clock, turn and store.
 */
import { Access } from '../auth/access'
import { type Authenticator, InternalAuthenticator } from '../auth/authenticator'
import type { AuthChanged } from '../auth/changes'
import { LoginThrottle } from '../auth/login-throttle'
import { Logins } from '../auth/logins'
import { Permissions } from '../auth/permissions'
import { TopicPermissions } from '../auth/topic-permissions'
import { Users } from '../auth/users'
import type { Clock } from '../clock'
import { type Logger, silentLogger } from '../logger'
import type { Queue } from '../queues/queue'
import { CommitWaiters } from '../store/commit-waiters'
import { type DefinitionStore, NOTHING_STORED, type StoredDefinitions } from '../store/definition-store'
import type { CommitTicket, MessageStore } from '../store/message-store'
import { Ticker } from '../structures/ticker'
import type { Turn } from '../turn'
import { recoverAccess } from './access/access-recovery'
import { Accounts } from './access/accounts'
import { BrokerCounters } from './broker-counters'
import { type Compat, queueDefaultsOf } from './compat'
import { removeQueue } from './declarations/queue-declarations'
import { announceAlarms } from './events/alarm-events'
import { Events, INTERNAL_USER } from './events/events'
import { trace } from './events/firehose'
import { Outbox } from './events/outbox'
import { Evictions } from './evictions'
import { operatorPolicyParameters, vhostLimitParameters } from './kept-parameters'
import { type Limits, ResourceLimits, VHOST_LIMITS } from './limits'
import { NodeLimits, type NodeMaxima, UNLIMITED } from './node-limits'
import { Parameters } from './parameters'
import { recover } from './recovery'
import { Alarms } from './resources/alarms'
import { type QueueMaker, Vhost, type VhostSurroundings } from './vhost'
import type { VhostMetadata, VhostTerms } from './vhost-metadata'
import { type PutVhost, Vhosts } from './vhosts'

export interface BrokerSurroundings {
  readonly clock: Clock
  readonly turn: Turn
  readonly store: MessageStore & DefinitionStore
  /** Hears of defects. */
  readonly logger?: Logger
  readonly compat: Compat
  /** Default: there may be any number of anything. */
  readonly maxima?: NodeMaxima | undefined
  /** Makes every queue that clients declare. Default: a `Queue`. */
  readonly makeQueue?: QueueMaker | undefined
  /** Hears of what is declared again with other properties, which then stays as it is. Default: that is refused. */
  readonly onRedeclared?: VhostSurroundings['onRedeclared']
}

/** Who and what exists in a broker that starts without definitions. */
export interface Defaults {
  readonly user: string
  readonly password: string
  readonly vhost: string
  /** Who may log in from this machine only. RabbitMQ: `loopback_users`, default guest. */
  readonly loopbackUsers?: readonly string[]
  /** Whether refusals are held back for those who guess passwords. Default: they are. */
  readonly slowGuessers?: boolean
  /** Somebody else makes the users: definitions that are imported. */
  readonly hasNoUser?: boolean
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
  /** What every protocol asks who somebody is. */
  readonly logins: Logins
  /** Users, and what they may do, for those who change it. */
  readonly accounts: Accounts
  readonly parameters: Parameters
  readonly evictions = new Evictions()
  private readonly vhostVerbs: Vhosts
  private readonly makeQueue: QueueMaker | undefined
  private readonly onRedeclared: VhostSurroundings['onRedeclared']
  private queuesCreated = 0

  /** `stored`: what the store held. The defaults are for a broker that starts for the first time. */
  constructor(
    around: BrokerSurroundings,
    defaults: Defaults,
    private readonly stored: StoredDefinitions = NOTHING_STORED,
  ) {
    this.clock = around.clock
    this.turn = around.turn
    this.store = around.store
    this.compat = around.compat
    this.makeQueue = around.makeQueue
    this.onRedeclared = around.onRedeclared
    this.ticker = new Ticker(around.clock)
    this.commits = new CommitWaiters(around.store, around.turn)
    const { logger = silentLogger } = around
    this.events = new Events(err => logger.error({ err }, 'a listener to events failed'))
    this.outbox = new Outbox(around.turn, err => logger.error({ err }, 'a message of the broker was lost'))
    const nodeLimits = new NodeLimits(around.maxima ?? UNLIMITED, () => this.vhosts)
    this.limits = new ResourceLimits(around.store, this.events, nodeLimits)
    this.parameters = new Parameters(around.store, this.events)
    const changed: AuthChanged = change => this.events.emit(change)
    this.users = new Users({ changed, loopbackUsers: defaults.loopbackUsers ?? ['guest'] })
    this.permissions = new Permissions(changed)
    this.topicPermissions = new TopicPermissions(changed)
    this.access = new Access(this.permissions, this.topicPermissions)
    announceAlarms(this.alarms, this.events)
    this.authenticator = new InternalAuthenticator(this.users, {
      anonymousLogin: { user: defaults.user, password: defaults.password },
    })
    const throttle = defaults.slowGuessers === false ? undefined : new LoginThrottle(() => around.clock.now())
    this.logins = new Logins(this.authenticator, throttle)
    this.vhostVerbs = new Vhosts(this.vhostsSurroundings())
    this.accounts = new Accounts(this)
    this.parameters.keptElsewhere(VHOST_LIMITS, vhostLimitParameters(this.limits))
    this.parameters.keptElsewhere('operator_policy', operatorPolicyParameters(this.vhosts))
    if (!recoverAccess(this, stored.access, logger)) this.begin(defaults)
    this.parameters.nameCluster()
  }

  get vhosts(): ReadonlyMap<string, Vhost> {
    return this.vhostVerbs.byName
  }

  /** Makes it, or changes what is said of it. Who makes one may do everything in it. @throws SettingRefused */
  putVhost(name: string, terms: VhostTerms = {}): PutVhost {
    const { events, accounts, users, vhostVerbs } = this
    const put = vhostVerbs.put(name, terms)
    if (!put.isNew || users.find(events.actor) === undefined) return put
    const ticket = accounts.setPermissions(events.actor, name, { configure: '.*', write: '.*', read: '.*' })
    return { ...put, ticket: Math.max(put.ticket, ticket) }
  }

  /** With all that is in it. Undefined: there was none. @throws SettingRefused for a protected one */
  deleteVhost(name: string): CommitTicket | undefined {
    return this.vhostVerbs.delete(name)
  }

  /** Takes back a virtual host: without a word to the store. */
  restoreVhost(name: string, metadata: VhostMetadata): Vhost {
    return this.vhostVerbs.create(name, metadata)
  }

  /** RabbitMQ's firehose: copies every message published to and delivered from the vhost to `amq.rabbitmq.trace`. */
  trace(vhostName: string, on: boolean): void {
    const vhost = this.vhosts.get(vhostName)
    if (vhost === undefined) throw new RangeError(`there is no vhost '${vhostName}'`)
    trace(vhost, this.outbox, on)
  }

  /** Takes back the topology that the store held. Before anyone connects. */
  recover(stored: StoredDefinitions = this.stored): void {
    for (const { id } of stored.queues) this.queuesCreated = Math.max(this.queuesCreated, id)
    for (const { scope, name, limits } of stored.limits)
      this.limits.restore(scope, name, JSON.parse(limits) as Limits)
    // A data folder of before there were users says of its virtual hosts only what is in them.
    recover(stored, name => this.vhosts.get(name) ?? this.putVhost(name).vhost)
  }

  /** Nothing happens by itself any more: no timer of a queue is left. */
  stop(): void {
    this.vhostVerbs.stop()
  }

  /** RabbitMQ's rule: where there is no user, no permission and no virtual host, there are the first ones. */
  private begin({ user, password, vhost, hasNoUser }: Defaults): void {
    this.putVhost(vhost)
    if (hasNoUser) return
    this.accounts.putUser(user, { password, tags: ['administrator'] })
    this.accounts.setPermissions(user, vhost, { configure: '.*', write: '.*', read: '.*' })
  }

  private vhostsSurroundings(): ConstructorParameters<typeof Vhosts>[0] {
    const { turn, store, events, permissions, topicPermissions, limits, parameters, evictions } = this
    const newVhost = (name: string, metadata: VhostMetadata): Vhost => {
      const vhost = new Vhost(name, this.vhostSurroundings())
      vhost.metadata = metadata
      return vhost
    }
    return { turn, store, events, permissions, topicPermissions, limits, parameters, evictions, newVhost }
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
      makeQueue: this.makeQueue,
      onRedeclared: this.onRedeclared,
      nextQueueId: () => ++this.queuesCreated,
      unused: (vhost: Vhost, queue: Queue) =>
        this.events.actingAs(INTERNAL_USER, () => removeQueue(vhost, queue)),
    }
  }
}
