import fc from 'fast-check'
import { RecentKeys } from '../../src/structures/recent-keys'

const FOR_EVER = Number.POSITIVE_INFINITY

describe('recent keys', () => {
  it('are found until they expire, and not at that very millisecond', () => {
    const gone: string[] = []
    const keys = new RecentKeys(10, ({ key }) => gone.push(key))
    keys.add('a', 1000, 7)
    expect(keys.find('a', 999)).toMatchObject({ key: 'a', position: 7 })
    expect([keys.find('a', 1000), keys.size, gone]).toEqual([undefined, 0, ['a']])
  })

  it('say nothing of a key that was deleted on purpose', () => {
    const gone: string[] = []
    const keys = new RecentKeys(10, ({ key }) => gone.push(key))
    keys.add('a', FOR_EVER)
    keys.delete('a')
    keys.delete('b')
    expect([keys.find('a', 0), gone]).toEqual([undefined, []])
  })

  it('make room as soon as there may be fewer of them', () => {
    const keys = new RecentKeys(3)
    for (const key of ['a', 'b', 'c']) keys.add(key, FOR_EVER)
    keys.sizeMax = 1
    keys.add('d', FOR_EVER)
    expect([keys.size, keys.find('d', 0)?.key]).toEqual([1, 'd'])
  })

  it('are what a list of the newest would hold', () => {
    const step = fc.record({ key: fc.integer({ min: 0, max: 9 }), isDeleted: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step), fc.integer({ min: 1, max: 5 }), (steps, sizeMax) => {
        const keys = new RecentKeys(sizeMax)
        let model: string[] = []
        for (const { key: number, isDeleted } of steps) {
          const key = String(number)
          if (isDeleted) keys.delete(key)
          else if (keys.find(key, 0) === undefined) keys.add(key, FOR_EVER)
          if (isDeleted) model = model.filter(other => other !== key)
          else if (!model.includes(key)) model = [...model, key].slice(-sizeMax)
          expect(keys.size).toBe(model.length)
          for (const held of model) expect(keys.find(held, 0)?.key).toBe(held)
        }
      }),
    )
  })

  it('cost the same however many came and went before', () => {
    const keys = new RecentKeys(100_000)
    const began = process.hrtime.bigint()
    for (let key = 0; key < 1_000_000; key++) keys.add(String(key), FOR_EVER)
    expect(keys.size).toBe(100_000)
    expect(Number(process.hrtime.bigint() - began) / 1e6).toBeLessThan(10_000)
  }, 20_000)
})
