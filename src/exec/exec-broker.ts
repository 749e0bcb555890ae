/**
 * The broker beside a command: like any other, in memory, and it remembers the connections that ended without a goodbye,
 * with what they had open. A process that ends takes its connections with it, so afterwards nobody could tell.
 */
import { SystemClock } from '../clock'
import type { ResolvedOptions } from '../config/options'
import { mainOf, urlOf } from '../embed/address'
import { administrationOf } from '../embed/administration'
import { compose, type RunningBroker } from '../embed/composition'
import { reachableHost } from '../embed/reachable-host'
import { connectionName, type Transport } from '../server/transport'
import { openMemoryStore } from '../store/open-store'
import { Journal } from '../testing/seeing/journal'
import type { Journey } from '../testing/seeing/journey'
import { LeakReport, type LeftConnection, leaksOf } from '../testing/seeing/leaks'
import type { StrictOptions } from '../testing/strict/strict-options'
import { Strictness } from '../testing/strict/strictness'
import type { Violation } from '../testing/strict/violation'
import { CountedTurn } from '../testing/time/counted-turn'
import type { BrokerAddress } from './environment'
import { ObservedTransport, type TransportObserver } from './observed-transport'

/** More are not told one by one by anybody. */
const LOST_MAX = 1000

/** What is watched beside what is left. */
export interface ExecWatch {
  readonly observer?: ConnectionObserver | undefined
  /** Whether what becomes of messages is written down. Default false. */
  readonly journeys?: boolean
  /** Default false. */
  readonly strict?: boolean | StrictOptions
  /** Violations with one of these in their text are none. */
  readonly allowed?: readonly string[]
}

/** Listens in on every connection. */
export interface ConnectionObserver {
  observe(transport: Transport): TransportObserver
}

export class ExecBroker {
  readonly address: BrokerAddress
  private readonly lost: LeftConnection[] = []
  private queuesBefore: ReadonlySet<string> = new Set()

  private constructor(
    private readonly turn: CountedTurn,
    private readonly running: RunningBroker,
    private readonly options: ResolvedOptions,
    private readonly journal: Journal,
    private readonly strictness: Strictness,
  ) {
    const main = mainOf([...running.listeners.all, ...running.management.listeners])
    const host = reachableHost(main.host)
    this.address = {
      host,
      port: main.port,
      user: options.defaultUser,
      password: options.defaultPass,
      vhost: options.defaultVhost,
      url: urlOf(options, { ...main, host }),
      managementUrl: running.management.url?.replace(/\/\/(0\.0\.0\.0|\[::\])/, '//127.0.0.1'),
    }
  }

  /** @throws as `createBroker` */
  static async open(options: ResolvedOptions, watch: ExecWatch = {}): Promise<ExecBroker> {
    const { observer, journeys = false, strict = false, allowed = [] } = watch
    const turn = new CountedTurn()
    const clock = new SystemClock()
    const journal = new Journal(clock, journeys ? {} : { messages: 0 })
    const strictness = new Strictness(clock, journal, { strict, isLenient: false })
    for (const text of allowed) strictness.violations.allow({ text })
    let opened: ExecBroker | undefined
    const through = (transport: Transport): Transport => {
      const loss = { ended: () => opened?.noteLoss(transport) }
      return new ObservedTransport(transport, observer ? [loss, observer.observe(transport)] : [loss])
    }
    const { makeQueue } = journal
    const running = await compose({ clock, turn, opened: openMemoryStore(turn), options, makeQueue, through })
    journal.watch(running.broker)
    strictness.watch(running)
    opened = new ExecBroker(turn, running, options, journal, strictness)
    await opened.admitUser()
    return opened
  }

  /** What the command left, now that it has ended: connections it did not close, and queues. */
  async leaks(): Promise<LeakReport> {
    await this.turn.idle()
    const { broker, connections } = this.running
    const { connections: open, queues } = leaksOf(broker, connections, (vhost, name) =>
      this.queuesBefore.has(keyOf(vhost, name)),
    )
    const lost = new Set(this.lost.map(({ name }) => name))
    return new LeakReport(
      [...this.lost, ...open.filter(left => isLoggedIn(left) && !lost.has(left.name))],
      queues,
    )
  }

  /** The last messages that wait somewhere or were lost, as far as they are written down; the oldest first. */
  unsettled(): readonly Journey[] {
    return this.journal.messages.map(({ journey }) => journey).filter(({ isUnsettled }) => isUnsettled)
  }

  /** What strict mode minds, up to the end of the command. */
  async violations(): Promise<readonly Violation[]> {
    await this.turn.idle()
    return this.strictness.violations.of()
  }

  close(): Promise<void> {
    return this.running.close()
  }

  /** Definitions with users, or without the virtual host, leave the user of the URL out: not here. */
  private async admitUser(): Promise<void> {
    const { broker } = this.running
    const { defaultUser: user, defaultPass: password, defaultVhost: vhost } = this.options
    const admin = administrationOf(broker, vhost)
    if (!broker.vhosts.has(vhost)) await admin.putVhost(vhost)
    if (!admin.listUsers().some(({ name }) => name === user))
      await admin.putUser(user, { password, tags: ['administrator'] })
    if (admin.permissions(user) === undefined)
      await admin.setPermissions(user, { configure: '.*', write: '.*', read: '.*' })
    const before = [...broker.vhosts.values()].flatMap(({ name, queues }) =>
      [...queues.values()].map(queue => keyOf(name, queue.name)),
    )
    this.queuesBefore = new Set(before)
  }

  private noteLoss(transport: Transport): void {
    if (this.lost.length >= LOST_MAX) return
    const { broker, connections } = this.running
    const name = connectionName(transport)
    const found = leaksOf(broker, connections, () => true).connections.find(left => left.name === name)
    if (found !== undefined && isLoggedIn(found)) this.lost.push(found)
  }
}

function isLoggedIn({ user }: LeftConnection): boolean {
  return user !== undefined
}

function keyOf(vhost: string, queue: string): string {
  return JSON.stringify([vhost, queue])
}
