/** The records of a definitions file, read without believing them, and what the import says where they are wrong. */
import { AmqpError } from '../../amqp/errors'
import { tableFromJson, wellFormed } from '../../amqp/json-table'
import { replyCodeName } from '../../amqp/reply-codes'
import type { FieldTable } from '../../amqp/table'
import { InvalidPattern } from '../../auth/pattern'
import { SettingRefused } from '../setting-refused'
import { ParameterRefused, ValidationFailed } from '../validation'
import type { Definitions } from './definitions'

export type DefinitionRecord = Readonly<Record<string, unknown>>

export type Category =
  | 'users'
  | 'vhosts'
  | 'permissions'
  | 'topic_permissions'
  | 'parameters'
  | 'global_parameters'
  | 'policies'
  | 'queues'
  | 'exchanges'
  | 'bindings'

/** Not an AMQP error: no peer imports. `reason` is RabbitMQ's, of its management API's 400; the message is for people. */
export class DefinitionsRefused extends Error {
  override readonly name = 'DefinitionsRefused'

  constructor(readonly reason: unknown) {
    super(typeof reason === 'string' ? reason : JSON.stringify(reason))
  }
}

const NAME_BYTES_MAX = 255

/** RabbitMQ passes over what is no object. @throws DefinitionsRefused */
export function recordsOf(definitions: Definitions, category: Category): DefinitionRecord[] {
  const records = definitions[category]
  if (records === undefined || records === null) return []
  if (!Array.isArray(records)) throw new DefinitionsRefused(`${category} is an array of objects`)
  return records.filter(record => typeof record === 'object' && record !== null && !Array.isArray(record))
}

/** @throws DefinitionsRefused */
export function textOf(record: DefinitionRecord, key: string): string {
  const text = record[key]
  if (typeof text !== 'string') throw new DefinitionsRefused(['badkey', key])
  return wellFormed(text)
}

/** The name of a queue or exchange, or a routing key: what AMQP's short strings hold. @throws DefinitionsRefused */
export function shortTextOf(record: DefinitionRecord, key: string): string {
  const text = textOf(record, key)
  const bytes = Buffer.byteLength(text)
  if (bytes <= NAME_BYTES_MAX) return text
  throw new DefinitionsRefused(`${key} should be less than 255 bytes, actually was ${bytes}`)
}

/** @throws DefinitionsRefused */
export function booleanOf(record: DefinitionRecord, key: string, otherwise?: boolean): boolean {
  const value = record[key] ?? otherwise
  if (typeof value === 'boolean') return value
  throw new DefinitionsRefused(`${key} of '${String(record['name'])}' should be a boolean`)
}

/** Clients in some languages have but one empty value for lists and objects. @throws DefinitionsRefused */
export function tableOf(record: DefinitionRecord, key: string): FieldTable {
  const value = record[key] ?? {}
  if (Array.isArray(value) && value.length === 0) return new Map()
  if (typeof value !== 'object' || Array.isArray(value))
    throw new DefinitionsRefused(`${key} of '${String(record['name'])}' should be an object`)
  return tableFromJson(value as DefinitionRecord)
}

/** What the domain threw, in the words of RabbitMQ's import. `where` ends the texts of parameters and policies. */
export function refusalOf(error: unknown, where = ''): unknown {
  if (error instanceof ValidationFailed || error instanceof ParameterRefused)
    return new DefinitionsRefused(`${error.message}${where}`)
  if (error instanceof InvalidPattern)
    return new DefinitionsRefused(['invalid_regexp', error.pattern, error.reason])
  if (error instanceof SettingRefused) return new DefinitionsRefused(error.told)
  if (error instanceof AmqpError)
    return new DefinitionsRefused(`${replyCodeName(error.replyCode).toLowerCase()}: ${error.message}`)
  return error
}
