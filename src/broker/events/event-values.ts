/** Values of event headers as RabbitMQ's event exchange has them: longs, texts, and Erlang terms in print. */
import { erlangBinary } from '../../amqp/erlang-text'
import { erlangTerm, type FieldTable, type FieldValue, type PlainTable, typeName } from '../../amqp/table'

export type Headers = readonly (readonly [name: string, value: FieldValue])[]

export function texts(values: PlainTable & Readonly<Record<string, string>>): Headers {
  return Object.entries(values).map(([name, value]) => [name, text(value)])
}

export function text(value: string): { readonly type: 'S'; readonly value: Buffer } {
  return { type: 'S', value: Buffer.from(value) }
}

export function flag(value: boolean): FieldValue {
  return { type: 't', value }
}

/** RabbitMQ: every whole number is a long here. */
export function whole(value: number): FieldValue {
  return { type: 'l', value }
}

export function table(value: FieldTable): FieldValue {
  return { type: 'F', value }
}

/**
 * RabbitMQ prints each argument as the Erlang term it is to it. What a peer sent may be several times as long when it is
 * printed, and must still fit the header frame of whoever watches: from some length on there are dots.
 */
export function terms(args: FieldTable): FieldValue {
  const value: FieldValue[] = []
  let room = PRINTED_BYTES_MAX
  for (const [key, field] of args) {
    const term = text(`{${erlangBinary(Buffer.from(key))},${typeName(field)},${erlangTerm(field)}}`)
    room -= term.value.length + LONG_STRING_OVERHEAD
    if (room < 0) return { type: 'A', value: [...value, text('...')] }
    value.push(term)
  }
  return { type: 'A', value }
}

const PRINTED_BYTES_MAX = 64 * 1024
/** amqp: type and length. */
const LONG_STRING_OVERHEAD = 5

/** RabbitMQ: a text that is a list to Erlang becomes the array of its characters' codes. */
export function codes(reason: string): FieldValue {
  return { type: 'A', value: [...reason].map(character => whole(character.codePointAt(0) ?? 0)) }
}

/** `{127,0,0,1}`, `{0,0,0,0,0,0,0,1}`; a name stays a name. */
export function erlangAddress(address: string): string {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(address)) return `{${address.replaceAll('.', ',')}}`
  const mapped = /^::ffff:(\d+)\.(\d+)\.(\d+)\.(\d+)$/i.exec(address)
  if (mapped !== null) {
    const [a = 0, b = 0, c = 0, d = 0] = mapped.slice(1).map(Number)
    return `{0,0,0,0,0,65535,${a * 256 + b},${c * 256 + d}}`
  }
  if (!address.includes(':')) return address
  const [left = '', right] = address.split('::')
  const head = left === '' ? [] : left.split(':')
  const tail = right === undefined || right === '' ? [] : right.split(':')
  const zeros = new Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0')
  return `{${[...head, ...zeros, ...tail].map(part => Number.parseInt(part, 16)).join(',')}}`
}
