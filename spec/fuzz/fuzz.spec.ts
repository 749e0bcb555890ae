/** Some hundred inputs for everything that strangers reach, always the same; `npm run fuzz` goes on for as long as one likes. */
import { Campaign, fed, told } from './campaign'
import { regressions } from './regressions'
import { shrunk } from './shrink'
import { type Input, inputOf, type Target, type World } from './target'
import { targets } from './targets'

jest.setTimeout(120_000)

const SEED = 'npm test'

describe.each(targets.map(target => [target.name, target] as const))('%s', (_, target) => {
  it('stands whatever comes', async () => {
    const campaign = new Campaign(target, { seed: SEED, goesOn: done => done < target.briefly })
    const found = await campaign.run()
    if (found !== undefined) throw new Error(told(found))
    expect(campaign.done).toBe(target.briefly)
  })
})

const foundAt = targets.filter(({ name }) => regressions.some(({ target }) => target === name))

describe.each(foundAt.map(target => [target.name, target] as const))(
  'what was found at %s',
  (name, target) => {
    const found = regressions.filter(({ target: of }) => of === name)
    let world: World | undefined
    afterAll(() => world?.close())

    for (const { sentence, story } of found) {
      it(`stands when ${sentence}`, async () => {
        // A world that forgets serves for all: some are slow to make.
        if (target.forgets !== true) await world?.close()
        if (world === undefined || target.forgets !== true) world = await target.open()
        for (const input of story) expect(await fed(world, input)).toBeUndefined()
      })
    }
  },
)

it('has a target for all that was found', () => {
  expect(
    regressions.map(({ target }) => target).filter(name => !targets.some(known => known.name === name)),
  ).toEqual([])
})

describe('a world that falls', () => {
  /** Falls at the second input that has a piece with an `x` in it. */
  class Fragile implements World {
    private hits = 0

    feed(input: Input): void {
      if (input.some(piece => piece.includes('x'))) this.hits++
      if (this.hits === 2) throw new Error('it fell')
    }

    close(): void {}
  }

  const fragile: Target = {
    name: 'fragile',
    briefly: 1000,
    dictionary: [],
    inputsPerWorld: 100,
    generate: random => [random.bytes(5), Buffer.from(random.chance(0.2) ? 'axb' : 'ab')],
    open: async () => new Fragile(),
  }

  it('is told with its seed and with no more than it takes', async () => {
    const found = await new Campaign(fragile, { seed: '1', goesOn: done => done < 1000 }).run()
    expect(found?.story).toEqual([inputOf(['x']), inputOf(['x'])])
    expect(told(found!)).toMatch(/^fragile: input \d+ of seed 1\nError: it fell/)
  })

  it('falls at the same input of the same seed', async () => {
    const run = (): Promise<unknown> => new Campaign(fragile, { seed: '2', goesOn: () => true }).run()
    expect(await run()).toEqual(await run())
  })

  it('is made small only as far as the tries go', async () => {
    let tries = 0
    const fails = async (): Promise<boolean> => {
      tries++
      return false
    }
    await shrunk([inputOf(['a'.repeat(100)])], fails, 10)
    expect(tries).toBe(10)
  })
})
