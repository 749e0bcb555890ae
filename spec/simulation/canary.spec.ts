/** A simulation that finds nothing shows something only if it finds what is planted. */
import { planFor } from './plan/plan'
import { planted } from './planted'
import { simulate } from './run'
import { shrink } from './shrink'

const SEEDS_MAX = 40
const STEPS = 150

// Two at a time would be in each other's way: a busy machine must not begin the next one early.
jest.setTimeout(600_000)

describe('a simulation finds', () => {
  it.each(Object.entries(planted))('%s', async (_, faults) => {
    expect(await seedThatFails(faults)).toBeLessThanOrEqual(SEEDS_MAX)
  })
})

describe('a failure', () => {
  it('shrinks to a few steps that fail in the same way', async () => {
    const faults = planted['a queue that delivers a message twice']!
    const plan = planFor(String(await seedThatFails(faults)), STEPS)
    const outcome = await simulate(plan, faults())
    const shrunk = await shrink(plan, outcome, faults)
    expect(shrunk.steps.length).toBeLessThan(STEPS / 10)
    expect((await simulate(shrunk, faults())).violations).not.toEqual([])
  })
})

async function seedThatFails(faults: (typeof planted)[string]): Promise<number> {
  for (let seed = 1; seed <= SEEDS_MAX; seed++) {
    if ((await simulate(planFor(String(seed), STEPS), faults())).violations.length > 0) return seed
  }
  return Number.POSITIVE_INFINITY
}
