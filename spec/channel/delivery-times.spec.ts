/** About when deliveries went out: marks of time and tag. */
import { DeliveryTimes } from '../../src/channel/delivery-times'

describe('the times of deliveries', () => {
  it('tell for each tag when it was seen first', () => {
    const times = new DeliveryTimes()
    times.note(1000, 3, 1)
    times.note(2000, 3, 1)
    times.note(3000, 8, 1)
    expect([1, 3, 4, 8].map(tag => times.seenAt(tag))).toEqual([1000, 1000, 3000, 3000])
  })

  it('know nothing of what went out since', () => {
    const times = new DeliveryTimes()
    times.note(1000, 3, 1)
    expect(times.seenAt(4)).toBeUndefined()
  })

  it('forget what is settled, and everything when nothing is out', () => {
    const times = new DeliveryTimes()
    times.note(1000, 3, 1)
    times.note(2000, 5, 4)
    expect(times.seenAt(3)).toBe(2000)
    times.clear()
    expect(times.seenAt(5)).toBeUndefined()
  })

  it('are few however long something is out, and still in their order', () => {
    const times = new DeliveryTimes()
    for (let second = 1; second <= 10_000; second++) times.note(second, second, 1)
    const seen = Array.from({ length: 10_000 }, (_, index) => times.seenAt(index + 1) as number)
    expect(new Set(seen).size).toBeLessThanOrEqual(64)
    expect(seen.every((time, index) => time >= index + 1)).toBe(true)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(seen[9999]).toBe(10_000)
  })
})
