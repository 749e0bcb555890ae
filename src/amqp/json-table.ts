/**
 * Field tables as JSON, the way RabbitMQ's definitions have them: whole numbers are long, others double, texts longstr.
 * What JSON cannot tell apart comes back as another type; RabbitMQ compares arguments by such classes, too.
 */
import { isUtf8 } from 'node:buffer'
import type { FieldTable, FieldValue } from './table'

export function tableFromJson(json: Readonly<Record<string, unknown>>): FieldTable {
  return new Map(Object.entries(json).map(([key, value]) => [wellFormed(key), valueFromJson(value)]))
}

/** Half a character (`\ud800` alone) UTF-8 does not have: U+FFFD instead, at once, and not only where it is sent or kept. */
export function wellFormed(text: string): string {
  return Buffer.from(text).toString()
}

function valueFromJson(json: unknown): FieldValue {
  switch (typeof json) {
    case 'string':
      return { type: 'S', value: Buffer.from(json) }
    case 'boolean':
      return { type: 't', value: json }
    case 'number':
      return { type: Number.isSafeInteger(json) ? 'l' : 'd', value: json }
  }
  if (json === null || json === undefined) return { type: 'V' }
  if (Array.isArray(json)) return { type: 'A', value: json.map(valueFromJson) }
  return { type: 'F', value: tableFromJson(json as Readonly<Record<string, unknown>>) }
}

/**
 * Without a prototype: keys are the peer's. Whole numbers beyond 2^53 are bigints: whoever writes the JSON must write their
 * digits.
 */
export function tableAsJson(table: FieldTable): Record<string, unknown> {
  const json: Record<string, unknown> = Object.create(null)
  for (const [key, value] of table) json[key] = valueAsJson(value)
  return json
}

function valueAsJson(field: FieldValue): unknown {
  switch (field.type) {
    case 'S':
    case 'x':
      return safeText(field.value)
    case 'D':
      return field.value / 10 ** field.scale
    case 'F':
      return tableAsJson(field.value)
    case 'A':
      return field.value.map(valueAsJson)
    case 'V':
      return null
    default:
      return field.value // times are whole seconds
  }
}

/** RabbitMQ's `utf8_safe`. */
function safeText(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString()
  const lines = bytes.toString('base64').match(/.{1,76}/g) ?? []
  return `Not UTF-8, base64 is: ${lines.join('\n')}`
}
