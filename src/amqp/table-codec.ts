/**
 * Field tables from and to bytes, in RabbitMQ's dialect of the field types. Lengths are the peer's word: none is
 * believed beyond the table it stands in, and nesting is bounded.
 *
 *    table    size 4 | key 1 + n | type 1 | value | key ...
 *    array    size 4 | type 1 | value | type ...
 */
import { Undecodable } from './errors'
import type { FieldTable, FieldValue } from './field-value'

/** Tables and arrays within each other: a bound for our stack, far above what anyone sends. */
export const NESTING_MAX = 64

/** `Reader` as seen from here: it stands above, for it offers `table()`. */
export interface FieldSource {
  offset: number
  /** Nothing is read beyond it; a table moves it to its own end while it reads. */
  end: number
  octet(): number
  short(): number
  long(): number
  signed64(): number | bigint
  unsigned64(): number | bigint
  float(): number
  double(): number
  lenientShortString(): string
  longString(): Buffer
}

/** `Writer` as seen from here. */
export interface FieldSink {
  octet(value: number): void
  short(value: number): void
  long(value: number): void
  signed64(value: number | bigint): void
  unsigned64(value: number | bigint): void
  float(value: number): void
  double(value: number): void
  shortString(value: string): void
  longString(value: Uint8Array): void
  reserveSize(): number
  patchSize(at: number): void
}

/** Values are copied: the table outlives the bytes. Of equal keys the first counts, as RabbitMQ's look-up has it. */
export function readTable(r: FieldSource, depth = 0): FieldTable {
  const table = new Map<string, FieldValue>()
  const outerEnd = narrow(r, depth)
  while (r.offset < r.end) {
    const key = r.lenientShortString()
    const value = readValue(r, depth)
    if (!table.has(key)) table.set(key, value)
  }
  r.end = outerEnd
  return table
}

function readArray(r: FieldSource, depth: number): readonly FieldValue[] {
  const values: FieldValue[] = []
  const outerEnd = narrow(r, depth)
  while (r.offset < r.end) values.push(readValue(r, depth))
  r.end = outerEnd
  return values
}

/** Reads a size and makes its end the reader's, so that nothing inside reaches beyond. Returns the end it had. */
function narrow(r: FieldSource, depth: number): number {
  const size = r.long()
  const outerEnd = r.end
  if (size > outerEnd - r.offset)
    throw new Undecodable(`table of ${size} octets, ${outerEnd - r.offset} left`)
  if (depth >= NESTING_MAX) throw new Undecodable(`tables nested deeper than ${NESTING_MAX}`)
  r.end = r.offset + size
  return outerEnd
}

function readValue(r: FieldSource, depth: number): FieldValue {
  const type = String.fromCharCode(r.octet()) as FieldValue['type'] // the switch has a default
  switch (type) {
    case 'S':
    case 'x':
      return { type, value: Buffer.from(r.longString()) }
    case 't':
      return { type, value: r.octet() !== 0 }
    case 'I':
      return { type, value: r.long() | 0 }
    case 'i':
      return { type, value: r.long() }
    case 's':
      return { type, value: (r.short() << 16) >> 16 }
    case 'u':
      return { type, value: r.short() }
    case 'b':
      return { type, value: (r.octet() << 24) >> 24 }
    case 'B':
      return { type, value: r.octet() }
    case 'l':
    case 'L': // RabbitMQ: signed, though the specification says unsigned
      return { type, value: r.signed64() }
    case 'T':
      return { type, value: r.unsigned64() }
    case 'f':
      return { type, value: r.float() }
    case 'd':
      return { type, value: r.double() }
    case 'D': // RabbitMQ: the digits are unsigned
      return { type, scale: r.octet(), value: r.long() }
    case 'F':
      return { type, value: readTable(r, depth + 1) }
    case 'A':
      return { type, value: readArray(r, depth + 1) }
    case 'V':
      return { type }
    default:
      throw new Undecodable(`no field type '${type}'`)
  }
}

export function writeTable(w: FieldSink, table: FieldTable): void {
  const size = w.reserveSize()
  for (const [key, value] of table) {
    w.shortString(key)
    writeValue(w, value)
  }
  w.patchSize(size)
}

function writeArray(w: FieldSink, values: readonly FieldValue[]): void {
  const size = w.reserveSize()
  for (const value of values) writeValue(w, value)
  w.patchSize(size)
}

function writeValue(w: FieldSink, field: FieldValue): void {
  w.octet(field.type.charCodeAt(0))
  switch (field.type) {
    case 'S':
    case 'x':
      w.longString(field.value)
      break
    case 't':
      w.octet(field.value ? 1 : 0)
      break
    case 'I':
    case 'i':
      w.long(field.value >>> 0)
      break
    case 's':
    case 'u':
      w.short(field.value & 0xffff)
      break
    case 'b':
    case 'B':
      w.octet(field.value & 0xff)
      break
    case 'l':
    case 'L':
      w.signed64(field.value)
      break
    case 'T':
      w.unsigned64(field.value)
      break
    case 'f':
      w.float(field.value)
      break
    case 'd':
      w.double(field.value)
      break
    case 'D':
      w.octet(field.scale)
      w.long(field.value)
      break
    case 'F':
      writeTable(w, field.value)
      break
    case 'A':
      writeArray(w, field.value)
      break
    case 'V': // the letter says it all
  }
}
