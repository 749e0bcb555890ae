/**
 * Where encoded fields end: the walk of those who look into bytes without decoding them. Allocates nothing. Throws
 * `Undecodable` for everything `readTable` would throw for, so that what was walked once can be read safely later.
 */
import { Undecodable } from './errors'
import { NESTING_MAX } from './table-codec'

export function fixedEnd(at: number, length: number, end: number): number {
  if (length > end - at) throw new Undecodable(`${length} octets expected, ${end - at} left`)
  return at + length
}

export function shortStringEnd(bytes: Buffer, at: number, end: number): number {
  const start = fixedEnd(at, 1, end)
  return fixedEnd(start, bytes[at] as number, end)
}

export function longStringEnd(bytes: Buffer, at: number, end: number): number {
  const start = fixedEnd(at, 4, end)
  return fixedEnd(start, bytes.readUInt32BE(at), end)
}

export function tableEnd(bytes: Buffer, at: number, end: number, depth: number): number {
  const stop = nestedEnd(bytes, at, end, depth)
  let next = at + 4
  while (next < stop) next = valueEnd(bytes, shortStringEnd(bytes, next, stop), stop, depth)
  return stop
}

function arrayEnd(bytes: Buffer, at: number, end: number, depth: number): number {
  const stop = nestedEnd(bytes, at, end, depth)
  let next = at + 4
  while (next < stop) next = valueEnd(bytes, next, stop, depth)
  return stop
}

function nestedEnd(bytes: Buffer, at: number, end: number, depth: number): number {
  if (depth >= NESTING_MAX) throw new Undecodable(`tables nested deeper than ${NESTING_MAX}`)
  return longStringEnd(bytes, at, end)
}

/** `at` is the field's type letter; `depth` that of the table it is in. */
export function valueEnd(bytes: Buffer, at: number, end: number, depth: number): number {
  const start = fixedEnd(at, 1, end)
  switch (bytes[at]) {
    case 0x53: // S
    case 0x78: // x
      return longStringEnd(bytes, start, end)
    case 0x49: // I
    case 0x69: // i
    case 0x66: // f
      return fixedEnd(start, 4, end)
    case 0x6c: // l
    case 0x4c: // L
    case 0x54: // T
    case 0x64: // d
      return fixedEnd(start, 8, end)
    case 0x74: // t
    case 0x62: // b
    case 0x42: // B
      return fixedEnd(start, 1, end)
    case 0x73: // s
    case 0x75: // u
      return fixedEnd(start, 2, end)
    case 0x44: // D
      return fixedEnd(start, 5, end)
    case 0x46: // F
      return tableEnd(bytes, start, end, depth + 1)
    case 0x41: // A
      return arrayEnd(bytes, start, end, depth + 1)
    case 0x56: // V
      return start
    default:
      throw new Undecodable(`no field type ${bytes[at]}`)
  }
}
