/** A broker for a test: there in milliseconds, in this process, without a trace when it is stopped. */
import type { Duplex } from 'node:stream'
import { ConnectionForced } from '../amqp/errors'
import type { Vhost } from '../broker/vhost'
import type { ResolvedOptions } from '../config/options'
import { mainOf, urlOf } from '../embed/address'
import { type Administration, administrationOf } from '../embed/administration'
import type { RunningBroker } from '../embed/composition'
import type { ListenerDescription } from '../embed/listeners'
import type { Transport } from '../server/transport'
import { Faults } from './faults/faults'
import { InProcess, streamTo } from './in-process/in-process'
import { turnWires } from './in-process/transport-pair'
import { type Lasting, Lives, type RestartOptions } from './lives'
import { checkSnapshot, restore, snapshotOf, type TopologySnapshot } from './reset'
import { Journal } from './seeing/journal'
import { type LeakReport, LeaksFound, leaksOf } from './seeing/leaks'
import { Strictness } from './strict/strictness'
import { resolveTestOptions, type TestBrokerOptions } from './test-options'
import { TestVhost } from './test-vhost'
import { CountedTurn } from './time/counted-turn'
import { Patience } from './time/patience'
import { Quiet } from './time/quiet'
import { TestClock } from './time/test-clock'
import { WatchedVhost, type Watching } from './watched-vhost'

/** What it is made of. */
interface Parts extends Lasting {
  readonly patience: Patience
  readonly lives: Lives
  /** The broker of now. */
  readonly running: RunningBroker
  readonly options: ResolvedOptions
}

export interface ResetOptions {
  /** Whether connections stay open, without their consumers, or are closed (320). Default `keep`. */
  readonly connections?: 'keep' | 'cut'
}

export interface StopOptions {
  /** Reject with `LeaksFound`, when all is stopped, if a test left something behind. Default false. */
  readonly failOnLeaks?: boolean
}

export class TestBroker extends WatchedVhost {
  /** For any AMQP 0-9-1 client, of this process at least: `amqp://guest:guest@127.0.0.1:40123`. */
  readonly url: string
  readonly host: string
  readonly port: number
  /** The HTTP API and the web UI; undefined unless started with `management: true`. */
  readonly managementUrl: string | undefined
  /** Moves the time of this broker. */
  readonly clock: Pick<TestClock, 'now' | 'advance'>
  /** What goes wrong. */
  readonly faults: Omit<Faults, 'through' | 'attach' | 'watch' | 'queuesOf' | 'describeRandom'>
  /** Users, permissions, virtual hosts, policies and limits. */
  readonly admin: Administration
  /** What was there before any test. */
  private readonly beginning: TopologySnapshot
  private readonly main: ListenerDescription
  private stopping: Promise<void> | undefined
  private vhostsMade = 0

  private constructor(private readonly parts: Parts) {
    const { clock, running, options } = parts
    super(options.defaultVhost, watchingOf(parts))
    this.main = mainOf([...running.listeners.all, ...running.management.listeners])
    this.url = urlOf(options, this.main)
    this.host = this.main.host
    this.port = this.main.port
    this.managementUrl = running.management.url
    this.clock = clock
    this.faults = parts.faults
    this.admin = administrationOf(running.broker, options.defaultVhost)
    this.beginning = snapshotOf(running.broker)
  }

  /**
   * Takes clients when the promise resolves. Any number of them may be in one process.
   * @throws OptionError for an unknown or bad option, whatever listening throws, such as EADDRINUSE
   */
  static async start(options: TestBrokerOptions = {}): Promise<TestBroker> {
    const resolved = resolveTestOptions(options)
    const turn = new CountedTurn()
    const quiet = new Quiet(turn)
    const clock = new TestClock(quiet)
    const journal = new Journal(clock.broker, options.journal)
    const faults = new Faults(clock.broker)
    const { strict = false, redeclare } = options
    const wishes = { strict, isLenient: redeclare === 'lenient' }
    const strictness = new Strictness(clock.broker, journal, wishes)
    const inProcess = options.transport === 'in-process' ? new InProcess(turnWires(turn)) : undefined
    const lasting = { clock, turn, quiet, journal, strictness, faults, inProcess }
    const lives = await Lives.begin(lasting, resolved).catch(cause => {
      clock.stop()
      inProcess?.release()
      throw cause
    })
    const patience = new Patience(() => faults.describeRandom())
    return new TestBroker({
      ...lasting,
      patience,
      lives,
      options: resolved,
      get running() {
        return lives.running
      },
    })
  }

  /**
   * As if it had just been started, but for its address, its time and, unless they are cut, its connections: queues,
   * exchanges, bindings, messages, policies, users and virtual hosts of tests are gone, and the first ones are back.
   * @throws StrictViolated when all that is done, if the broker is strict and there was any violation
   */
  reset(options: ResetOptions = {}): Promise<void> {
    return this.putBack(this.beginning, options)
  }

  /** Users, virtual hosts, permissions, policies, exchanges, queues and bindings; no messages. */
  snapshot(): TopologySnapshot {
    return snapshotOf(this.parts.running.broker)
  }

