/**
 * A whole broker with its disk, its network, its clock and its clients, all in this call. Nothing in it happens but by
 * `tick`, and a broker that crashed is opened again on what its disk has.
 */
import { createHash } from 'node:crypto'
import { Broker } from '../../../src/broker/broker'
import { type CompatVersion, compatOf } from '../../../src/broker/compat'
import type { RaisedAlarm } from '../../../src/broker/resources/alarms'
import type { Vhost } from '../../../src/broker/vhost'
import { StalledStore } from '../../../src/embed/stalled-store'
import { Connections } from '../../../src/server/connections'
import { SqliteStore } from '../../../src/store/sqlite/sqlite-store'
import type { Random } from '../../crash/random'
import { ManualClock } from '../../support/manual-clock'
import { ManualTurn } from '../../support/manual-turn'
import { RecordingLogger } from '../../support/recording-logger'
import type { Findings } from '../findings'
import { AccessModel, FIRST_ACCOUNTS } from '../model/access-model'
import { BrokerModel } from '../model/broker-model'
import { restoreEntries } from '../model/restored'
import { NOTHING_KEPT, type Snapshot, snapshotOf } from '../model/snapshot'
import { WatchedDelays } from '../watched/watched-delays'
import { WatchedExchanges } from '../watched/watched-exchanges'
import { WatchedQueue } from '../watched/watched-queue'
import { checkCounters, requireNoRows } from './checks'
import { Client, type Login } from './client'
import type { Conversation, SentMessage } from './conversation'
import { type DiskWatch, SimulatedDisk } from './disk'
import type { Faults } from './faults'
import { Link, type Splits } from './network'
import { checkRecovered } from './recovered'
import { serverSettings } from './server-settings'
import { Witness } from './witness'

/** From here on the broker gives a peer nothing more. */
const CONGESTED_BYTES = 1024 * 1024
const TICKS_MAX = 20_000
/** What one part did last may be news to another that had its turn before. */
const IDLE_TICKS = 3

export class World implements DiskWatch {
  clock = new ManualClock()
  readonly log = new RecordingLogger()
  readonly witness: Witness
  access = new AccessModel(FIRST_ACCOUNTS)
  readonly clients = new Map<number, Client>()
  /** Everything that was said on the wires. */
  readonly digest = createHash('sha256')
  turn!: ManualTurn
  disk!: SimulatedDisk
  broker!: Broker
  model!: BrokerModel
  private delays!: WatchedDelays
  exchanges!: WatchedExchanges
  /** What a broker that crashes now will have again. */
  onDisk: Snapshot = NOTHING_KEPT
  lives = 0
  memoryAlarm: RaisedAlarm | undefined
  connections!: Connections
  private leaving: Snapshot = NOTHING_KEPT
  private ports = 40_000
  private readonly random: Random

  constructor(
    private readonly file: string,
    random: Random,
    readonly findings: Findings,
    readonly version: CompatVersion,
    private readonly faults: Faults = {},
  ) {
    this.random = random.fork('network')
    this.witness = new Witness(this)
    this.start(false)
  }

  get vhost(): Vhost {
    const vhost = this.broker.vhosts.get('/')
    if (vhost === undefined) throw new Error('the virtual host is gone')
    return vhost
  }

  /** The broker has told publishers to wait, or would. */
  get isAlarmed(): boolean {
    return this.broker.alarms.isRaised
  }

  /** Publishers are held up. */
  get isHeldUp(): boolean {
    return this.disk.isFull || this.memoryAlarm !== undefined
  }

  /** Memory is short, or no more. */
  setMemoryAlarm(isRaised: boolean): void {
    this.memoryAlarm?.clear()
    this.model.heldUp.clear()
    this.memoryAlarm = isRaised ? this.broker.alarms.raise('low on memory') : undefined
  }

  now(): number {
    return this.clock.now()
  }

  committing(): void {
    this.leaving = snapshotOf(this.model, this.access.accounts)
  }

  written(): void {
    this.onDisk = this.leaving
    for (const { facts, isDrained } of this.onDisk.queues.values())
      if (isDrained) requireNoRows(this.disk, facts, this.findings)
    this.findings.saw('batch written')
  }

  asked(what: string): void {
    this.findings.saw(`disk: ${what}`)
  }

  refused(): void {
    this.findings.saw('batch not written: the disk is full')
  }

  sent(id: string): SentMessage | undefined {
    return this.witness.sent(id)
  }

  get actor(): string {
    return this.broker.events.actor
  }

  /** The client's own connection, made anew unless it is there. */
  client(index: number, splits: Splits, login: Login): Client {
    const known = this.clients.get(index)
    if (known !== undefined && !known.isGone) return known
    const client = new Client(this.ports++, login, this.witness, this.digest)
    const link = new Link(client.port, this.random.fork(client.port), splits, client)
    client.link = link
    this.clients.set(index, client)
    this.connections.accept(this.faults.transport?.(link) ?? link)
    client.open()
    return client
  }

