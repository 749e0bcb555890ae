/**
 * A cursor over bytes of the peer. Every read is checked against `end` and throws `Undecodable` instead of reading
 * past it. Copies nothing but strings: `longString` is a view and lives only as long as the chunk.
 */
import { isUtf8 } from 'node:buffer'
import { FrameError, Undecodable } from './errors'
import type { FieldTable } from './field-value'
import { cutToShortString, SHORT_STRING_BYTES_MAX } from './short-string'
import { readTable } from './table-codec'

const NO_BYTES = Buffer.alloc(0)
const TWO_TO_32 = 0x1_0000_0000
const REPLACEMENT_BYTES = 3

export class Reader {
  bytes: Buffer
  offset: number
  end: number

  constructor(bytes: Buffer = NO_BYTES, offset = 0, end = bytes.length) {
    this.bytes = bytes
    this.offset = offset
    this.end = end
  }

  reset(bytes: Buffer, offset: number, end: number): this {
    this.bytes = bytes
    this.offset = offset
    this.end = end
    return this
  }

  get remaining(): number {
    return this.end - this.offset
  }

  octet(): number {
    return this.bytes[this.advance(1)] as number
  }

  short(): number {
    const at = this.advance(2)
    const bytes = this.bytes
    return ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
  }

  long(): number {
    const at = this.advance(4)
    const bytes = this.bytes
    return (
      (((bytes[at] as number) << 24) |
        ((bytes[at + 1] as number) << 16) |
        ((bytes[at + 2] as number) << 8) |
        (bytes[at + 3] as number)) >>>
      0
    )
  }

  /** Unsigned 64 bits as the nearest number: exact up to 2^53, which delivery tags never reach. */
  longlong(): number {
    const high = this.long()
    return high * TWO_TO_32 + this.long()
  }

  /** Seconds since 1970, by the specification; see `longlong`. */
  timestamp(): number {
    return this.longlong()
  }

  /** Unsigned 64 bits, as a bigint only where a number would not be exact. */
  unsigned64(): number | bigint {
    const value = this.longlong()
    return Number.isSafeInteger(value) ? value : this.bytes.readBigUInt64BE(this.offset - 8)
  }

  /** Signed 64 bits, as a bigint only where a number would not be exact. */
  signed64(): number | bigint {
    const high = this.long() | 0
    const value = high * TWO_TO_32 + this.long()
    return Number.isSafeInteger(value) ? value : this.bytes.readBigInt64BE(this.offset - 8)
  }

  float(): number {
    return this.bytes.readFloatBE(this.advance(4))
  }

  double(): number {
    return this.bytes.readDoubleBE(this.advance(8))
  }

  shortString(): string {
    const length = this.octet()
    const start = this.advance(length)
    const stop = start + length
    const bytes = this.bytes
    let at = start
    while (at < stop && (bytes[at] as number) < 0x80) at += 1
    if (at === stop) return bytes.toString('latin1', start, stop)
    if (!isUtf8(bytes.subarray(at, stop))) throw new FrameError('Malformed UTF-8 in shortstr')
    return bytes.toString('utf8', start, stop)
  }

  /**
   * What is not UTF-8 is replaced: so for keys of tables and for properties, which RabbitMQ does not check. A replacement
   * takes three octets where there was one: what would be no short string any more, for whoever writes it again, is cut.
   */
  lenientShortString(): string {
    const length = this.octet()
    const start = this.advance(length)
    const text = this.bytes.toString('utf8', start, start + length)
    return length * REPLACEMENT_BYTES <= SHORT_STRING_BYTES_MAX ? text : cutToShortString(text)
  }

  /** A view of the bytes: copy it to keep it. */
  longString(): Buffer {
    const length = this.long()
    const start = this.advance(length)
    return this.bytes.subarray(start, start + length)
  }

  table(): FieldTable {
    return readTable(this)
  }

  skip(length: number): void {
    this.advance(length)
  }

  skipShortString(): void {
    this.advance(this.octet())
  }

  skipLongString(): void {
    this.advance(this.long())
  }

  /** The offset of the next `length` octets, which are there; moves behind them. */
  private advance(length: number): number {
    const at = this.offset
    if (length > this.end - at) throw new Undecodable(`${length} octets expected, ${this.end - at} left`)
    this.offset = at + length
    return at
  }
}
