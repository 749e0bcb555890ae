/**
 * The basic properties of a message, which travel as bytes: the flag word of a content header and the fields it
 * announces. They are kept and passed on as they came; this file looks into them, and changes single fields without
 * touching the others.
 *
 *      flags     content-type?   ...   headers?     delivery-mode?   ...
 *    +---------+---------------+-----+------------+----------------+-----
 *    | 2 bytes | 1 + n         |     | 4 + n      | 1              |
 *    +---------+---------------+-----+------------+----------------+-----
 *
 * Invariant: bytes that `PropertiesScan.scan` accepted can be decoded by everything else here.
 */
import { Undecodable } from './errors'
import { longStringEnd, shortStringEnd, valueEnd } from './field-end'
import type { FieldTable } from './field-value'
import { FLAGS_BYTES, highestFlag, propertyEnd, propertyStart, readFlags } from './property-walk'
import { PropertyFlag } from './protocol'
import { Reader } from './reader'
import { Writer } from './writer'

export interface BasicProperties {
  contentType?: string
  contentEncoding?: string
  headers?: FieldTable
  deliveryMode?: number
  priority?: number
  correlationId?: string
  replyTo?: string
  expiration?: string
  messageId?: string
  /** Seconds since 1970. */
  timestamp?: number
  type?: string
  userId?: string
  appId?: string
  clusterId?: string
}

/** The first octet of the flag word when only a delivery mode follows. */
const DELIVERY_MODE_ALONE = PropertyFlag.deliveryMode >>> 8

/**
 * One walk over a message's properties, telling where each is. A scratch object: its owner scans with it again and
 * again. Allocates nothing, and is done after a few comparisons for messages with no properties or only a delivery
 * mode. An offset is that of the field in `bytes` (the length octet of a short string, the size of the headers), -1
 * when the field is absent.
 */
export class PropertiesScan {
  /** 0 when absent. 2 is persistent. */
  deliveryMode = 0
  /** -1 when absent. */
  priority = -1
  contentTypeAt = -1
  contentEncodingAt = -1
  headersAt = -1
  correlationIdAt = -1
  replyToAt = -1
  expirationAt = -1
  messageIdAt = -1
  timestampAt = -1
  typeAt = -1
  userIdAt = -1
  appIdAt = -1
  clusterIdAt = -1
  /** The headers have a key that is exactly `CC` or `BCC`. */
  hasCcOrBcc = false
  /** Whether more than `deliveryMode` differs from its initial value. */
  private used = false

  /** Throws `FrameError` unless `bytes[start, end)` is a flag word and exactly the fields it announces. */
  scan(bytes: Buffer, start: number, end: number): void {
    if (this.used) this.clear()
    const length = end - start
    if (length === FLAGS_BYTES && bytes[start] === 0 && bytes[start + 1] === 0) {
      this.deliveryMode = 0
    } else if (length === FLAGS_BYTES + 1 && bytes[start] === DELIVERY_MODE_ALONE && bytes[start + 1] === 0) {
      this.deliveryMode = bytes[start + FLAGS_BYTES] as number
    } else {
      this.scanFields(bytes, start, end)
    }
  }

  private scanFields(bytes: Buffer, start: number, end: number): void {
    this.used = true
    this.deliveryMode = 0
    let at = start + FLAGS_BYTES
    for (let left = readFlags(bytes, start, end); left !== 0; ) {
      const flag = highestFlag(left)
      left ^= flag
      const stop =
        flag === PropertyFlag.headers ? this.scanHeaders(bytes, at, end) : propertyEnd(bytes, at, end, flag)
      this.note(bytes, at, flag)
      at = stop
    }
    if (at !== end) throw new Undecodable(`${end - at} octets after the last property`)
  }

  private scanHeaders(bytes: Buffer, at: number, end: number): number {
    const stop = longStringEnd(bytes, at, end)
    let next = at + 4
    while (next < stop) {
      if (isCcOrBcc(bytes, next)) this.hasCcOrBcc = true
      next = valueEnd(bytes, shortStringEnd(bytes, next, stop), stop, 0)
    }
    return stop
  }

  private note(bytes: Buffer, at: number, flag: number): void {
    switch (flag) {
      case PropertyFlag.deliveryMode:
        this.deliveryMode = bytes[at] as number
        break
      case PropertyFlag.priority:
        this.priority = bytes[at] as number
        break
      case PropertyFlag.contentType:
        this.contentTypeAt = at
        break
      case PropertyFlag.contentEncoding:
        this.contentEncodingAt = at
        break
      case PropertyFlag.headers:
        this.headersAt = at
        break
      case PropertyFlag.correlationId:
        this.correlationIdAt = at
        break
      case PropertyFlag.replyTo:
        this.replyToAt = at
        break
      case PropertyFlag.expiration:
        this.expirationAt = at
        break
      case PropertyFlag.messageId:
        this.messageIdAt = at
        break
      case PropertyFlag.timestamp:
        this.timestampAt = at
        break
      case PropertyFlag.type:
        this.typeAt = at
        break
      case PropertyFlag.userId:
        this.userIdAt = at
        break
      case PropertyFlag.appId:
        this.appIdAt = at
        break
      case PropertyFlag.clusterId:
        this.clusterIdAt = at
        break
    }
  }

