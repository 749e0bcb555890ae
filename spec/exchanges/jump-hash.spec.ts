/** What RabbitMQ's jump_consistent_hash/2 answers on Erlang/OTP 25, whole numbers as they are. */
import { jumpHash } from '../../src/exchanges/jump-hash'
import { hashBinary, phash2 } from '../../src/exchanges/phash2'

const counts = [2, 3, 4, 7, 10, 60, 100, 12345, 1000000]
const hashOf = (text: string) => phash2(hashBinary(0, Buffer.from(text)))

describe('a jump hash', () => {
  it.each([
    [0, [0, 0, 3, 4, 4, 47, 47, 3765, 892565]],
    [1, [0, 2, 3, 3, 3, 29, 29, 856, 532457]],
    [-1, [0, 2, 2, 6, 6, 13, 74, 9916, 588834]],
    [42, [1, 1, 3, 6, 6, 6, 6, 4447, 143217]],
    [-42, [0, 2, 2, 2, 2, 32, 32, 6242, 486677]],
    [4294967296, [0, 0, 3, 4, 4, 47, 47, 3765, 892565]],
    [hashOf('hello world!!'), [0, 2, 2, 2, 2, 30, 30, 8811, 857151]],
  ])('of %p is where RabbitMQ places it', (key, expected) => {
    expect(counts.map(buckets => jumpHash(key, buckets))).toEqual(expected)
  })

  it('is where RabbitMQ places it, for five thousand keys', () => {
    let sum = 0
    for (let i = 1; i <= 5000; i++) sum += jumpHash(hashOf(String(i)), 1000) * i
    expect(sum).toBe(6275437330)
  })

  it('is the only bucket when there is one', () => {
    expect([0, 7, -1, 2 ** 40].map(key => jumpHash(key, 1))).toEqual([0, 0, 0, 0])
  })

  it('stays, or moves to the new bucket, when there is one bucket more', () => {
    for (let key = 0; key < 300; key++) {
      for (let buckets = 1; buckets < 30; buckets++) {
        const [before, after] = [jumpHash(key, buckets), jumpHash(key, buckets + 1)]
        if (after !== before) expect(after).toBe(buckets)
      }
    }
  })

  it('gives every bucket about the same', () => {
    const filled = new Array<number>(10).fill(0)
    for (let i = 0; i < 10_000; i++) filled[jumpHash(hashOf(`key ${i}`), 10)]! += 1
    expect(Math.min(...filled)).toBeGreaterThan(900)
    expect(Math.max(...filled)).toBeLessThan(1100)
  })
})
