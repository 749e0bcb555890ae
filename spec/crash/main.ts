/** `npm run crash -- --rounds N [--seed S] [--power-cut] [--durability os]`: many rounds, a line each, and the books at the end. */
import { parseArgs } from 'node:util'
import { describeEnding } from './ending'
import { Figures } from './figures'
import { History, type RoundReport } from './history'
import { knowsWhatIsSynced } from './power-cut'

/** Then the next rounds begin on a new data directory, so that a failure is at most so many rounds from its start. */
const ROUNDS_PER_HISTORY = 10

export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '20' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      'power-cut': { type: 'boolean', default: false },
      durability: { type: 'string', default: 'fsync' },
    },
  })
  const rounds = Number(values.rounds)
  const firstSeed = Number(values.seed)
  const durability = values.durability === 'os' ? 'os' : 'fsync'
  if (!Number.isInteger(rounds) || !Number.isInteger(firstSeed))
    throw new Error('--rounds and --seed are whole numbers')
  const withPowerCuts = values['power-cut']
  if (withPowerCuts && !knowsWhatIsSynced())
    console.log('no C compiler: what was synced is only guessed from sizes')
  const total = new Figures()
  const failures: string[] = []
  for (let done = 0; done < rounds; done += ROUNDS_PER_HISTORY) {
    const seed = String(firstSeed + done / ROUNDS_PER_HISTORY)
    const count = Math.min(ROUNDS_PER_HISTORY, rounds - done)
    const history = new History({ seed, rounds: count, durability, withPowerCuts })
    const violations = await history.run(report => console.log(lineOf(seed, report)))
    total.add(history.ledger.figures)
    for (const violation of violations) console.log(`  ${violation}`)
    const flags = withPowerCuts ? ' --power-cut' : ''
    if (violations.length > 0) failures.push(`npm run crash -- --seed ${seed} --rounds ${count}${flags}`)
  }
  console.log(ledgerOf(rounds, total))
  for (const failure of failures) console.log(`FAILED; again with: ${failure}`)
  process.exitCode = failures.length === 0 ? 0 : 1
}

function lineOf(seed: string, { round, plan, cut, figures, violations }: RoundReport): string {
  const kills = [
    plan.bootKillsMs.length > 0 ? `boot ${plan.bootKillsMs.join('+')} ms` : '',
    plan.auditKillMs === undefined ? '' : `audit ${plan.auditKillMs} ms`,
    describeEnding(plan.ending),
    cut,
  ]
  const { confirmed, published, recovered, settled } = figures
  const counts = `published ${published} confirmed ${confirmed} settled ${settled} recovered ${recovered}`
  const verdict = violations.length === 0 ? 'ok' : `${violations.length} VIOLATIONS`
  const what = kills.filter(each => each !== '').join(', ')
  return `seed ${seed} round ${String(round).padStart(2)}  ${what.padEnd(44)} ${counts}  ${verdict}`
}

function ledgerOf(rounds: number, figures: Figures): string {
  const lines = Object.entries(figures).map(
    ([name, figure]) => `  ${name.padEnd(16)} ${String(figure).padStart(9)}`,
  )
  return `\n${rounds} rounds\n${lines.join('\n')}`
}