  /**
   * Exactly what was there at the snapshot, and no messages.
   * @throws DefinitionsRefused for what is no snapshot; nothing is changed then
   * @throws StrictViolated as `reset`
   */
  async restore(snapshot: TopologySnapshot, options: ResetOptions = {}): Promise<void> {
    checkSnapshot(this.parts.running.broker, snapshot)
    await this.putBack(snapshot, options)
  }

  /**
   * Ends as a broker that is stopped, and is there again at the same address when the promise resolves: clients are told
   * (320), and what is durable comes back. What this object is asked in between is asked of the broker that ended.
   * @throws whatever listening throws, and what `whileDown` throws
   */
  async restart(options?: RestartOptions): Promise<void> {
    await this.parts.lives.restart(options).finally(() => this.takeOver())
  }

  /**
   * Ends as a broker that is killed, and comes back as from `restart`: the sockets are cut without a word. What was confirmed
   * is there again, what was not may be lost, and all of it may have been delivered before (redelivered).
   */
  async crash(options?: RestartOptions): Promise<void> {
    await this.parts.lives.crash(options).finally(() => this.takeOver())
  }

  /** A new virtual host, in which the default user may do everything. */
  async vhost(name = `test-${++this.vhostsMade}`): Promise<TestVhost> {
    const { options } = this.parts
    await this.admin.putVhost(name)
    await this.admin.setPermissions(options.defaultUser, { configure: '.*', write: '.*', read: '.*' }, name)
    const url = urlOf({ ...options, defaultVhost: name }, this.main)
    return new TestVhost(name, url, this.admin, this.watching)
  }

  /** A connection that is still to be spoken on, for whatever speaks AMQP over a stream; whatever the transport. */
  stream(): Duplex {
    const { running, lives, turn } = this.parts
    const accept = (transport: Transport) => running.connections.accept(transport)
    return streamTo(lives.isUp ? accept : undefined, turnWires(turn))
  }

  /**
   * RabbitMQ's firehose: copies of all messages go to the exchange `amq.rabbitmq.trace`.
   * @throws RangeError when there is no such virtual host
   */
  trace(vhost: string, on: boolean): void {
    this.parts.running.broker.trace(vhost, on)
  }

  /** What is left: connections, channels, consumers, deliveries without acknowledgement, and queues of tests. */
  leaks(): LeakReport {
    const { broker, connections } = this.parts.running
    const queues = this.beginning['queues'] as readonly { vhost: string; name: string }[]
    return leaksOf(broker, connections, (vhost, name) =>
      queues.some(queue => queue.vhost === vhost && queue.name === name),
    )
  }

  /**
   * Closes the connections that are left and frees the ports. Nothing of it keeps the process alive from then on. May be
   * called again. @throws LeaksFound
   * @throws StrictViolated if the broker is strict and there was any violation; its cause are the leaks, if there are any
   */
  async stop({ failOnLeaks = false }: StopOptions = {}): Promise<void> {
    const { quiet, strictness } = this.parts
    if (failOnLeaks || strictness.isStrict) await quiet.comes() // who was just closed is gone
    const leaks = failOnLeaks && this.stopping === undefined ? this.leaks() : undefined
    this.stopping ??= this.end()
    await this.stopping
    const found = leaks?.isClean === false ? new LeaksFound(leaks) : undefined
    if (strictness.isStrict) strictness.violations.tell(undefined, found)
    if (found !== undefined) throw found
  }

  /** `await using broker = await TestBroker.start()` */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  /** In all its virtual hosts. */
  protected override get violationsOf(): undefined {
    return undefined
  }

  /** Whoever holds `admin` goes on with it. */
  private takeOver(): void {
    const { running, options } = this.parts
    Object.assign(this.admin, administrationOf(running.broker, options.defaultVhost))
  }

  private async putBack(snapshot: TopologySnapshot, { connections = 'keep' }: ResetOptions): Promise<void> {
    const { faults, running, quiet, journal, strictness } = this.parts
    if (strictness.isStrict) await quiet.comes() // what is still on its way was sent before
    faults.clear()
    if (connections === 'cut') await this.cutAll()
    await restore(running.broker, snapshot)
    await quiet.comes()
    journal.clear()
    try {
      if (strictness.isStrict) strictness.violations.tell()
    } finally {
      strictness.violations.clear()
    }
  }

  private async cutAll(): Promise<void> {
    const { running, quiet, turn } = this.parts
    const goodbye = new ConnectionForced('the test broker is reset')
    for (const connection of running.connections) connection.forceClose(goodbye)
    await quiet.comes()
    for (const connection of running.connections) connection.destroy()
    while (running.connections.count > 0) await turn.next()
  }

  private async end(): Promise<void> {
    this.parts.patience.end()
    this.parts.faults.clear()
    await this.parts.lives.end()
    this.parts.clock.stop()
    this.parts.inProcess?.release()
  }
}

function watchingOf(parts: Parts): Watching {
  const { journal, patience, quiet, strictness } = parts
  const vhostNamed = (name: string): Vhost => {
    const vhost = parts.running.broker.vhosts.get(name)
    if (vhost === undefined) throw new Error(`there is no virtual host ${JSON.stringify(name)}`)
    return vhost
  }
  return { journal, patience, quiet, strictness, vhostNamed }
}
