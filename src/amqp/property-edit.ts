/** Changes single properties of a message: copies of their bytes in which all other fields are as they were. */
import type { FieldTable } from './field-value'
import { FLAGS_BYTES, propertyEnd, propertyStart, readFlags } from './property-walk'
import { PropertyFlag } from './protocol'
import { Writer } from './writer'

/** A copy with these headers instead of its own; undefined leaves them out. Other fields stay byte for byte. */
export function withHeaders(
  bytes: Buffer,
  start: number,
  end: number,
  headers: FieldTable | undefined,
): Buffer {
  const field = new Writer()
  if (headers !== undefined) field.table(headers)
  return withField(bytes, start, end, PropertyFlag.headers, headers === undefined ? undefined : field.take())
}

/** A copy with this expiration (milliseconds, in digits) instead of its own; undefined leaves it out. */
export function withExpiration(
  bytes: Buffer,
  start: number,
  end: number,
  expiration: string | undefined,
): Buffer {
  return withField(bytes, start, end, PropertyFlag.expiration, shortStringField(expiration))
}

/** A copy with this reply-to instead of its own; undefined leaves it out. */
export function withReplyTo(bytes: Buffer, start: number, end: number, replyTo: string | undefined): Buffer {
  return withField(bytes, start, end, PropertyFlag.replyTo, shortStringField(replyTo))
}

/** A copy with this timestamp (seconds since 1970) instead of its own. */
export function withTimestamp(bytes: Buffer, start: number, end: number, seconds: number): Buffer {
  const field = new Writer()
  field.timestamp(seconds)
  return withField(bytes, start, end, PropertyFlag.timestamp, field.take())
}

function shortStringField(text: string | undefined): Buffer | undefined {
  if (text === undefined) return undefined
  const w = new Writer()
  w.shortString(text)
  return w.take()
}

function withField(
  bytes: Buffer,
  start: number,
  end: number,
  flag: number,
  field: Buffer | undefined,
): Buffer {
  const flags = readFlags(bytes, start, end)
  const from = propertyStart(bytes, start, end, flag)
  const to = (flags & flag) === 0 ? from : propertyEnd(bytes, from, end, flag)
  const w = new Writer(end - start + (field === undefined ? 0 : field.length))
  w.short(field === undefined ? flags & ~flag : flags | flag)
  w.raw(bytes.subarray(start + FLAGS_BYTES, from))
  if (field !== undefined) w.raw(field)
  w.raw(bytes.subarray(to, end))
  return w.take()
}
