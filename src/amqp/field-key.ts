/**
 * A field's value as a short text: the same for two values exactly when RabbitMQ takes them for the same. Whole numbers of
 * any width are alike, texts and bytes are alike; 1 is neither 1.0 nor "1".
 */
import { createHash } from 'node:crypto'
import type { FieldValue } from './field-value'

/** Longer texts are told apart by their SHA-256: whoever keeps keys knows how long they are at most. */
const TEXT_BYTES_MAX = 64

/** Undefined: tables, arrays and decimals are no keys. */
export function fieldKey(field: FieldValue): string | undefined {
  switch (field.type) {
    case 'S':
    case 'x':
      return field.value.length <= TEXT_BYTES_MAX
        ? `s${field.value.toString('latin1')}`
        : `h${createHash('sha256').update(field.value).digest('base64')}`
    case 'f':
    case 'd':
      return `f${field.value}`
    case 't':
      return `t${field.value}`
    case 'V':
      return 'v'
    case 'F':
    case 'A':
    case 'D':
      return undefined
    default:
      return `i${field.value}`
  }
}
