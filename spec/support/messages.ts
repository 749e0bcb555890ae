/** Messages as a channel hands them on, and what can be seen of them. */
import { encodeProperties } from '../../src/amqp/properties'
import { Reader } from '../../src/amqp/reader'
import { Message } from '../../src/message'

export interface MessageParts {
  readonly exchange: string
  readonly routingKey: string
  readonly properties: Buffer
  readonly body: Buffer | string
  readonly persistent: boolean
}

export interface SeenMessage {
  readonly exchange: string
  readonly routingKey: string
  readonly properties: string
  readonly body: string
  readonly persistent: boolean
}

/** A view into a chunk of memory of its own, with other bytes before, between and behind its three ranges. */
export function messageOf(parts: Partial<MessageParts> = {}): Message {
  const {
    exchange = '',
    routingKey = 'key',
    properties = NO_PROPERTIES,
    body = '',
    persistent = false,
  } = parts
  const address = Buffer.concat([shortString(exchange), shortString(routingKey)])
  const content = Buffer.from(body as Buffer)
  const chunk = Buffer.concat([OTHERS, address, OTHERS, properties, OTHERS, content, OTHERS])
  const message = new Message()
  message.exchange = exchange
  message.routingKey = routingKey
  message.persistent = persistent
  message.addressBytes = message.propertiesBytes = message.bodyBytes = chunk
  message.addressStart = OTHERS.length
  message.addressEnd = message.addressStart + address.length
  message.propertiesStart = message.addressEnd + OTHERS.length
  message.propertiesEnd = message.propertiesStart + properties.length
  message.bodyStart = message.propertiesEnd + OTHERS.length
  message.bodyEnd = message.bodyStart + content.length
  return message
}

/** A message whose body is this text. */
export function messageWith(body: string, parts: Partial<MessageParts> = {}): Message {
  return messageOf({ ...parts, body })
}

/** A message whose address, properties and body are together that long. */
export function messageOfSize(bytes: number, parts: Partial<MessageParts> = {}): Message {
  const around = messageOf({ ...parts, body: '' }).byteLength
  return messageOf({ ...parts, body: Buffer.alloc(bytes - around, 'b') })
}

/** The chunk a message came in is used for something else: whoever keeps views into it will be found out. */
export function overwriteChunkOf(message: Message): void {
  message.addressBytes.fill(0xee)
}

export function bodyOf(message: Message): string {
  return message.bodyBytes.toString('utf8', message.bodyStart, message.bodyEnd)
}

/** All that a consumer can see of a message, as text: property bytes in hex, the body in latin1. */
export function partsOf(message: Message): SeenMessage {
  const { addressBytes, addressStart, addressEnd, propertiesBytes, propertiesStart, propertiesEnd } = message
  const address = new Reader(addressBytes, addressStart, addressEnd)
  const seen = {
    exchange: address.shortString(),
    routingKey: address.shortString(),
    properties: propertiesBytes.toString('hex', propertiesStart, propertiesEnd),
    body: message.bodyBytes.toString('latin1', message.bodyStart, message.bodyEnd),
    persistent: message.persistent,
  }
  if (address.remaining > 0) throw new Error(`${address.remaining} octets behind the address`)
  return seen
}

function shortString(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([Buffer.of(bytes.length), bytes])
}

export const NO_PROPERTIES = encodeProperties({})
const OTHERS = Buffer.from('other')
