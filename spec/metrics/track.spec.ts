/** A number over time, against the plain list of all its values. */
import fc from 'fast-check'
import { Track } from '../../src/metrics/track'

const tiers = [
  { every: 1, keep: 8 },
  { every: 5, keep: 6 },
]

describe('a track', () => {
  it('knows its value at each slot, and between records it is what it was', () => {
    const track = new Track(tiers)
    track.record(10, 3)
    track.record(13, 7)
    expect([9, 10, 11, 12, 13, 14].map(slot => track.at(slot))).toEqual([0, 3, 3, 3, 7, 7])
  })

  it('keeps the beginning of each step of what is longer ago, and nothing beyond', () => {
    const track = new Track(tiers)
    for (let slot = 0; slot <= 100; slot++) track.record(slot, slot)
    expect(track.at(93)).toBe(93)
    expect(track.at(92)).toBe(90)
    expect(track.at(79)).toBe(75)
    expect(track.at(74)).toBeUndefined()
  })

  it('leaves out what comes when the clock was set back', () => {
    const track = new Track(tiers)
    track.record(10, 3)
    track.record(9, 8)
    track.record(10, 9)
    expect([track.value, track.at(10)]).toEqual([3, 3])
  })

  it('goes on from what it was after it was forgotten', () => {
    const track = new Track(tiers)
    track.record(10, 3)
    track.forget()
    expect([track.at(4), track.at(500)]).toEqual([3, 3])
    track.record(600, 5)
    expect([track.at(599), track.at(600)]).toEqual([3, 5])
  })

  it('tells what a list of all values would, or that it is too long ago', () => {
    const records = fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.nat(100)), { minLength: 1 })
    fc.assert(
      fc.property(fc.nat(50), records, (start, steps) => {
        const track = new Track(tiers)
        const all: number[] = new Array(start).fill(0)
        let slot = start
        for (const [gap, value] of steps) {
          track.record(slot, value)
          all[slot] = value
          for (let i = 1; i < gap; i++) all[slot + i] = value
          slot += gap
        }
        const last = slot - (steps[steps.length - 1]?.[0] ?? 1)
        for (let at = 0; at < all.length; at++) {
          const told = track.at(at)
          if (last - at < 8) expect(told).toBe(all[at])
          else if (Math.floor(last / 5) - Math.floor(at / 5) < 6) {
            const step = Math.floor(at / 5) * 5
            expect(told).toBe(at < start ? 0 : step < start ? 0 : all[step])
          } else expect([undefined, 0]).toContain(told)
        }
      }),
    )
  })
})
