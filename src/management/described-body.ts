/** The form of a body for the API's page only: its fields in words. Nothing is refused by it (`bodies.ts` does that). */
import { type TObject, Type } from '@sinclair/typebox'

export function describedBody(fields: Readonly<Record<string, string>>, example: object): TObject {
  const properties = Object.entries(fields).map(([name, description]) => [
    name,
    Type.Optional(Type.Unknown({ description })),
  ])
  return Type.Object(Object.fromEntries(properties), { examples: [example] })
}
