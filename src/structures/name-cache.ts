/**
 * From a range of bytes to the value made of it before (an interned string, a resolved route), without making garbage
 * for names seen before. A direct-mapped table: one name per slot, and the newcomer takes the slot.
 *
 *      … 04 'u' 's' '.' '1' …      hash(bytes[start, end)) & mask ──► slot { key, value }   same bytes? value
 *           ▲ start     ▲ end                                         otherwise undefined, and the caller `set`s
 *
 * Invariants: a value is returned only for exactly the bytes it was set with (a colliding hash costs a miss, never a
 * wrong name); at most `slots` × KEY_BYTES_MAX bytes of keys, whatever a peer sends. The last chunk looked into is
 * kept alive.
 *
 * Four bytes a step, through a DataView made once per chunk. ns per `get` on a key of 20 bytes, best of several rounds,
 * Node 20, 2 shared cores, `node bench/run.mjs name-cache`:
 *
 *                              this    byte by byte, FNV-1a    a string each time
 *      same name as before     12      25                      45 and its garbage
 *      16 names in turn        23      52
 */

/** Two short strings of 255 bytes side by side (exchange and routing key) with their length octets. */
const KEY_BYTES_MAX = 512

const NO_BYTES = new Uint8Array(0)

interface CachedName<V> {
  readonly key: DataView
  readonly value: V
}

export class ByteRangeCache<V> {
  private readonly slots: (CachedName<V> | undefined)[]
  private readonly mask: number
  private last: CachedName<V> | undefined
  private viewed: Uint8Array
  private view: DataView

  /** @param slots a power of two */
  constructor(slots: number) {
    if (slots < 1 || (slots & (slots - 1)) !== 0) throw new RangeError(`${slots} is not a power of two`)
    this.slots = new Array<CachedName<V> | undefined>(slots).fill(undefined)
    this.mask = slots - 1
    this.last = undefined
    this.viewed = NO_BYTES
    this.view = viewOf(NO_BYTES)
  }

  /**
   * The value set for these bytes, unless it was replaced.
   * @throws RangeError for a range that is not within `bytes`: the caller's mistake
   */
  get(bytes: Uint8Array, start: number, end: number): V | undefined {
    const view = bytes === this.viewed ? this.view : this.look(bytes)
    const last = this.last
    if (last !== undefined && sameBytes(last.key, view, start, end)) return last.value
    const found = this.slots[hash(view, start, end) & this.mask]
    if (found === undefined || !sameBytes(found.key, view, start, end)) return undefined
    this.last = found
    return found.value
  }

  /** Copies the bytes. A range over KEY_BYTES_MAX is not kept. Returns the value that had to go for this one. */
  set(bytes: Uint8Array, start: number, end: number, value: V): V | undefined {
    if (end - start > KEY_BYTES_MAX) return undefined
    const name = { key: viewOf(Uint8Array.from(bytes.subarray(start, end))), value }
    const slot = hash(this.look(bytes), start, end) & this.mask
    const displaced = this.slots[slot]?.value
    this.slots[slot] = name
    this.last = name
    return displaced
  }

  *values(): Iterable<V> {
    for (const name of this.slots) if (name !== undefined) yield name.value
  }

  clear(): void {
    this.slots.fill(undefined)
    this.last = undefined
    this.look(NO_BYTES)
  }

  private look(bytes: Uint8Array): DataView {
    this.viewed = bytes
    this.view = viewOf(bytes)
    return this.view
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** The last four bytes first: names of one application differ there. They overlap the step before them. */
function sameBytes(key: DataView, bytes: DataView, start: number, end: number): boolean {
  const length = end - start
  if (key.byteLength !== length) return false
  const tail = length - 4
  if (tail < 0) {
    for (let i = 0; i < length; i++) if (key.getUint8(i) !== bytes.getUint8(start + i)) return false
    return true
  }
  if (key.getInt32(tail, true) !== bytes.getInt32(start + tail, true)) return false
  for (let i = 0; i < tail; i += 4) {
    if (key.getInt32(i, true) !== bytes.getInt32(start + i, true)) return false
  }
  return true
}

/**
 * Four bytes a step: multiplied up, folded down. The last fold matters: the last byte of a name stands highest in its
 * four, and multiplying alone never brings it down into the low bits, which are the slot number.
 */
function hash(bytes: DataView, start: number, end: number): number {
  let h = end - start
  const tail = end - 4
  if (tail < start) {
    for (let i = start; i < end; i++) h = mix(h ^ bytes.getUint8(i))
    return h
  }
  for (let i = start; i < tail; i += 4) h = mix(h ^ bytes.getInt32(i, true))
  return mix(mix(h ^ bytes.getInt32(tail, true)))
}

function mix(h: number): number {
  const up = Math.imul(h, 0x9e3779b1)
  return up ^ (up >>> 15)
}
