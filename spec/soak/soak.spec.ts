/** A soak of seconds on a disk that forgets: the ledger behind `npm run soak` must see what is lost, and nothing else. */
import { statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { Random } from '../crash/random'
import { planLives } from './schedule'
import { Soak } from './soak'

jest.setTimeout(120_000)

it('a soak tells which confirmed messages a broker has lost', async () => {
  const soak = new Soak({
    seed: '4',
    minutes: 0.04,
    rate: 150,
    print: () => {},
    sabotage: forgetTheEndOfTheWal,
  })
  const isFine = await soak.run()
  soak.discard()
  expect(isFine).toBe(false)
  expect(soak.ledger.figures).toMatchObject({ disordered: 0, unmarked: 0 })
  expect(soak.ledger.figures.lost).toBeGreaterThan(0)
})

describe('the plan of a soak', () => {
  it('is that of its seed, and ends with a long life', () => {
    const plan = planLives(new Random('1'), 3_600_000)
    expect(planLives(new Random('1'), 3_600_000)).toEqual(plan)
    expect(plan.at(-1)).toMatchObject({ ending: 'drain' })
    expect(plan.at(-1)!.forMs).toBeGreaterThan(1_000_000)
    expect(new Set(plan.map(({ ending }) => ending)).size).toBeGreaterThan(2)
  })
})

function forgetTheEndOfTheWal(dataDir: string): void {
  const wal = join(dataDir, 'leveret.db-wal')
  const size = statSync(wal, { throwIfNoEntry: false })?.size ?? 0
  if (size > 0) truncateSync(wal, Math.floor(size * 0.4))
}
