import fc from 'fast-check'
import { Ring } from '../../src/structures/ring'

function ringOf(...values: number[]): Ring<number> {
  const ring = new Ring<number>()
  for (const value of values) ring.push(value)
  return ring
}

describe('a ring', () => {
  it('is empty at first', () => {
    const ring = new Ring<number>()
    expect([ring.length, ring.shift(), ring.peek(), ring.at(0)]).toEqual([0, undefined, undefined, undefined])
    expect([...ring]).toEqual([])
  })

  it('gives back in the order of pushing', () => {
    const ring = ringOf(1, 2, 3)
    expect([ring.shift(), ring.shift(), ring.shift(), ring.shift()]).toEqual([1, 2, 3, undefined])
  })

  it('gives back first what was unshifted last', () => {
    const ring = ringOf(3)
    ring.unshift(2)
    ring.unshift(1)
    expect([...ring]).toEqual([1, 2, 3])
  })

  it.each([-1, 3, 16])('has nothing at index %i of three', index => {
    expect(ringOf(1, 2, 3).at(index)).toBeUndefined()
  })

  it('sees in an iteration what is pushed meanwhile, across a growth', () => {
    const ring = ringOf(0)
    const seen: number[] = []
    for (const value of ring) {
      seen.push(value)
      if (value < 40) ring.push(value + 1)
    }
    expect(seen).toEqual(Array.from({ length: 41 }, (_, i) => i))
  })

  it('holds 16 without growing and doubles for the 17th', () => {
    const ring = ringOf(...Array(16).keys())
    expect(ring.capacity).toBe(16)
    ring.push(16)
    expect(ring.capacity).toBe(32)
  })

  it('gives its memory back when it is emptied after a growth', () => {
    const ring = ringOf(...Array(10_000).keys())
    while (ring.length > 1) ring.shift()
    expect(ring.capacity).toBe(16_384)
    ring.shift()
    expect(ring.capacity).toBe(16)
  })

  it('keeps nothing alive that was taken out', () => {
    const ring = new Ring<object>()
    ring.push({})
    ring.shift()
    expect(Object.values(ring).flat()).not.toContainEqual({})
  })

  it('does what an array does, whatever the calls', () => {
    type Call = { op: 'push' | 'unshift' | 'shift' | 'clear' | 'fill'; value: number }
    const call: fc.Arbitrary<Call> = fc.record({
      op: fc.constantFrom('push', 'push', 'push', 'unshift', 'unshift', 'shift', 'shift', 'clear', 'fill'),
      value: fc.nat(40),
    })
    fc.assert(
      fc.property(fc.array(call, { maxLength: 300 }), calls => {
        const ring = new Ring<number>()
        const model: number[] = []
        const push = (value: number) => expect(ring.push(value)).toBe(void model.push(value))
        for (const { op, value } of calls) {
          if (op === 'push') push(value)
          if (op === 'fill') for (let i = 0; i < value; i++) push(i)
          if (op === 'unshift') expect(ring.unshift(value)).toBe(void model.unshift(value))
          if (op === 'shift') expect(ring.shift()).toBe(model.shift())
          if (op === 'clear' && value === 0) expect(ring.clear()).toBe(void model.splice(0))
          expect([ring.length, ring.peek(), ring.at(value)]).toEqual([model.length, model[0], model[value]])
        }
        expect([...ring]).toEqual(model)
      }),
    )
  })
})
