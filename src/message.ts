/**
 * A message on its way: its bytes (`Content`) and what the broker reads off them. One class for every view of a
 * message, published, stored or dead-lettered, so that the hot path sees one shape. A view: see `Content`.
 */
import { Content } from './amqp/content'
import { type BasicProperties, encodeProperties, readHeaders } from './amqp/properties'
import { propertyBytes } from './amqp/property-walk'
import { Reader } from './amqp/reader'
import { cutToShortString } from './amqp/short-string'
import type { FieldTable } from './amqp/table'
import { Writer } from './amqp/writer'

/** Bodies from here on are kept in a buffer of their own, shared by all queues that hold the message. */
export const SHARED_RECORD_BYTES = 32 * 1024

export const Mark = {
  /** Its x-death is the broker's own, not a client's. */
  deadLetter: 1,
  /** It has a header BCC, which nobody may see. */
  blindCarbon: 2,
} as const

const NO_BYTES = Buffer.alloc(0)

export class Message extends Content {
  exchange = ''
  routingKey = ''
  persistent = false
  /** How long it may wait, in milliseconds: its property `expiration`. -1: as long as the queue allows. */
  ttl = -1
  /** What the broker knows of it that its bytes do not say, kept wherever it is kept: `Mark`s. */
  marks = 0
  /** Address, properties and body in one buffer that is never written again; made when first needed. */
  record: Buffer | undefined = undefined

  /** The headers property; decoded at each call. */
  headers(): FieldTable | undefined {
    return readHeaders(this.propertiesBytes, this.propertiesStart, this.propertiesEnd)
  }

  /** The octets of a property, a text without its length; undefined when absent. */
  property(name: keyof BasicProperties): Buffer | undefined {
    return propertyBytes(this.propertiesBytes, this.propertiesStart, this.propertiesEnd, name)
  }

  ownedCopy(): Message {
    return ownedCopy(this)
  }

  /** Points all three ranges into one record: address, properties and body one after the other. */
  viewRecord(
    bytes: Buffer,
    start: number,
    addressBytes: number,
    propertiesBytes: number,
    bodyBytes: number,
  ): void {
    this.addressBytes = bytes
    this.addressStart = start
    const properties = start + addressBytes
    this.addressEnd = properties
    this.propertiesBytes = bytes
    this.propertiesStart = properties
    const body = properties + propertiesBytes
    this.propertiesEnd = body
    this.bodyBytes = bytes
    this.bodyStart = body
    this.bodyEnd = body + bodyBytes
  }

  /** Gives it another address, as if it had been published there. A routing key that is too long is cut. */
  setAddress(exchange: string, key: string): void {
    const routingKey = cutToShortString(key)
    this.record = undefined
    const writer = new Writer()
    writer.shortString(exchange)
    writer.shortString(routingKey)
    this.addressBytes = writer.take()
    this.addressStart = 0
    this.addressEnd = this.addressBytes.length
    this.exchange = exchange
    this.routingKey = routingKey
  }

  /** Gives it other properties: `bytes` are its own from now on. */
  setProperties(bytes: Buffer): void {
    this.record = undefined
    this.propertiesBytes = bytes
    this.propertiesStart = 0
    this.propertiesEnd = bytes.length
  }

  /** Points at nothing, so that a view that is kept does not keep alive what it showed. */
  letGo(): void {
    this.addressBytes = this.propertiesBytes = this.bodyBytes = NO_BYTES
    this.record = undefined
  }

  /** Takes exchange and routing key out of the address bytes: for a view that was not routed. */
  readAddress(): void {
    const reader = new Reader(this.addressBytes, this.addressStart, this.addressEnd)
    this.exchange = reader.shortString()
    this.routingKey = reader.shortString()
  }
}

/** A message of the broker's own. A routing key that is too long is cut: it must never keep a message from its way. */
export function newMessage(
  exchange: string,
  routingKey: string,
  properties: BasicProperties,
  body: Buffer,
): Message {
  const message = new Message()
  message.exchange = exchange
  message.routingKey = cutToShortString(routingKey)
  message.persistent = properties.deliveryMode === 2
  const address = new Writer()
  address.shortString(message.exchange)
  address.shortString(message.routingKey)
  message.addressBytes = address.take()
  message.addressEnd = message.addressBytes.length
  message.propertiesBytes = encodeProperties(properties)
  message.propertiesEnd = message.propertiesBytes.length
  message.bodyBytes = body
  message.bodyEnd = body.length
  return message
}

/** How long the address at the beginning of a record is. */
export function addressBytesAt(record: Buffer, start: number): number {
  // amqp: two shortstrs
  const exchangeBytes = 1 + record[start]!
  return exchangeBytes + 1 + record[start + exchangeBytes]!
}

/** A copy that owns its bytes. */
export function ownedCopy(message: Message): Message {
  const copy = new Message()
  copy.exchange = message.exchange
  copy.routingKey = message.routingKey
  copy.persistent = message.persistent
  copy.ttl = message.ttl
  copy.marks = message.marks
  const record = message.record ?? recordOf(message)
  copy.record = record
  copy.viewRecord(
    record,
    0,
    message.addressEnd - message.addressStart,
    message.propertiesEnd - message.propertiesStart,
    message.bodyLength,
  )
  return copy
}

/** Address, properties and body in a buffer of their own. */
export function recordOf(message: Message): Buffer {
  const record = Buffer.allocUnsafeSlow(message.byteLength)
  let at = message.addressBytes.copy(record, 0, message.addressStart, message.addressEnd)
  at += message.propertiesBytes.copy(record, at, message.propertiesStart, message.propertiesEnd)
  message.bodyBytes.copy(record, at, message.bodyStart, message.bodyEnd)
  return record
}
