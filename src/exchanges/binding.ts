/**
 * One binding: from an exchange to a queue or another exchange, under a routing key, with arguments. Immutable.
 *
 * Invariant: two bindings are the same exactly when source, destination (kind and name), routing key and arguments
 * (keys in any order, values of the same type) are; `identity` is equal exactly then.
 */
import { createHash } from 'node:crypto'
import type { FieldTable, FieldValue } from '../amqp/table'
import type { Destination } from './destination'

export class Binding {
  /** Name of the exchange whose binding it is. */
  readonly source: string
  readonly destination: Destination
  readonly routingKey: string
  readonly arguments: FieldTable
  readonly identity: string

  constructor(source: string, destination: Destination, routingKey: string, args: FieldTable) {
    this.source = source
    this.destination = destination
    this.routingKey = routingKey
    this.arguments = args
    this.identity =
      spelled(source) +
      destination.kind +
      spelled(destination.name) +
      spelled(routingKey) +
      spelledTable(args)
  }

  /**
   * Tells the bindings between one exchange and one destination apart in the management API. RabbitMQ: `~` for no key
   * and no arguments, the quoted key without arguments, else `key~hash`. The hash is opaque to clients, who only hand
   * it back; RabbitMQ's is Erlang's phash2 of the arguments, ours is our own.
   */
  get propertiesKey(): string {
    if (this.arguments.size === 0) return this.routingKey === '' ? '~' : quoted(this.routingKey)
    const hash = createHash('sha256')
      .update(spelledTable(this.arguments))
      .digest('base64url')
      .slice(0, HASH_CHARACTERS)
    return `${quoted(this.routingKey)}~${hash}`
  }
}

/** 48 bits: enough for the bindings of one exchange to one destination under one key. */
const HASH_CHARACTERS = 8

/** With its length in front, so that no text can run into the next one. */
function spelled(text: string): string {
  return `${text.length}:${text}`
}

function spelledTable(table: FieldTable): string {
  if (table.size === 0) return ''
  const keys = [...table.keys()].sort()
  return `{${keys.map(key => spelled(key) + spelledValue(table.get(key))).join('')}}`
}

function spelledValue(field: FieldValue | undefined): string {
  if (field === undefined) return ''
  switch (field.type) {
    case 'V':
      return field.type
    case 'S':
    case 'x':
      return field.type + spelled(field.value.toString('latin1'))
    case 'F':
      return field.type + spelled(spelledTable(field.value))
    case 'A':
      return `A[${field.value.map(spelledValue).join('')}]`
    case 'D':
      return `D${field.scale}:${field.value};`
    case 'L': // the same type as l, in another client's letter
      return `l${field.value};`
    default:
      return `${field.type}${field.value};`
  }
}

/** As RabbitMQ's management plugin quotes: form encoding, where only letters, digits and `._-` stand for themselves. */
function quoted(routingKey: string): string {
  return encodeURIComponent(routingKey)
    .replace(/[!'()*~]/g, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}
