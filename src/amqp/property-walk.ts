/**
 * Where properties lie in a content header: the flag word, and behind it the fields it announces, highest flag first.
 * Allocates nothing; throws `FrameError` for bytes that are not what the flags say.
 */
import { FrameError, Undecodable } from './errors'
import { fixedEnd, shortStringEnd, tableEnd } from './field-end'
import { PropertyFlag } from './protocol'

export const FLAGS_BYTES = 2
/** Those of `BasicProperties`. */
export type PropertyName = keyof typeof PropertyFlag
/** The two lowest bits announce nothing: the lowest would announce a second flag word, which AMQP never came to need. */
const RESERVED_FLAGS = 0x0003

export function readFlags(bytes: Buffer, start: number, end: number): number {
  if (end - start < FLAGS_BYTES) throw new Undecodable('no property flags')
  const flags = ((bytes[start] as number) << 8) | (bytes[start + 1] as number)
  if ((flags & RESERVED_FLAGS) !== 0)
    throw new FrameError(`reserved property flags ${flags & RESERVED_FLAGS} set`)
  return flags
}

export function highestFlag(flags: number): number {
  return 0x8000_0000 >>> Math.clz32(flags)
}

/** Where the field is, or would be: behind those of all higher flags. */
export function propertyStart(bytes: Buffer, start: number, end: number, flag: number): number {
  let at = start + FLAGS_BYTES
  for (let left = readFlags(bytes, start, end) & -(flag << 1); left !== 0; left ^= highestFlag(left)) {
    at = propertyEnd(bytes, at, end, highestFlag(left))
  }
  return at
}

/** The octets of a field, those of a text or table without its length; undefined when it is absent. A view. */
export function propertyBytes(
  bytes: Buffer,
  start: number,
  end: number,
  name: PropertyName,
): Buffer | undefined {
  const flag = PropertyFlag[name]
  if ((readFlags(bytes, start, end) & flag) === 0) return undefined
  const at = propertyStart(bytes, start, end, flag)
  return bytes.subarray(at + lengthBytes(flag), propertyEnd(bytes, at, end, flag))
}

function lengthBytes(flag: number): number {
  switch (flag) {
    case PropertyFlag.headers:
      return 4
    case PropertyFlag.deliveryMode:
    case PropertyFlag.priority:
    case PropertyFlag.timestamp:
      return 0
    default:
      return 1
  }
}

export function propertyEnd(bytes: Buffer, at: number, end: number, flag: number): number {
  switch (flag) {
    case PropertyFlag.headers:
      return tableEnd(bytes, at, end, 0)
    case PropertyFlag.deliveryMode:
    case PropertyFlag.priority:
      return fixedEnd(at, 1, end)
    case PropertyFlag.timestamp:
      return fixedEnd(at, 8, end)
    default:
      return shortStringEnd(bytes, at, end)
  }
}
