import { Prefetch } from '../../src/channel/prefetch'

describe('the limit that the consumers of a channel share', () => {
  it('is none at first, nor when it is 0', () => {
    const prefetch = new Prefetch()
    prefetch.outstanding = 1_000_000
    expect(prefetch.hasRoom).toBe(true)
  })

  it.each([
    [0, true],
    [2, true],
    [3, false],
    [4, false],
  ])('of 3 with %i out leaves room: %s', (outstanding, hasRoom) => {
    const prefetch = new Prefetch()
    prefetch.shared = 3
    prefetch.outstanding = outstanding
    expect(prefetch.hasRoom).toBe(hasRoom)
  })

  it('is not the one that later consumers each get', () => {
    const prefetch = new Prefetch()
    prefetch.perConsumer = 1
    prefetch.outstanding = 10
    expect(prefetch.hasRoom).toBe(true)
  })
})
