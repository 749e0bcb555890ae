/**
 * AMQP field tables as the broker handles them: made from and turned into plain objects, compared, and shown in
 * RabbitMQ's error texts. Knows no meaning of any key. Types and codec, in files below it, are part of what it offers.
 */
import { erlangBinary, erlangFloat } from './erlang-text'
import { type FieldTable, type FieldValue, typeName } from './field-value'

export type { FieldTable, FieldValue } from './field-value'
export { integerOf, typeName } from './field-value'
export { readTable, writeTable } from './table-codec'

/** A plain value that `fieldTable` understands. Dates keep whole seconds. */
export type Plain = boolean | number | bigint | string | null | Buffer | Date | readonly Plain[] | PlainTable
export interface PlainTable {
  readonly [key: string]: Plain | undefined
}

/** A table of the types clients commonly use: text S, whole numbers I or l, others d. Undefined is left out. */
export function fieldTable(plain: PlainTable): FieldTable {
  const table = new Map<string, FieldValue>()
  for (const [key, value] of Object.entries(plain)) if (value !== undefined) table.set(key, fieldValue(value))
  return table
}

export function fieldValue(plain: Plain): FieldValue {
  if (plain === null) return { type: 'V' }
  if (typeof plain === 'boolean') return { type: 't', value: plain }
  if (typeof plain === 'string') return { type: 'S', value: Buffer.from(plain) }
  if (typeof plain === 'bigint') return { type: 'l', value: plain }
  if (typeof plain === 'number') return numberValue(plain)
  if (Buffer.isBuffer(plain)) return { type: 'x', value: plain }
  if (plain instanceof Date) return { type: 'T', value: Math.floor(plain.getTime() / 1000) }
  if (isList(plain)) return { type: 'A', value: plain.map(fieldValue) }
  return { type: 'F', value: fieldTable(plain) }
}

function numberValue(value: number): FieldValue {
  if ((value | 0) === value) return { type: 'I', value: value | 0 } // -0 is 0
  return { type: Number.isSafeInteger(value) ? 'l' : 'd', value }
}

/** `Array.isArray` does not see through readonly arrays. */
function isList(plain: readonly Plain[] | PlainTable): plain is readonly Plain[] {
  return Array.isArray(plain)
}

/** The table as a plain object, without a prototype: keys are the peer's. Text S, bytes x and time T as `fieldTable`. */
export function toPlain(table: FieldTable): PlainTable {
  const plain: Record<string, Plain> = Object.create(null)
  for (const [key, value] of table) plain[key] = plainValue(value)
  return plain
}

export function plainValue(field: FieldValue): Plain {
  switch (field.type) {
    case 'S':
      return field.value.toString()
    case 'D':
      return field.value / 10 ** field.scale
    case 'T':
      return new Date(Number(field.value) * 1000)
    case 'F':
      return toPlain(field.value)
    case 'A':
      return field.value.map(plainValue)
    case 'V':
      return null
    default:
      return field.value
  }
}

/** Same type (by name: l is L) and same value. The order of a table's keys does not matter. */
export function sameValue(a: FieldValue, b: FieldValue): boolean {
  return typeName(a) === typeName(b) && equivalentValue(a, b)
}

/**
 * RabbitMQ's equality of declared arguments and of headers: integers of any width are alike, so are float and double;
 * otherwise the type counts (`rabbit_misc:type_class`). Within tables and arrays types must be the same.
 */
export function equivalentValue(a: FieldValue, b: FieldValue): boolean {
  if (typeClass(a) !== typeClass(b)) return false
  // The classes being equal, so are the types, but for the numbers.
  switch (a.type) {
    case 'V':
      return true
    case 'D':
      return b.type === 'D' && a.scale === b.scale && a.value === b.value
    case 'S':
    case 'x':
      return b.type === a.type && a.value.equals(b.value)
    case 'F':
      return b.type === 'F' && sameTable(a.value, b.value)
    case 'A':
      return b.type === 'A' && sameArray(a.value, b.value)
    default:
      return b.type !== 'V' && b.type !== 'D' && a.value === b.value
  }
}

export function sameTable(a: FieldTable, b: FieldTable): boolean {
  if (a.size !== b.size) return false
  for (const [key, value] of a) {
    const other = b.get(key)
    if (other === undefined || !sameValue(value, other)) return false
  }
  return true
}

function sameArray(a: readonly FieldValue[], b: readonly FieldValue[]): boolean {
  return a.length === b.length && a.every((value, index) => sameValue(value, b[index] as FieldValue))
}

function typeClass(field: FieldValue): string {
  const name = typeName(field)
  if (name === 'double') return 'float'
  return 'bBsuIilLD'.includes(field.type) ? 'int' : name
}

/**
 * An argument as RabbitMQ's `inequivalent arg` texts show it when both sides have one: `'60000'`, `'true'`, `'text'`.
 * Where only one side has it, write `the value ${describeValue(v)} of type '${typeName(v)}'` against `none`.
 */
export function describeValue(field: FieldValue): string {
  if (field.type === 'S' || field.type === 'x') return `'${field.value.toString()}'`
  return `'${erlangTerm(field)}'`
}

/** The value as Erlang prints it (`~p`), on one line: `[{<<"key">>,longstr,<<"text">>}]`. */
export function erlangTerm(field: FieldValue): string {
  switch (field.type) {
    case 'S':
    case 'x':
      return erlangBinary(field.value)
    case 'f':
    case 'd':
      return erlangFloat(field.value)
    case 'D':
      return `{${field.scale},${field.value}}`
    case 'F': {
      const entries = [...field.value].map(
        ([key, value]) => `{${erlangBinary(Buffer.from(key))},${typeName(value)},${erlangTerm(value)}}`,
      )
      return `[${entries.join(',')}]`
    }
    case 'A':
      return `[${field.value.map(value => `{${typeName(value)},${erlangTerm(value)}}`).join(',')}]`
    case 'V':
      return 'undefined'
    default:
      return String(field.value)
  }
}
