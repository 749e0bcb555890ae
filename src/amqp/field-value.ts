/**
 * The values of field tables and arrays, each with the type it had on the wire. Types are kept apart even where
 * JavaScript would not: brokers compare, print and send them back by type.
 */

/** One value with the type letter it had on the wire (RabbitMQ's dialect of the field-type letters). */
export type FieldValue =
  | { readonly type: 't'; readonly value: boolean }
  | { readonly type: 'b' | 'B' | 's' | 'u' | 'I' | 'i'; readonly value: number }
  | { readonly type: 'l' | 'L' | 'T'; readonly value: number | bigint } // bigint only beyond 2^53
  | { readonly type: 'f' | 'd'; readonly value: number }
  | { readonly type: 'D'; readonly scale: number; readonly value: number }
  | { readonly type: 'S' | 'x'; readonly value: Buffer } // S is text by custom, bytes by right
  | { readonly type: 'F'; readonly value: FieldTable }
  | { readonly type: 'A'; readonly value: readonly FieldValue[] }
  | { readonly type: 'V' }

export type FieldTable = ReadonlyMap<string, FieldValue>

/** RabbitMQ's names of the types, which its error texts and its HTTP API show. */
const TYPE_NAMES = {
  t: 'bool',
  b: 'byte',
  B: 'unsignedbyte',
  s: 'short',
  u: 'unsignedshort',
  I: 'signedint',
  i: 'unsignedint',
  l: 'long',
  L: 'long',
  T: 'timestamp',
  f: 'float',
  d: 'double',
  D: 'decimal',
  S: 'longstr',
  x: 'binary',
  F: 'table',
  A: 'array',
  V: 'void',
} as const

export function typeName(field: FieldValue): string {
  return TYPE_NAMES[field.type]
}

/** A whole number of any width; undefined for everything else. */
export function integerOf(value: FieldValue): number | bigint | undefined {
  switch (value.type) {
    case 'b':
    case 'B':
    case 's':
    case 'u':
    case 'I':
    case 'i':
    case 'l':
    case 'L':
      return value.value
    default:
      return undefined
  }
}
