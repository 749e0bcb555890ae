/**
 * `npm run simulate -- [--seed N] [--seeds N] [--minutes N] [--length N]`: one seed after the other, without end unless
 * told. What fails is shrunk and shown; at the end a table says how often everything happened.
 */
import { parseArgs } from 'node:util'
import { planFor } from './plan/plan'
import { describeFailure } from './report'
import { simulate } from './run'
import { shrink } from './shrink'

const REPORT_EVERY_MS = 60_000

export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string' },
      minutes: { type: 'string' },
      length: { type: 'string', default: '200' },
    },
  })
  const first = Number(values.seed ?? Date.now() % 1_000_000_000)
  const isOne = values.seed !== undefined && values.minutes === undefined
  const count = Number(values.seeds ?? (isOne ? 1 : Number.POSITIVE_INFINITY))
  const untilMs = Date.now() + Number(values.minutes ?? Number.POSITIVE_INFINITY) * 60_000
  const tally = new Tally()
  process.on('SIGINT', () => tally.end())
  for (let seed = first; seed < first + count && Date.now() < untilMs; seed++)
    await tally.run(String(seed), Number(values.length))
  tally.end()
}

class Tally {
  private readonly started = Date.now()
  private reported = Date.now()
  private seeds = 0
  private failures = 0
  private readonly happened = new Map<string, number>()

  async run(seed: string, length: number): Promise<void> {
    const plan = planFor(seed, length)
    const outcome = await simulate(plan)
    this.seeds++
    for (const [what, times] of outcome.happened)
      this.happened.set(what, (this.happened.get(what) ?? 0) + times)
    if (outcome.violations.length > 0) {
      this.failures++
      const shrunk = await shrink(plan, outcome)
      console.log(`${describeFailure(plan, outcome, shrunk, await simulate(shrunk))}\n`)
    }
    if (Date.now() - this.reported < REPORT_EVERY_MS) return
    this.reported = Date.now()
    console.log(this.line())
  }

  end(): void {
    for (const [what, times] of [...this.happened].sort())
      console.log(`  ${what.padEnd(44)} ${String(times).padStart(9)}`)
    console.log(this.line())
    process.exit(this.failures === 0 ? 0 : 1)
  }

  private line(): string {
    const seconds = (Date.now() - this.started) / 1000
    return `${this.seeds} seeds in ${seconds.toFixed(0)} s (${(this.seeds / seconds).toFixed(1)} per second), ${this.failures} failed`
  }
}
