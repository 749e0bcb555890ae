import fc from 'fast-check'
import { NumberHeap } from '../../src/structures/number-heap'

describe('a heap of numbers', () => {
  it('answers NaN while it is empty', () => {
    const heap = new NumberHeap()
    expect([heap.length, heap.peek(), heap.pop(), heap.length]).toEqual([0, Number.NaN, Number.NaN, 0])
  })

  it('ends a loop over what is below a bound by itself', () => {
    const heap = new NumberHeap()
    for (const position of [5, 1, 9]) heap.push(position)
    const below: number[] = []
    while (heap.peek() < 100) below.push(heap.pop())
    expect(below).toEqual([1, 5, 9])
  })

  it('keeps duplicates', () => {
    const heap = new NumberHeap()
    for (const position of [2, 1, 2, 1]) heap.push(position)
    expect([heap.pop(), heap.pop(), heap.pop(), heap.pop()]).toEqual([1, 1, 2, 2])
  })

  it('refuses NaN', () => {
    expect(() => new NumberHeap().push(Number.NaN)).toThrow(RangeError)
  })

  it('is empty after clear', () => {
    const heap = new NumberHeap()
    heap.push(1)
    heap.clear()
    expect([heap.length, heap.peek()]).toEqual([0, Number.NaN])
  })

  it('pops what was retained in the order of a sort', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { maxLength: 300 }), numbers => {
        const heap = new NumberHeap()
        for (const number of numbers) heap.push(number)
        heap.retain(number => number % 3 === 0)
        const kept = numbers.filter(number => number % 3 === 0).sort((a, b) => a - b)
        expect(Array.from({ length: heap.length }, () => heap.pop())).toEqual(kept)
      }),
    )
  })

  it('pops in the order of a sort, whatever was pushed', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeNat(), { maxLength: 500 }), numbers => {
        const heap = new NumberHeap()
        for (const number of numbers) heap.push(number)
        expect(numbers.map(() => heap.pop())).toEqual([...numbers].sort((a, b) => a - b))
      }),
    )
  })

  it('has the smallest on top through any mix of push and pop', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 50 })), { maxLength: 200 }), calls => {
        const heap = new NumberHeap()
        const model: number[] = []
        for (const value of calls) {
          if (value === null) {
            expect(heap.pop()).toBe(model.shift() ?? Number.NaN)
          } else {
            heap.push(value)
            model.push(value)
            model.sort((a, b) => a - b)
          }
          expect([heap.length, heap.peek()]).toEqual([model.length, model[0] ?? Number.NaN])
        }
      }),
    )
  })
})
