/**
 * Jump consistent hashing (Lamping and Veach, 2014) as RabbitMQ does it: from a whole number and a count of buckets to a
 * bucket. One more bucket at the end takes over its share of the numbers and leaves all others where they were.
 *
 * The algorithm draws from a random generator seeded with the number. RabbitMQ's is Erlang's `exs1024` (xorshift1024*,
 * seeded through xorshift64*), so that generator is here, bit for bit. Its 64-bit words are two halves of 32 bits.
 */

const STATE_WORDS = 16
/** Erlang's seeding looks at 21 bits of the number, which three primes turn into a word of 64. */
const SEED_BITS = 0x1f_ffff
/** The multipliers of xorshift64* and xorshift1024*. */
const FILL = { high: 0x2545f491, low: 0x4f6cdd1d } as const
const DRAW = { high: 0x106689d4, low: 0x5497fdb5 } as const
const WORD = 2 ** 32

/** 0 to `buckets` - 1, for a whole number that is safe (beyond 2^53 only its lowest 21 bits count). */
export function jumpHash(key: number, buckets: number): number {
  if (buckets === 1) return 0
  const generator = new Exs1024(key)
  let bucket = 0
  for (let next = 0; next < buckets; next = Math.trunc((bucket + 1) / generator.uniform())) bucket = next
  return bucket
}

class Exs1024 {
  private readonly high = new Int32Array(STATE_WORDS)
  private readonly low = new Int32Array(STATE_WORDS)
  /** The word drawn last. */
  private at = 0

  constructor(key: number) {
    const seed = (key & SEED_BITS) + 1
    const first = Math.imul(seed, 2097131) & SEED_BITS
    const second = Math.imul(seed, 2097133) & SEED_BITS
    const third = Math.imul(seed, 2097143) & SEED_BITS
    let high = (first << 11) | (second >>> 10)
    let low = (second << 22) | (third << 1) | 1
    for (let i = STATE_WORDS - 1; i >= 0; i--) {
      low ^= (low >>> 12) | (high << 20)
      high ^= high >>> 12
      high ^= (high << 25) | (low >>> 7)
      low ^= low << 25
      low ^= (low >>> 27) | (high << 5)
      high ^= high >>> 27
      this.high[i] = highOfProduct(high, low, FILL)
      this.low[i] = Math.imul(low, FILL.low)
    }
  }

  /** A number from 0 to 1, 2^-64 being the least but 0. */
  uniform(): number {
    let high0 = this.high[this.at]!
    let low0 = this.low[this.at]!
    this.at = (this.at + 1) % STATE_WORDS
    let high1 = this.high[this.at]!
    let low1 = this.low[this.at]!
    high1 ^= (high1 << 31) | (low1 >>> 1)
    low1 ^= low1 << 31
    low1 ^= (low1 >>> 11) | (high1 << 21)
    high1 ^= high1 >>> 11
    low0 ^= (low0 >>> 30) | (high0 << 2)
    high0 ^= high0 >>> 30
    high0 ^= high1
    low0 ^= low1
    this.high[this.at] = high0
    this.low[this.at] = low0
    const high = highOfProduct(high0, low0, DRAW) >>> 0
    return (high * WORD + (Math.imul(low0, DRAW.low) >>> 0)) / (WORD * WORD)
  }
}

/** Bits 32 to 63 of a product; those below are `Math.imul` of the low halves. */
function highOfProduct(
  high: number,
  low: number,
  by: { readonly high: number; readonly low: number },
): number {
  const least = (low & 0xffff) * (by.low & 0xffff)
  const middle = (low >>> 16) * (by.low & 0xffff) + (least >>> 16)
  const other = (low & 0xffff) * (by.low >>> 16) + (middle & 0xffff)
  const carried = Math.imul(low >>> 16, by.low >>> 16) + (middle >>> 16) + (other >>> 16)
  return (carried + Math.imul(high, by.low) + Math.imul(low, by.high)) | 0
}