  private clear(): void {
    this.priority = -1
    this.contentTypeAt = -1
    this.contentEncodingAt = -1
    this.headersAt = -1
    this.correlationIdAt = -1
    this.replyToAt = -1
    this.expirationAt = -1
    this.messageIdAt = -1
    this.timestampAt = -1
    this.typeAt = -1
    this.userIdAt = -1
    this.appIdAt = -1
    this.clusterIdAt = -1
    this.hasCcOrBcc = false
    this.used = false
  }
}

/** The short string a scan found at `at`. */
export function shortStringAt(bytes: Buffer, at: number): string {
  return bytes.toString('utf8', at + 1, at + 1 + (bytes[at] as number))
}

/** The headers alone; undefined when there are none. */
export function readHeaders(bytes: Buffer, start: number, end: number): FieldTable | undefined {
  const flags = readFlags(bytes, start, end)
  if ((flags & PropertyFlag.headers) === 0) return undefined
  return new Reader(bytes, propertyStart(bytes, start, end, PropertyFlag.headers), end).table()
}

/** The expiration alone, in milliseconds; undefined when there is none, or when it is no number. */
export function expirationIn(bytes: Buffer, start: number, end: number): number | undefined {
  if ((readFlags(bytes, start, end) & PropertyFlag.expiration) === 0) return undefined
  return expirationAt(bytes, propertyStart(bytes, start, end, PropertyFlag.expiration))
}

/** The expiration alone, as it was written. */
export function expirationTextIn(bytes: Buffer, start: number, end: number): string | undefined {
  if ((readFlags(bytes, start, end) & PropertyFlag.expiration) === 0) return undefined
  return shortStringAt(bytes, propertyStart(bytes, start, end, PropertyFlag.expiration))
}

/** The expiration that a scan found at `at`. */
export function expirationAt(bytes: Buffer, at: number): number | undefined {
  const expiration = Number(shortStringAt(bytes, at))
  return Number.isFinite(expiration) ? expiration : undefined
}

/** The priority alone; 0 when there is none. */
export function priorityIn(bytes: Buffer, start: number, end: number): number {
  if ((readFlags(bytes, start, end) & PropertyFlag.priority) === 0) return 0
  return bytes[propertyStart(bytes, start, end, PropertyFlag.priority)]!
}

export function decodeProperties(bytes: Buffer, start: number, end: number): BasicProperties {
  const flags = readFlags(bytes, start, end)
  const r = new Reader(bytes, start + FLAGS_BYTES, end)
  const p: BasicProperties = {}
  if (flags & PropertyFlag.contentType) p.contentType = r.lenientShortString()
  if (flags & PropertyFlag.contentEncoding) p.contentEncoding = r.lenientShortString()
  if (flags & PropertyFlag.headers) p.headers = r.table()
  if (flags & PropertyFlag.deliveryMode) p.deliveryMode = r.octet()
  if (flags & PropertyFlag.priority) p.priority = r.octet()
  if (flags & PropertyFlag.correlationId) p.correlationId = r.lenientShortString()
  if (flags & PropertyFlag.replyTo) p.replyTo = r.lenientShortString()
  if (flags & PropertyFlag.expiration) p.expiration = r.lenientShortString()
  if (flags & PropertyFlag.messageId) p.messageId = r.lenientShortString()
  if (flags & PropertyFlag.timestamp) p.timestamp = r.timestamp()
  if (flags & PropertyFlag.type) p.type = r.lenientShortString()
  if (flags & PropertyFlag.userId) p.userId = r.lenientShortString()
  if (flags & PropertyFlag.appId) p.appId = r.lenientShortString()
  if (flags & PropertyFlag.clusterId) p.clusterId = r.lenientShortString()
  if (r.remaining !== 0) throw new Undecodable(`${r.remaining} octets after the last property`)
  return p
}

export function encodeProperties(p: BasicProperties): Buffer {
  const w = new Writer()
  w.short(flagsOf(p))
  if (p.contentType !== undefined) w.shortString(p.contentType)
  if (p.contentEncoding !== undefined) w.shortString(p.contentEncoding)
  if (p.headers !== undefined) w.table(p.headers)
  if (p.deliveryMode !== undefined) w.octet(p.deliveryMode)
  if (p.priority !== undefined) w.octet(p.priority)
  if (p.correlationId !== undefined) w.shortString(p.correlationId)
  if (p.replyTo !== undefined) w.shortString(p.replyTo)
  if (p.expiration !== undefined) w.shortString(p.expiration)
  if (p.messageId !== undefined) w.shortString(p.messageId)
  if (p.timestamp !== undefined) w.timestamp(p.timestamp)
  if (p.type !== undefined) w.shortString(p.type)
  if (p.userId !== undefined) w.shortString(p.userId)
  if (p.appId !== undefined) w.shortString(p.appId)
  if (p.clusterId !== undefined) w.shortString(p.clusterId)
  return w.take()
}

function flagsOf(p: BasicProperties): number {
  let flags = 0
  for (const [name, flag] of PROPERTY_FLAGS) if (p[name] !== undefined) flags |= flag
  return flags
}

const PROPERTY_FLAGS = Object.entries(PropertyFlag) as [keyof BasicProperties, number][] // its keys are these

/** `at` is the length octet of a key. */
function isCcOrBcc(bytes: Buffer, at: number): boolean {
  if (bytes[at] === 2) return bytes[at + 1] === 0x43 && bytes[at + 2] === 0x43
  return bytes[at] === 3 && bytes[at + 1] === 0x42 && bytes[at + 2] === 0x43 && bytes[at + 3] === 0x43
}
