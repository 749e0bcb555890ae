/**
 * What came in a body, with RabbitMQ's two complaints about it: that it is no object, and which of the fields that must
 * be there are not. What the fields hold is checked where they are used, by the texts of whoever uses them.
 */
import { type TObject, Type } from '@sinclair/typebox'
import { badRequest } from './problems'

export type Terms = Readonly<Record<string, unknown>>

/** A body that is not there has no fields. @throws Problem 400 */
export function termsOf(body: unknown, ...required: readonly string[]): Terms {
  const terms = body ?? {}
  if (typeof terms !== 'object' || Array.isArray(terms)) throw badRequest('not_json')
  const missing = required.filter(name => !Object.hasOwn(terms, name))
  if (missing.length > 0) {
    throw badRequest(`[${missing.map(name => `{key_missing,${erlangAtom(name)}}`).join(',')}]`)
  }
  return terms as Terms
}

/** The form of a body for the API's page only: nothing is refused by it. */
export function describedBody(fields: Readonly<Record<string, string>>, example: object): TObject {
  const properties = Object.entries(fields).map(([name, description]) => [
    name,
    Type.Optional(Type.Unknown({ description })),
  ])
  return Type.Object(Object.fromEntries(properties), { examples: [example] })
}

function erlangAtom(name: string): string {
  return /^[a-z][a-zA-Z0-9_@]*$/.test(name) ? name : `'${name}'`
}
