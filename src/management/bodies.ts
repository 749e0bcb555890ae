/**
 * Bodies of requests as RabbitMQ reads them: what counts as an object, which keys must be there, and what of a wrong value
 * its answers say. The forms of the endpoints show bodies on the API's page; here they are checked, for RabbitMQ looks at
 * a body only after it found what the path names, and in words of its own.
 */
import { tableFromJson, wellFormed } from '../amqp/json-table'
import type { FieldTable } from '../amqp/table'
import { badRequest } from './problems'

export type Body = Readonly<Record<string, unknown>>

const TEXT_BYTES_MAX = 255

/** RabbitMQ: nothing, `null` and a truth value are an empty object. @throws Problem 400 */
export function objectBody(body: unknown): Body {
  if (body === undefined || body === null || typeof body === 'boolean') return {}
  if (typeof body === 'string') {
    throw badRequest(
      'invalid payload: the request body JSON-decoded to a string. Is the input doubly-JSON-encoded?',
    )
  }
  if (typeof body !== 'object' || Array.isArray(body)) throw badRequest('not_json')
  return body as Body
}

/** An object that has these keys. @throws Problem 400 */
export function bodyWith(body: unknown, keys: readonly string[]): Body {
  const given = objectBody(body)
  const missing = keys.filter(key => !Object.hasOwn(given, key)).map(key => `{key_missing,${key}}`)
  if (missing.length > 0) throw badRequest(erlangList(missing))
  return given
}

/** Undefined where nothing is said. @throws Problem 400 */
export function booleanIn(body: Body, key: string): boolean | undefined {
  const value = own(body, key)
  if (value === undefined || typeof value === 'boolean') return value
  if (value === 'true' || value === 'false') return value === 'true'
  throw badRequest(['not_boolean', value])
}

/** RabbitMQ takes `5`, `5.7` and `"5"`. Undefined where nothing is said. @throws Problem 400 */
export function integerIn(body: Body, key: string): number | undefined {
  const value = own(body, key)
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isFinite(value)) return Math.trunc(value)
  if (typeof value === 'string' && /^[+-]?\d{1,15}$/.test(value)) return Number(value)
  throw badRequest(['not_integer', value])
}

/** A text as AMQP's short strings are. Undefined where nothing is said. @throws Problem 400 */
export function textIn(body: Body, key: string): string | undefined {
  const value = own(body, key)
  if (value === undefined) return undefined
  if (typeof value !== 'string') throw badRequest(['not_string', key])
  return shortText(key, wellFormed(value))
}

/** @throws Problem 400: what is longer does not fit AMQP's short strings */
export function shortText(what: string, text: string): string {
  const bytes = Buffer.byteLength(text)
  if (bytes <= TEXT_BYTES_MAX) return text
  throw badRequest(`${what} should be less than 255 bytes, actually was ${bytes}\n`)
}

/** @throws Problem 400 */
export function tableIn(body: Body, key: string): FieldTable {
  const value = own(body, key)
  // RabbitMQ: clients in some languages have but one empty value for lists and objects
  if (value === undefined || value === null || isEmptyList(value)) return new Map()
  if (typeof value !== 'object' || Array.isArray(value)) throw badRequest(['not_object', key])
  return amqpTable(value)
}

/** RabbitMQ's `to_amqp_table`. @throws Problem 400 for a key that is no short string, and for null */
export function amqpTable(json: object): FieldTable {
  requireTable(json)
  return tableFromJson(json as Body)
}

function requireTable(json: object): void {
  for (const [key, value] of Object.entries(json)) {
    shortText('key', wellFormed(key))
    requireValue(value)
  }
}

function requireValue(json: unknown): void {
  if (json === null) throw badRequest('null_not_allowed')
  if (Array.isArray(json)) json.forEach(requireValue)
  else if (typeof json === 'object') requireTable(json)
}

function own(body: Body, key: string): unknown {
  return Object.hasOwn(body, key) ? body[key] : undefined
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

const LINE_LENGTH = 80

/** As Erlang prints a list of tuples: in one line where that fits. */
function erlangList(items: readonly string[]): string {
  const line = `[${items.join(',')}]`
  return line.length < LINE_LENGTH ? line : `[${items.join(',\n ')}]`
}
