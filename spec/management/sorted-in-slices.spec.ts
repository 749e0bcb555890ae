import fc from 'fast-check'
import { sortedInSlices } from '../../src/management/sorted-in-slices'

const byRank = (a: { rank: number }, b: { rank: number }): number => a.rank - b.rank

describe('sorting in slices', () => {
  it('gives what sorting at once gives, equals in their order', async () => {
    const sizes = fc.constantFrom(0, 1, 2, 2047, 2048, 2049, 4096, 6145, 10_000)
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 5000 }), async (size, ranks) => {
        const items = Array.from({ length: size }, (_, i) => ({ rank: (i * 7919) % ranks, i }))
        const given = [...items]
        expect(await sortedInSlices(items, byRank, async () => {})).toEqual([...items].sort(byRank))
        expect(items).toEqual(given)
      }),
      { numRuns: 20 },
    )
  })

  it('lets others have their turn between', async () => {
    let compared = 0
    let longest = 0
    const items = Array.from({ length: 50_000 }, (_, i) => ({ rank: (i * 7919) % 50_000 }))
    const counting = (a: { rank: number }, b: { rank: number }): number => {
      compared++
      return byRank(a, b)
    }
    await sortedInSlices(items, counting, async () => {
      longest = Math.max(longest, compared)
      compared = 0
    })
    expect(Math.max(longest, compared)).toBeLessThan(30_000)
  })
})
