/**
 * A cursor that writes into a buffer of its own and grows it as needed. Sizes that are known only afterwards are
 * reserved and patched. What does not fit its field (a long short string, an octet of 256) is a mistake of ours: it
 * throws a plain error and is never cut.
 */
import type { FieldTable } from './field-value'
import { SHORT_STRING_BYTES_MAX } from './short-string'
import { writeTable } from './table-codec'

const FIRST_BYTES = 256
const TIMESTAMP_MAX = 2n ** 64n - 1n
const TWO_TO_32 = 0x1_0000_0000

export class Writer {
  bytes: Buffer
  offset = 0

  constructor(capacity: number = FIRST_BYTES) {
    this.bytes = Buffer.allocUnsafe(capacity)
  }

  /** Starts again at the beginning of the same buffer: what was written is overwritten. */
  reset(): this {
    this.offset = 0
    return this
  }

  /** A copy of what was written. */
  take(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.offset))
  }

  /** Room for `length` octets more. */
  ensure(length: number): void {
    const needed = this.offset + length
    if (needed <= this.bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(needed, this.bytes.length * 2))
    this.bytes.copy(grown, 0, 0, this.offset)
    this.bytes = grown
  }

  octet(value: number): void {
    this.ensure(1)
    this.offset = this.bytes.writeUInt8(value, this.offset)
  }

  short(value: number): void {
    this.ensure(2)
    this.offset = this.bytes.writeUInt16BE(value, this.offset)
  }

  long(value: number): void {
    this.ensure(4)
    this.offset = this.bytes.writeUInt32BE(value, this.offset)
  }

  /** Unsigned 64 bits; a number is exact up to 2^53. */
  longlong(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new Error(`not an unsigned integer: ${value}`)
    this.long(Math.floor(value / TWO_TO_32))
    this.long(value >>> 0)
  }

  /** Seconds since 1970; a peer's may be any 64 bits, of which a number is the nearest it can be. */
  timestamp(value: number): void {
    if (value <= Number.MAX_SAFE_INTEGER) this.longlong(value)
    else this.unsigned64(TIMESTAMP_MAX < value ? TIMESTAMP_MAX : BigInt(value))
  }

  unsigned64(value: number | bigint): void {
    this.ensure(8)
    this.offset = this.bytes.writeBigUInt64BE(BigInt(value), this.offset)
  }

  signed64(value: number | bigint): void {
    this.ensure(8)
    this.offset = this.bytes.writeBigInt64BE(BigInt(value), this.offset)
  }

  float(value: number): void {
    this.ensure(4)
    this.offset = this.bytes.writeFloatBE(value, this.offset)
  }

  double(value: number): void {
    this.ensure(8)
    this.offset = this.bytes.writeDoubleBE(value, this.offset)
  }

  shortString(value: string): void {
    const length = Buffer.byteLength(value)
    if (length > SHORT_STRING_BYTES_MAX)
      throw new Error(`short string of ${length} bytes: "${value.slice(0, 40)}..."`)
    this.ensure(1 + length)
    this.bytes[this.offset++] = length
    this.offset += this.bytes.write(value, this.offset, length, 'utf8')
  }

  longString(value: Uint8Array): void {
    this.long(value.length)
    this.raw(value)
  }

  table(value: FieldTable): void {
    writeTable(this, value)
  }

  /** Octets as they are. */
  raw(value: Uint8Array): void {
    this.ensure(value.length)
    this.bytes.set(value, this.offset)
    this.offset += value.length
  }

  /** Leaves four octets for a size and returns where they are, for `patchSize`. */
  reserveSize(): number {
    const at = this.offset
    this.long(0)
    return at
  }

  /** Fills the size reserved at `at`: the number of octets written since. */
  patchSize(at: number): void {
    this.bytes.writeUInt32BE(this.offset - at - 4, at)
  }
}
