/**
 * One data directory, and brokers that live on it one after the other under a steady mixed load:
 *
 *     start ─► load ─► kill or stop ─► start ─► … ─► start ─► load ─► drain ─► nothing may be left ─► stop
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BrokerProcess } from '../crash/broker-process'
import { inspectDatabase } from '../crash/database-check'
import { Random } from '../crash/random'
import { passed, within } from '../crash/waiting'
import { SoakLedger } from './books'
import { perform } from './cast'
import { drain } from './drain'
import { declarePlaces } from './places'
import { type LifePlan, planLives } from './schedule'
import { SoakStage } from './soak-stage'
import { type Vitals, vitalsOf } from './vitals'

export interface SoakOptions {
  readonly seed: string
  readonly minutes: number
  /** Messages per second. */
  readonly rate: number
  readonly print: (line: string) => void
  readonly sampled?: (life: number, vitals: Vitals) => void
  /** After each kill, before the next start: a canary's chance to do damage. */
  readonly sabotage?: (dataDir: string) => void
}

interface Scene {
  readonly broker: BrokerProcess
  readonly stage: SoakStage
}

const PROBE = join(__dirname, 'probe-inside.cjs')
const NODE_FLAGS = ['--expose-gc', '--require', PROBE]
const FLAGS = ['--management-port', '0', '--no-prometheus', '--log-level', 'warn']
const SAMPLE_MS = 10_000
const SWEEP_MS = 1000

export class Soak {
  readonly ledger: SoakLedger
  private readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'leveret-soak-')))
  private readonly dataDir = join(this.folder, 'data')
  private readonly random: Random
  private latest: BrokerProcess | undefined

  constructor(private readonly options: SoakOptions) {
    mkdirSync(this.dataDir)
    this.ledger = new SoakLedger(Date.now, options.print)
    this.random = new Random(options.seed)
  }

  /** Runs to the end, whatever is complained of on the way; true when nothing was. */
  async run(): Promise<boolean> {
    const { ledger } = this
    const sweeping = setInterval(() => ledger.sweep(), SWEEP_MS)
    try {
      const plans = planLives(this.random.fork('plan'), this.options.minutes * 60_000)
      for (const [at, plan] of plans.entries()) await this.live(plan, this.random.fork(at), at === 0)
      for (const complaint of inspectDatabase(join(this.dataDir, 'leveret.db'), 'soak.%'))
        ledger.complain(complaint)
    } catch (error) {
      ledger.complain(error instanceof Error ? (error.stack ?? error.message) : String(error))
      await this.latest?.kill()
    }
    clearInterval(sweeping)
    if (ledger.figures.complaints === 0) this.discard()
    else this.options.print(`its files are in ${this.folder}`)
    return ledger.figures.complaints === 0
  }

  /** Throws its files away. */
  discard(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  private async live(plan: LifePlan, random: Random, isFirst: boolean): Promise<void> {
    if (plan.bootKillMs !== undefined) await this.killedBooting(plan.bootKillMs)
    const scene = await this.boot(isFirst)
    const { broker, stage } = scene
    const beginning = await vitalsOf(broker, this.dataDir)
    const performance = perform(stage, random)
    const sampling = this.sample(scene)
    await this.wait(plan, scene)
    if (plan.ending === 'drain' && beginning !== undefined) {
      await drain(
        stage,
        performance,
        async () => await vitalsOf(broker, this.dataDir),
        beginning,
        this.options.print,
      )
      await broker.stop()
    } else await this.end(plan, scene)
    stage.hush()
    stage.agent.destroy()
    await within('the end of all connections', stage.silence())
    await within('the end of the load', Promise.all([performance.everybody, sampling]))
    if (plan.ending === 'kill') this.options.sabotage?.(this.dataDir)
    if (plan.ending !== 'drain') this.ledger.restarted()
  }

  private async boot(isFirst: boolean): Promise<Scene> {
    const beganAt = performance.now()
    const broker = this.start()
    const url = await broker.url()
    const bootMs = performance.now() - beganAt
    if (url === undefined) throw new Error('the broker ended while it started')
    const stage = new SoakStage(url, broker.managementUrl ?? '', this.ledger, this.options.rate)
    const link = await stage.open()
    await within('the topology', declarePlaces(await link.openChannel(), isFirst))
    await link.close()
    this.ledger.figures.slowestStartMs = Math.max(this.ledger.figures.slowestStartMs, Math.round(bootMs))
    this.options.print(`life ${this.ledger.life} accepts after ${Math.round(bootMs)} ms`)
    return { broker, stage }
  }

  private start(): BrokerProcess {
    const options = { durability: 'fsync', environment: {}, node: NODE_FLAGS, flags: FLAGS } as const
    this.latest = new BrokerProcess(this.dataDir, options, what => this.ledger.complain(what))
    return this.latest
  }

  private async killedBooting(afterMs: number): Promise<void> {
    const broker = this.start()
    await passed(afterMs)
    await broker.kill()
    this.ledger.figures.kills++
  }

  /** Lets time pass, and the broker not know of some of it. */
  private async wait({ forMs, freezes }: LifePlan, { broker, stage }: Scene): Promise<void> {
    const beganAt = Date.now()
    const until = (ms: number): Promise<void> => stage.pause(Math.max(0, beganAt + ms - Date.now()))
    void broker.ended.then(() => stage.end())
    for (const freeze of freezes) {
      await until(freeze.atMs)
      broker.freeze()
      await passed(freeze.forMs)
      broker.thaw()
      this.ledger.figures.freezes++
    }
    await until(forMs)
  }

  private async end({ ending }: LifePlan, { broker, stage }: Scene): Promise<void> {
    const { figures, life } = this.ledger
    this.ledger.ending()
    this.options.print(`life ${life} ends by a ${ending}`)
    if (ending === 'kill') {
      figures.kills++
      stage.hush()
      await broker.kill()
      return
    }
    figures.stops++
    if (ending === 'stop') await broker.stop()
    else await broker.stopTwice(20)
  }

  private async sample({ broker, stage }: Scene): Promise<void> {
    while (!stage.isOver) {
      const vitals = await vitalsOf(broker, this.dataDir)
      if (vitals !== undefined) this.options.sampled?.(this.ledger.life, vitals)
      await stage.pause(SAMPLE_MS)
    }
  }
}
