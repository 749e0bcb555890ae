/**
 * One data directory and the brokers that live and die on it, round after round:
 *
 *     boot (killed, some times) ─► audit (killed, sometimes) ─► load ─► kill ─► power cut, perhaps ─► the next round
 *
 * and after the last round everything is drained, and the database must be sound and empty.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Owner } from './actors/owner'
import { Topologist } from './actors/topologist'
import { audit } from './audit'
import { BrokerProcess } from './broker-process'
import { perform } from './cast'
import { inspectDatabase } from './database-check'
import { bringAbout } from './ending'
import type { Figures } from './figures'
import { Ledger } from './ledger'
import { LinkLost } from './link'
import { DOOMED, declarePlaces } from './places'
import { type Plan, planRound } from './plan'
import { type PowerCut, preparePowerCut } from './power-cut'
import { Random } from './random'
import { Stage } from './stage'
import { passed, within } from './waiting'

export interface HistoryOptions {
  readonly seed: string
  readonly rounds: number
  readonly durability: 'fsync' | 'os'
  readonly withPowerCuts: boolean
  /** After each death of a broker, before the next: a canary's chance to do damage. */
  readonly sabotage?: (dataDir: string) => void
}

export interface RoundReport {
  readonly round: number
  readonly plan: Plan
  readonly cut: string
  readonly figures: Figures
  readonly violations: readonly string[]
}

export class History {
  readonly ledger = new Ledger()
  private readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'leveret-crash-')))
  private readonly dataDir = join(this.folder, 'data')
  private readonly databaseFile = join(this.dataDir, 'leveret.db')
  private readonly random: Random
  private readonly powerCut: PowerCut | undefined
  private readonly residents = {
    owners: [new Owner('owned-0'), new Owner('owned-1')],
    topologist: new Topologist(),
  }
  private isFurnished = false
  private latest: BrokerProcess | undefined
  private lastCut = ''

  constructor(private readonly options: HistoryOptions) {
    mkdirSync(this.dataDir)
    this.random = new Random(options.seed)
    if (options.withPowerCuts) this.powerCut = preparePowerCut(this.dataDir, join(this.folder, 'undo'))
  }

  /** Runs to the end, or to the first round with violations, whose files stay where they are. */
  async run(report: (round: RoundReport) => void): Promise<readonly string[]> {
    const { violations } = this.ledger
    for (let round = 1; round <= this.options.rounds && violations.length === 0; round++) {
      const plan = planRound(this.random.fork(round))
      this.lastCut = ''
      await this.guarded(`round ${round}`, () => this.round(plan, this.random.fork(round)))
      report({ round, plan, cut: this.lastCut, figures: this.ledger.figures, violations })
    }
    if (violations.length === 0) await this.guarded('the end', () => this.end())
    if (violations.length === 0) this.discard()
    else violations.push(`its files are in ${this.folder}`)
    return violations
  }

  /** Throws its files away. */
  discard(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  private async round(plan: Plan, random: Random): Promise<void> {
    for (const [at, ms] of plan.bootKillsMs.entries()) await this.killedBooting(ms, random.fork(`boot ${at}`))
    if (plan.auditKillMs !== undefined) await this.killedInAudit(plan.auditKillMs, random.fork('interrupted'))
    const { broker, url } = await this.boot()
    await this.check(url, random.fork('audit'), false)
    if (this.ledger.violations.length > 0) await broker.kill()
    else await this.load(broker, url, plan, random)
    this.died(random.fork('cut'))
  }

  private async end(): Promise<void> {
    const { broker, url } = await this.boot()
    await this.check(url, this.random.fork('end'), true)
    await broker.stop()
    for (const complaint of inspectDatabase(this.databaseFile)) this.ledger.complain(complaint)
  }

  private async load(broker: BrokerProcess, url: string, plan: Plan, random: Random): Promise<void> {
    const { ending } = plan
    let answers = 0
    const stage = new Stage(url, this.ledger, () => {
      this.powerCut?.answered()
      if (ending.kind !== 'answer' || ++answers !== ending.count) return
      stage.hush()
      void broker.kill()
    })
    const performance = perform(stage, random.fork('load'), plan.load, this.residents)
    await bringAbout(ending, { stage, broker, databaseFile: this.databaseFile, performance })
    stage.hush()
    await broker.kill()
    await within('the end of all connections', stage.silence())
    await within('the end of the load', performance)
  }

  private async boot(): Promise<{ broker: BrokerProcess; url: string }> {
    const broker = this.start()
    const url = await broker.url()
    if (url === undefined) throw new Error('the broker ended while it booted')
    if (!this.isFurnished) await within('the furniture', this.furnish(url))
    return { broker, url }
  }

  private start(): BrokerProcess {
    const environment = this.powerCut?.environment ?? {}
    const options = { durability: this.options.durability, environment }
    this.latest = new BrokerProcess(this.dataDir, options, what => this.ledger.complain(what))
    return this.latest
  }

  private async killedBooting(afterMs: number, random: Random): Promise<void> {
    const broker = this.start()
    await passed(afterMs)
    await broker.kill()
    this.died(random)
  }

  private async killedInAudit(afterMs: number, random: Random): Promise<void> {
    const { broker, url } = await this.boot()
    const stage = new Stage(url, this.ledger)
    const checking = this.checkOn(stage, random, false).catch(error => {
      if (!(error instanceof LinkLost)) throw error
    })
    await passed(afterMs)
    stage.hush()
    await broker.kill()
    await within('the end of all connections', stage.silence())
    await checking
    this.died(random.fork('cut'))
  }

  private async check(url: string, random: Random, last: boolean): Promise<void> {
    await within('the audit', this.checkOn(new Stage(url, this.ledger), random, last))
  }

  private async checkOn(stage: Stage, random: Random, last: boolean): Promise<void> {
    const { owners, topologist } = this.residents
    await audit(stage, random, last)
    for (const owner of owners) await owner.audit(stage, random.fork('owner'))
    await topologist.audit(stage)
  }

  private async furnish(url: string): Promise<void> {
    const stage = new Stage(url, this.ledger)
    this.ledger.queue(DOOMED).isUnsteady = true
    const link = await stage.open()
    await declarePlaces(await link.openChannel())
    this.powerCut?.answered()
    await link.close()
    this.isFurnished = true
  }

  private died(random: Random): void {
    this.ledger.figures.deaths++
    if (this.powerCut !== undefined) this.cutPower(this.powerCut, random)
    this.options.sabotage?.(this.dataDir)
    this.ledger.restarted()
  }

  private cutPower(powerCut: PowerCut, random: Random): void {
    const { figures } = this.ledger
    const { words, hitWal, hitDatabase } = powerCut.cut(random)
    this.lastCut = words
    figures.powerCuts++
    if (hitWal) figures.cutsIntoWal++
    if (hitDatabase) figures.cutsIntoDatabase++
  }

  private async guarded(what: string, run: () => Promise<void>): Promise<void> {
    try {
      await run()
    } catch (error) {
      this.ledger.complain(`${what}: ${error instanceof Error ? error.message || error.name : String(error)}`)
      await this.latest?.kill()
    }
  }
}
