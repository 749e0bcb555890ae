/**
 * Queries and bodies against the forms of their endpoints, read as they stand: compiling the forms of two hundred endpoints
 * would be a quarter of the work of the server's start. Texts in queries become the numbers and truth values they spell.
 */
import type { TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'

export interface Validated {
  readonly value: unknown
}

/** What makes it a 400, with the place that is wrong. */
export class InvalidInput extends Error {
  readonly statusCode = 400
}

/** As the HTTP framework wants it. `part`: of the request. */
export function validatorOf(
  schema: TSchema,
  part: string,
): (value: unknown) => Validated | { error: InvalidInput } {
  return given => {
    const value = Value.Default(schema, spelled(schema, given))
    if (Value.Check(schema, value)) return { value }
    const { path = '', message = 'is not as described' } = Value.Errors(schema, value).First() ?? {}
    return { error: new InvalidInput(`${part}${path}: ${message}`) }
  }
}

/** The fields of an object; what is in them is left as it is. */
function spelled({ properties }: TSchema, given: unknown): unknown {
  if (properties === undefined || typeof given !== 'object' || given === null) return given
  const fields: Record<string, unknown> = { ...given }
  for (const [name, { type }] of Object.entries(properties as Readonly<Record<string, TSchema>>)) {
    const text = fields[name]
    if (typeof text === 'string') fields[name] = spelledValue(text, type)
  }
  return fields
}

function spelledValue(text: string, type: unknown): unknown {
  if ((type === 'integer' || type === 'number') && /^-?\d+(?:\.\d+)?$/.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}
