import fc from 'fast-check'
import { ByteRangeCache } from '../../src/structures/name-cache'

function cacheOf(slots: number, ...names: string[]): ByteRangeCache<string> {
  const cache = new ByteRangeCache<string>(slots)
  for (const name of names) cache.set(Buffer.from(name), 0, Buffer.byteLength(name), name)
  return cache
}

function lookUp(cache: ByteRangeCache<string>, name: string): string | undefined {
  const bytes = Buffer.from(name)
  return cache.get(bytes, 0, bytes.length)
}

describe('a byte range cache', () => {
  it.each([0, -1, 3, 12, 1.5])('refuses %d slots: not a power of two', slots => {
    expect(() => new ByteRangeCache(slots)).toThrow(RangeError)
  })

  it('knows nothing at first, not even the empty name', () => {
    expect(lookUp(cacheOf(8), '')).toBeUndefined()
  })

  it.each(['', 'q', 'que', 'four', 'orders.created'])(
    'finds %j again, in another buffer at another place',
    name => {
      const bytes = Buffer.from(`<${name}>`)
      expect(cacheOf(8, name).get(bytes, 1, bytes.length - 1)).toBe(name)
    },
  )

  it.each([
    'orders.create',
    'orders.createe',
    'Orders.created',
    'orders.createdd',
    'orderx.created',
    'created',
  ])('does not take %s for orders.created', name =>
    expect(lookUp(cacheOf(1, 'orders.created'), name)).toBeUndefined(),
  )

  it('tells names apart by any one byte, at any length', () => {
    for (let length = 1; length <= 24; length++) {
      const name = Buffer.alloc(length, 'n')
      const cache = cacheOf(1, name.toString())
      for (let at = 0; at < length; at++) {
        const other = Buffer.from(name)
        other[at] = 0x4e
        expect(cache.get(other, 0, length)).toBeUndefined()
      }
      expect(cache.get(name, 0, length)).toBe(name.toString())
    }
  })

  it('copies the key: what later happens to the bytes changes nothing', () => {
    const cache = new ByteRangeCache<number>(8)
    const chunk = Buffer.from('alpha')
    cache.set(chunk, 0, 5, 1)
    chunk.write('omega')
    expect([cache.get(chunk, 0, 5), cache.get(Buffer.from('alpha'), 0, 5)]).toEqual([undefined, 1])
  })

  it('reads the bytes anew when the same chunk was filled again', () => {
    const cache = cacheOf(64, 'alpha', 'omega')
    const chunk = Buffer.from('alpha')
    const before = cache.get(chunk, 0, 5)
    chunk.write('omega')
    expect([before, cache.get(chunk, 0, 5)]).toEqual(['alpha', 'omega'])
  })

  it('gives the slot to the newcomer', () => {
    const cache = cacheOf(1, 'old', 'new')
    expect([lookUp(cache, 'old'), lookUp(cache, 'new')]).toEqual([undefined, 'new'])
  })

  it('returns the value set last', () => {
    const cache = cacheOf(8, 'name')
    cache.set(Buffer.from('name'), 0, 4, 'other')
    expect(lookUp(cache, 'name')).toBe('other')
  })

  it.each([
    [512, 'kept'],
    [513, 'not kept'],
  ])('a key of %i bytes is %s', (length, outcome) => {
    const name = 'k'.repeat(length)
    expect(lookUp(cacheOf(8, name), name) === undefined).toBe(outcome === 'not kept')
  })

  it('knows nothing after clear', () => {
    const cache = cacheOf(8, 'name')
    cache.clear()
    expect(lookUp(cache, 'name')).toBeUndefined()
  })

  it('throws for a range outside of the bytes', () => {
    expect(() => cacheOf(8, 'name').get(Buffer.from('name'), 2, 6)).toThrow(RangeError)
  })

  // A perfect hash keeps 226 of 256 in 1024 slots.
  it.each([
    ['queue.', ''],
    ['', '.created'],
    ['orders.', '.created.eu'],
    ['amq.gen-', '='],
    ['', ''],
  ])('spreads numbered names %s…%s over its slots', (before, after) => {
    const names = Array.from({ length: 256 }, (_, i) => `${before}${i}${after}`)
    const cache = cacheOf(1024, ...names)
    const kept = names.filter(name => lookUp(cache, name) !== undefined).length
    expect(kept).toBeGreaterThan(200)
  })

  it('answers as a Map does or not at all, and always for the name set last', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', 'ß', '\0'), maxLength: 9 })
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 16), fc.array(fc.tuple(name, fc.boolean())), (slots, calls) => {
        const cache = new ByteRangeCache<number>(slots)
        const model = new Map<string, number>()
        for (const [index, [key, isSet]] of calls.entries()) {
          const bytes = Buffer.from(`..${key}.`)
          if (isSet) {
            cache.set(bytes, 2, bytes.length - 1, index)
            model.set(key, index)
          }
          const found = cache.get(bytes, 2, bytes.length - 1)
          if (isSet || found !== undefined) expect(found).toBe(model.get(key))
        }
      }),
    )
  })
})
