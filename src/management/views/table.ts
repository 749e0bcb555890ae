/** Field tables as RabbitMQ's API shows them. */
import { isUtf8 } from 'node:buffer'
import type { FieldTable, FieldValue } from '../../amqp/table'

/** Without a prototype: keys are the peer's. Whole numbers beyond 2^53 are bigints (`json.ts` writes them). */
export function tableView(table: FieldTable): Record<string, unknown> {
  if (table.size === 0) return {}
  const view: Record<string, unknown> = Object.create(null)
  for (const [key, value] of table) view[key] = valueView(value)
  return view
}

function valueView(field: FieldValue): unknown {
  switch (field.type) {
    case 'S':
    case 'x':
      return textView(field.value)
    case 'D':
      return field.value / 10 ** field.scale
    case 'F':
      return tableView(field.value)
    case 'A':
      return field.value.map(valueView)
    case 'V':
      return null
    default:
      return field.value // times are whole seconds
  }
}

/** RabbitMQ's `utf8_safe`. */
function textView(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString()
  const lines = bytes.toString('base64').match(/.{1,76}/g) ?? []
  return `Not UTF-8, base64 is: ${lines.join('\n')}`
}
