import fc from 'fast-check'
import { ConfirmWindow } from '../../src/load/confirm-window'
import { HISTOGRAM_BYTES, Histogram, percentiles } from '../../src/load/histogram'

function windowOf(size: number) {
  const memory = new ArrayBuffer(HISTOGRAM_BYTES)
  return { confirms: new ConfirmWindow(size, new Histogram(memory)), found: () => percentiles([memory]) }
}

describe('the confirm window', () => {
  it('has room for as many publishes as it is wide', () => {
    const { confirms } = windowOf(3)
    confirms.sent(2, 1)
    expect(confirms.room).toBe(1)
    confirms.sent(1, 1)
    expect(confirms.room).toBe(0)
  })

  it('makes room for one by a confirm, for all before it by a multiple one', () => {
    const { confirms } = windowOf(5)
    confirms.sent(5, 1)
    expect(confirms.settle(2, false, 2)).toBe(1)
    expect(confirms.settle(4, true, 2)).toBe(3)
    expect(confirms.room).toBe(4)
    expect(confirms.settle(5, false, 2)).toBe(1)
    expect(confirms.room).toBe(5)
  })

  it('counts no publish twice, and none that was not sent', () => {
    const { confirms } = windowOf(5)
    confirms.sent(2, 1)
    expect(confirms.settle(1, false, 2)).toBe(1)
    expect(confirms.settle(1, false, 2)).toBe(0)
    expect(confirms.settle(1, true, 2)).toBe(0)
    expect(confirms.settle(9, true, 2)).toBe(1)
    expect(confirms.settle(9, false, 2)).toBe(0)
    expect(confirms.room).toBe(5)
  })

  it('measures every publish from when it was sent, in microseconds', () => {
    const { confirms, found } = windowOf(5)
    confirms.sent(1, 10)
    confirms.sent(1, 10.04)
    confirms.settle(2, true, 10.05)
    expect(found()).toMatchObject({ p50: 10, max: expect.closeTo(50, -1) })
  })

  it('never lets a new publish overwrite an old unconfirmed one', () => {
    const { confirms } = windowOf(2)
    confirms.sent(2, 1)
    let sent = 2
    while (confirms.room > 0 || confirms.settle(sent, false, 2) === 1) {
      if (confirms.room === 0) break // the first is never confirmed, and the ring is full
      confirms.sent(1, 1)
      sent++
      expect(sent).toBeLessThan(100)
    }
    expect(confirms.settle(sent, true, 2)).toBeGreaterThan(0)
    expect(confirms.room).toBe(2)
  })

  it('agrees with a plain set of numbers', () => {
    const step = fc.oneof(
      fc.record({ send: fc.nat({ max: 4 }) }),
      fc.record({ tag: fc.integer({ min: 1, max: 60 }), multiple: fc.boolean() }),
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.array(step), (size, steps) => {
        const { confirms } = windowOf(size)
        const open = new Set<number>()
        let next = 1
        for (const each of steps) {
          if ('send' in each) {
            const amount = Math.min(each.send, confirms.room)
            confirms.sent(amount, 1)
            for (let index = 0; index < amount; index++) open.add(next++)
          } else {
            const covered = [...open].filter(tag => (each.multiple ? tag <= each.tag : tag === each.tag))
            for (const tag of covered) open.delete(tag)
            expect(confirms.settle(each.tag, each.multiple, 2)).toBe(covered.length)
          }
          expect(confirms.room).toBeLessThanOrEqual(size - open.size)
          if (open.size === 0) expect(confirms.room).toBe(size)
        }
      }),
    )
  })
})
