/** Messages as RabbitMQ's API shows them and takes them: properties in snake case, payloads as text or base64. */
import { isUtf8 } from 'node:buffer'
import { tableAsJson } from '../../amqp/json-table'
import { type BasicProperties, decodeProperties } from '../../amqp/properties'
import { amqpTable, type Body, shortText } from '../bodies'
import { badRequest } from '../problems'

/** Ours by RabbitMQ's. */
const TEXTS = {
  content_type: 'contentType',
  content_encoding: 'contentEncoding',
  correlation_id: 'correlationId',
  reply_to: 'replyTo',
  expiration: 'expiration',
  message_id: 'messageId',
  type: 'type',
  user_id: 'userId',
  app_id: 'appId',
  cluster_id: 'clusterId',
} as const

const NUMBERS = {
  delivery_mode: { name: 'deliveryMode', max: 255 },
  priority: { name: 'priority', max: 255 },
  timestamp: { name: 'timestamp', max: Number.MAX_SAFE_INTEGER },
} as const

/** `bytes[start, end)` as of a content header. RabbitMQ: none at all are an empty list. */
export function propertiesView(bytes: Uint8Array, start = 0, end = bytes.length): object {
  const { buffer, byteOffset } = bytes
  const properties = decodeProperties(Buffer.from(buffer, byteOffset, bytes.length), start, end)
  const view: Record<string, unknown> = {}
  for (const [key, name] of Object.entries(TEXTS))
    if (properties[name] !== undefined) view[key] = properties[name]
  for (const [key, { name }] of Object.entries(NUMBERS)) {
    if (properties[name] !== undefined) view[key] = properties[name]
  }
  if (properties.headers !== undefined) Object.assign(view, { headers: tableAsJson(properties.headers) })
  return Object.keys(view).length === 0 ? [] : view
}

/** What is unknown is left out, as RabbitMQ does. @throws Problem 400 */
export function propertiesFrom(given: unknown): BasicProperties {
  const body = propertiesBody(given)
  const properties: BasicProperties = {}
  for (const [key, name] of Object.entries(TEXTS)) {
    const value = body[key]
    if (value === undefined) continue
    if (typeof value !== 'string') throw badRequest(['not_string', key])
    properties[name] = shortText(key, value)
  }
  for (const [key, { name, max }] of Object.entries(NUMBERS)) {
    const value = body[key]
    if (value === undefined) continue
    if (!Number.isInteger(value)) throw badRequest(['not_int', key])
    if ((value as number) < 0 || (value as number) > max) throw badRequest(['out_of_range', key])
    properties[name] = value as number
  }
  const { headers } = body
  if (headers === undefined || (Array.isArray(headers) && headers.length === 0)) return properties
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) {
    throw badRequest(['not_object', 'headers'])
  }
  return { ...properties, headers: amqpTable(headers) }
}

/** Clients in some languages have but one empty value. */
function propertiesBody(given: unknown): Body {
  if (given === null || (Array.isArray(given) && given.length === 0)) return {}
  if (typeof given !== 'object' || Array.isArray(given)) throw badRequest(['not_object', 'properties'])
  return given as Body
}

/** @throws Problem 400 */
export function payloadFrom(payload: string, encoding: unknown): Buffer {
  if (encoding === 'string') return Buffer.from(payload)
  if (encoding !== 'base64') throw badRequest(['unsupported_encoding', encoding])
  // Buffer reads over what is no base64. Trimmed first: a pattern that may begin its end anywhere takes the square of the time
  if (!/^[A-Za-z0-9+/\s]*={0,2}$/.test(payload.trimEnd())) throw badRequest(['not_base64', payload])
  return Buffer.from(payload, 'base64')
}

export interface PayloadView {
  readonly payload: string
  readonly payload_encoding: 'string' | 'base64'
}

/** `auto`: text where it is UTF-8. `truncate`: how many bytes of it are shown. */
export function payloadView(body: Uint8Array, encoding: 'auto' | 'base64', truncate?: number): PayloadView {
  const shown = truncate === undefined ? body : body.subarray(0, truncate)
  const bytes = Buffer.from(shown.buffer, shown.byteOffset, shown.length)
  if (encoding === 'auto' && isUtf8(bytes)) return { payload: bytes.toString(), payload_encoding: 'string' }
  return { payload: bytes.toString('base64'), payload_encoding: 'base64' }
}
