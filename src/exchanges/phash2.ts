/**
 * Erlang's `phash2`, bit for bit: RabbitMQ's hashing exchanges place messages by it, and a message must go where it
 * would go there. Every kind of term a message can be hashed by has its function here, which takes the hash of what
 * came before (0 at first) and returns the hash that includes the term; a tuple is its arity and then its elements, a
 * list its elements and then nil. `phash2` makes the result of the last one.
 *
 * Not here: lists that begin with whole numbers from 0 to 255, which Erlang hashes as strings.
 */

/** 2^32 divided by the golden ratio. Its multiples keep kinds of terms apart. */
const GOLDEN = 0x9e3779b9
const NIL = Math.imul(GOLDEN, 2)
const ATOM = Math.imul(GOLDEN, 3)
const TUPLE = Math.imul(GOLDEN, 9)
const NEGATIVE = Math.imul(GOLDEN, 10)
const POSITIVE = Math.imul(GOLDEN, 11)
const FLOAT = Math.imul(GOLDEN, 12)
const BINARY = Math.imul(GOLDEN, 13)

/** What an empty list hashes to by itself, and the word that stands for the end of others. */
const NIL_HASH = 3468870702
const NIL_WORD = 2
/** Smaller whole numbers, in amount, are hashed as one word, others as two. */
const ONE_WORD = 2 ** 27
const BLOCK_BYTES = 12

/** The 27 bits that phash2 leaves of a hash. */
export function phash2(hash: number): number {
  return hash & 0x7ffffff
}

export function hashBinary(hash: number, bytes: Buffer): number {
  const initial = (BINARY + hash) | 0
  return bytes.length === 0 ? initial : hashBlocks(bytes, initial)
}

export function hashInteger(hash: number, value: number | bigint): number {
  if (value >= -ONE_WORD && value < ONE_WORD) {
    const word = Number(value)
    if (word < 0) hash = hashWords(hash, -word, 0, GOLDEN)
    return hashWords(hash, word, 0, GOLDEN)
  }
  const amount = BigInt.asUintN(64, value < 0 ? -BigInt(value) : BigInt(value))
  const low = Number(amount & 0xffffffffn)
  return hashWords(hash, low, Number(amount >> 32n), value < 0 ? NEGATIVE : POSITIVE)
}

export function hashFloat(hash: number, value: number): number {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value === 0 ? 0 : value) // no -0
  return hashWords(hash, bytes.readInt32BE(0), bytes.readInt32BE(4), FLOAT)
}

/** Erlang's hash of an atom's name (PJW). An atom in front is not mixed. */
export function hashAtom(hash: number, name: string): number {
  let own = 0
  for (let i = 0; i < name.length; i++) {
    own = (own << 4) + name.charCodeAt(i)
    const high = own & 0xf0000000
    if (high !== 0) own ^= (high >>> 24) ^ high
  }
  return hash === 0 ? own : hashWords(hash, own, 0, ATOM)
}

export function hashTuple(hash: number, arity: number): number {
  return hashWords(hash, arity, 0, TUPLE)
}

export function hashNil(hash: number): number {
  return hash === 0 ? NIL_HASH : hashWords(hash, NIL_WORD, 0, NIL)
}

function hashWords(hash: number, first: number, second: number, kind: number): number {
  const mix = new Mix(kind + first, kind + second, hash)
  mix.mix()
  return mix.c
}

function hashBlocks(bytes: Buffer, initial: number): number {
  const mix = new Mix(GOLDEN, GOLDEN, initial)
  let at = 0
  for (; bytes.length - at >= BLOCK_BYTES; at += BLOCK_BYTES) {
    mix.a += bytes.readInt32LE(at)
    mix.b += bytes.readInt32LE(at + 4)
    mix.c += bytes.readInt32LE(at + 8)
    mix.mix()
  }
  mix.a += wordOf(bytes, at)
  mix.b += wordOf(bytes, at + 4)
  mix.c += (wordOf(bytes, at + 8) << 8) + bytes.length // the lowest octet of c is for the length
  mix.mix()
  return mix.c
}

/** Up to four octets, the lowest first; those behind the end are 0. */
function wordOf(bytes: Buffer, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  )
}

/** Bob Jenkins' mix of three words; `mix` leaves each of them 32 bits wide. */
class Mix {
  constructor(
    public a: number,
    public b: number,
    public c: number,
  ) {}

  mix(): void {
    let { a, b, c } = this
    a = (a - b - c) ^ (c >>> 13)
    b = (b - c - a) ^ (a << 8)
    c = (c - a - b) ^ (b >>> 13)
    a = (a - b - c) ^ (c >>> 12)
    b = (b - c - a) ^ (a << 16)
    c = (c - a - b) ^ (b >>> 5)
    a = (a - b - c) ^ (c >>> 3)
    b = (b - c - a) ^ (a << 10)
    c = (c - a - b) ^ (b >>> 15)
    this.a = a
    this.b = b
    this.c = c
  }
}
