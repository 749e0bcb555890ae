import { WakeUp } from '../../src/structures/wake-up'
import { ManualClock } from '../support/manual-clock'

function arranged() {
  const clock = new ManualClock()
  const times: number[] = []
  const began = clock.now()
  const wakeUp = new WakeUp(clock, () => times.push(clock.now() - began))
  return { clock, times, by: (ms: number) => wakeUp.by(began + ms), wakeUp }
}

describe('a wake-up', () => {
  it('needs one timer, for the earliest of the times asked for', () => {
    const { clock, times, by } = arranged()
    for (const ms of [500, 100, 300]) by(ms)
    expect(clock.pending).toBe(1)
    clock.advance(1000)
    expect([times, clock.pending]).toEqual([[100], 0])
  })

  it('wakes at once for a time that has passed', () => {
    const { clock, times, by } = arranged()
    by(-1000)
    clock.advance(0)
    expect(times).toEqual([0])
  })

  it('wakes early, not at once, for a time further away than a timer reaches', () => {
    const { clock, times, by } = arranged()
    by(2 ** 40)
    clock.advance(2 ** 31 - 2)
    expect(times).toEqual([])
    clock.advance(1)
    expect(times).toEqual([2 ** 31 - 1])
  })

  it('can be asked again after it was cancelled', () => {
    const { clock, times, by, wakeUp } = arranged()
    by(10)
    wakeUp.cancel()
    by(20)
    clock.advance(100)
    expect(times).toEqual([20])
  })

  it('sets no timer once it was stopped', () => {
    const { clock, by, wakeUp } = arranged()
    by(10)
    wakeUp.stop()
    by(20)
    expect(clock.pending).toBe(0)
  })
})
