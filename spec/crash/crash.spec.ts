/**
 * Brokers that are killed, by the harness behind `npm run crash`: a few rounds with seeds that are always the same, and
 * canaries, which must fail. Needs `dist/`, which `npm test` builds.
 */
import { statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { History, type HistoryOptions } from './history'
import { planRound } from './plan'
import { knowsWhatIsSynced } from './power-cut'
import { Random } from './random'

jest.setTimeout(120_000)

describe('a broker that is killed under load, and started again', () => {
  it('has all that it confirmed, in order, and nothing that was settled for good', async () => {
    const { ledger, violations } = await historyOf({ seed: '2', rounds: 5 })
    expect(violations).toEqual([])
    expect(ledger.figures.confirmed).toBeGreaterThan(0)
    expect(ledger.figures.recovered).toBeGreaterThan(0)
  })

  it('has it also when the power fails, and with it what was not synced', async () => {
    const { ledger, violations } = await historyOf({ seed: '4', rounds: 5, withPowerCuts: true })
    expect(violations).toEqual([])
    expect(ledger.figures.confirmed).toBeGreaterThan(0)
    expect(ledger.figures.powerCuts).toBeGreaterThan(4)
  })
})

describe('the ledger', () => {
  it('is not content when a disk forgot what had been synced', async () => {
    expect(await foundIn({ sabotage: forgetTheEndOfTheWal })).not.toEqual([])
  })

  // Without a C compiler nobody sees what was synced.
  const itWithSyncs = knowsWhatIsSynced() ? it : it.skip

  itWithSyncs('is not content when what was confirmed had not been synced', async () => {
    expect(await foundIn({ withPowerCuts: true, durability: 'os' })).not.toEqual([])
  })
})

describe('a seed', () => {
  it('stands for one plan', () => {
    expect(planRound(new Random('7').fork(3))).toEqual(planRound(new Random('7').fork(3)))
    expect(planRound(new Random('7').fork(3))).not.toEqual(planRound(new Random('8').fork(3)))
  })
})

async function historyOf(options: Partial<HistoryOptions> & { seed: string; rounds: number }) {
  const history = new History({ durability: 'fsync', withPowerCuts: false, ...options })
  const violations = await history.run(() => {})
  // The files of what was meant to fail are of no use; those of what was not are.
  if (options.sabotage !== undefined || options.durability === 'os') history.discard()
  return { ledger: history.ledger, violations }
}

/** What is lost may by chance be what nobody misses: a kill at another moment shows it. */
async function foundIn(options: Partial<HistoryOptions>): Promise<readonly string[]> {
  for (const seed of ['3', '4', '5', '6']) {
    const { violations } = await historyOf({ seed, rounds: 4, ...options })
    if (violations.length > 0) return violations
  }
  return []
}

function forgetTheEndOfTheWal(dataDir: string): void {
  const wal = join(dataDir, 'leveret.db-wal')
  const size = statSync(wal, { throwIfNoEntry: false })?.size ?? 0
  if (size > 0) truncateSync(wal, Math.floor(size * 0.8))
}
