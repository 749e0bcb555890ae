import { type Ticked, Ticker } from '../../src/structures/ticker'
import { ManualClock } from '../support/manual-clock'

function member(intervalMs: number): Ticked & { intervalMs: number; readonly ticks: number[] } {
  const ticks: number[] = []
  return { intervalMs, ticks, tick: elapsed => ticks.push(elapsed) }
}

describe('a ticker', () => {
  it('has one timer for all, and none for nobody', () => {
    const clock = new ManualClock()
    const ticker = new Ticker(clock)
    const members = Array.from({ length: 1000 }, () => member(100))
    for (const one of members) ticker.add(one)
    expect(clock.pending).toBe(1)
    clock.advance(1000)
    expect(clock.pending).toBe(1)
    expect(members.map(({ ticks }) => ticks.length)).toEqual(members.map(() => 10))
    for (const one of members) ticker.remove(one)
    expect(clock.pending).toBe(0)
  })

  it('ticks as often as the most impatient of its members wants, while it is there', () => {
    const clock = new ManualClock()
    const ticker = new Ticker(clock)
    const [patient, impatient] = [member(100), member(10)]
    ticker.add(patient)
    clock.advance(95)
    ticker.add(impatient)
    clock.advance(25)
    expect(patient.ticks).toEqual([100, 110, 120])
    expect(impatient.ticks).toEqual([100, 110, 120])
    ticker.remove(impatient)
    clock.advance(110)
    expect(patient.ticks).toEqual([100, 110, 120, 130, 230])
  })

  it('hears of a member that wants to hear more often now', () => {
    const clock = new ManualClock()
    const ticker = new Ticker(clock)
    const one = member(100)
    ticker.add(one)
    one.intervalMs = 10
    ticker.add(one)
    clock.advance(20)
    expect([one.ticks, ticker.size]).toEqual([[10, 20], 1])
  })

  it('lets a member leave, and others come, while it ticks', () => {
    const clock = new ManualClock()
    const ticker = new Ticker(clock)
    const late = member(100)
    const leaving: Ticked = {
      intervalMs: 100,
      tick() {
        ticker.remove(leaving)
        ticker.add(late)
      },
    }
    ticker.add(leaving)
    clock.advance(300)
    expect([late.ticks, ticker.size, clock.pending]).toEqual([[100, 200, 300], 1, 1])
  })

  it('does not count the time when nobody was there', () => {
    const clock = new ManualClock()
    const ticker = new Ticker(clock)
    const one = member(100)
    ticker.add(one)
    clock.advance(100)
    ticker.remove(one)
    clock.advance(100_000)
    ticker.add(one)
    clock.advance(100)
    expect(one.ticks).toEqual([100, 200])
  })

  it.each([
    ['forwards', 3_600_000, 200],
    ['backwards', -3_600_000, 0],
  ])('takes a wall clock that jumps an hour %s for two ticks at most', (_, jump, elapsed) => {
    let now = 0
    let run = (): void => {}
    const clock = {
      now: () => now,
      after: (_delay: number, then: () => void) => {
        run = then
        return { cancel: () => {} }
      },
    }
    const ticker = new Ticker(clock)
    const one = member(100)
    ticker.add(one)
    now += jump
    run()
    expect(one.ticks).toEqual([elapsed])
    now += 100
    run()
    expect(one.ticks).toEqual([elapsed, elapsed + 100])
  })
})
