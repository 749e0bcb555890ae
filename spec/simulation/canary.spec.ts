/** A simulation that finds nothing shows something only if it finds what is planted. */
import type { EmphasisName } from './plan/emphasis'
import { planFor } from './plan/plan'
import { planted } from './planted'
import { plantedAccess } from './planted-access'
import { plantedExchanges } from './planted-exchanges'
import type { Planted } from './planting'
import { simulate } from './run'
import { shrink } from './shrink'

/** Only what is not found costs that many: what is in plans may change, and with it the seed that finds something. */
const SEEDS_MAX = 300
const STEPS = 150

// Two at a time would be in each other's way: a busy machine must not begin the next one early.
jest.setTimeout(600_000)

describe('a simulation finds', () => {
  it.each(Object.entries({ ...planted, ...plantedAccess, ...plantedExchanges }))(
    '%s',
    async (_, { faults, emphasis, plan }) => {
      if (plan !== undefined) {
        expect((await simulate(plan)).violations).toEqual([])
        expect((await simulate(plan, faults())).violations).not.toEqual([])
      } else expect(await seedThatFails(faults, emphasis)).toBeLessThanOrEqual(SEEDS_MAX)
    },
  )
})

describe('a failure', () => {
  it('shrinks to a few steps that fail in the same way', async () => {
    const { faults, emphasis } = planted['a consumer that gets more than it takes']!
    const seed = await seedThatFails(faults, emphasis)
    const plan = planFor(String(seed), STEPS, emphasis)
    const outcome = await simulate(plan, faults())
    const shrunk = await shrink(plan, outcome, faults)
    expect(shrunk.steps.length).toBeLessThan(STEPS / 10)
    expect((await simulate(shrunk, faults())).violations).not.toEqual([])
  })
})

async function seedThatFails(faults: Planted['faults'], emphasis?: EmphasisName): Promise<number> {
  for (let seed = 1; seed <= SEEDS_MAX; seed++) {
    const plan = planFor(String(seed), STEPS, emphasis)
    if ((await simulate(plan, faults())).violations.length > 0) return seed
  }
  return Number.POSITIVE_INFINITY
}