  /** Moves what is under way, ends the turn, lets the disk do something. Returns whether there is more to do. */
  tick(diskWork = 1): boolean {
    for (const { link } of this.clients.values()) {
      if (link.pendingBytes > CONGESTED_BYTES) this.findings.saw('peer does not read')
      link.move()
    }
    this.clock.advance(0)
    // What the disk has done is news to the next turn.
    const hasMore = [this.turn.run(), this.disk.work(diskWork), this.disk.isBusy].includes(true)
    this.checkLog()
    checkCounters(this)
    return hasMore || [...this.clients.values()].some(({ link }) => link.isBusy)
  }

  /** Ticks until nothing moves any more, but what is held up. */
  settle(): void {
    let idle = 0
    for (let ticks = 0; idle < IDLE_TICKS; ticks++) {
      idle = this.tick(4) ? 0 : idle + 1
      if (this.findings.violations.length > 0) return
      if (ticks === TICKS_MAX)
        return this.findings.wrong(`the world did not come to rest in ${TICKS_MAX} turns`)
    }
  }

  crash(): void {
    this.findings.saw('crash')
    for (const { link } of this.clients.values()) link.vanish()
    this.clients.clear()
    this.broker.stop()
    this.disk.crash()
    // With new timers: those of the broker that is gone are nobody's.
    this.clock = new ManualClock(this.clock.now())
    this.start(true)
  }

  /** The broker stops well: its connections go, everything is written. */
  restart(): void {
    this.findings.saw('restart')
    this.disk.isFull = false
    for (const { link } of this.clients.values()) link.destroy()
    this.settle()
    this.clients.clear()
    this.broker.stop()
    this.disk.crash()
    this.clock = new ManualClock(this.clock.now())
    this.start(false)
  }

  /** The virtual host is deleted with all that is in it, and made anew so many turns later. */
  replaceVhost(turns: number): void {
    this.broker.deleteVhost('/')
    this.access.forgetVhost()
    const { topology } = this.model
    this.model.end()
    this.model = new BrokerModel(this, NOTHING_KEPT)
    this.model.topology.follow(topology)
    for (let left = turns; left > 0; left--) {
      for (const { link } of this.clients.values()) link.move()
      this.turn.run()
      this.disk.work(1)
    }
    this.putVhost()
    this.watchVhost()
    this.vhost.firehose = this.model
  }

  end(): void {
    this.broker.stop()
    this.disk.crash()
  }

  conversation(connectionName: string, channel: number): Conversation | undefined {
    const port = Number(/:(\d+) ->/.exec(connectionName)?.[1])
    for (const client of this.clients.values()) {
      if (client.port === port && !client.isGone) return client.conversations.get(channel)
    }
    return undefined
  }

  private start(afterCrash: boolean): void {
    this.lives++
    const kept = this.onDisk
    this.turn = new ManualTurn()
    this.disk =
      this.faults.disk?.(this.file, this, afterCrash) ?? new SimulatedDisk(this.file, this, afterCrash)
    this.access = new AccessModel(kept.accounts)
    this.model = new BrokerModel(this, kept)
    const { clock, turn, log } = this
    const store = new SqliteStore(turn, this.disk)
    this.broker = new Broker(
      {
        ...{ clock, turn, store, logger: log, compat: compatOf(this.version) },
        makeQueue: (definition, options, around) =>
          new (this.faults.queue ?? WatchedQueue)(definition, options, around, this.model),
      },
      { user: 'guest', password: 'guest', vhost: '/', slowGuessers: false },
      this.disk.definitions,
    )
    this.faults.broker?.(this.broker)
    if (!this.broker.vhosts.has('/')) this.putVhost()
    this.watchVhost()
    this.broker.recover()
    this.delays.watchNew()
    this.exchanges.watchNew()
    restoreEntries(this.model, kept, afterCrash, this.now())
    this.broker.events.listen((event, actor) => {
      if (event.kind === 'queue.created') this.delays.watchNew()
      if (event.kind === 'exchange.created') this.exchanges.watchNew()
      this.model.heard(event, actor)
    })
    this.vhost.firehose = this.model
    this.memoryAlarm = undefined
    const stalled = new StalledStore(this.broker, new RecordingLogger()) // its errors are meant
    this.disk.onStalled(reason => {
      this.model.heldUp.clear()
      stalled.tell(reason)
    })
    this.connections = new Connections(serverSettings(this))
    if (this.lives > 1) checkRecovered(this, kept)
  }

  private putVhost(): void {
    this.broker.putVhost('/')
    this.broker.accounts.setPermissions('guest', '/', { configure: '.*', write: '.*', read: '.*' })
    this.access.vhostMade()
  }

  private watchVhost(): void {
    for (const { name, type, durable } of this.vhost.exchanges.values())
      this.model.topology.exchanges.set(name, { name, type, isDurable: durable, alternate: undefined })
    this.exchanges = new WatchedExchanges(this.vhost, this.model, this.faults.filter)
    this.delays = new WatchedDelays(this.vhost, this.model, () => this.now(), this.faults.delays)
  }

  /** A defect of ours is an error in the log, whatever the peer hears of it. */
  private checkLog(): void {
    for (const line of this.log.at('error')) this.findings.wrong(`the log has an error: ${line}`)
    this.log.clear()
  }
}
