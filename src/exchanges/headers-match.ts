/**
 * The condition that the arguments of a headers binding put on a message's headers, compiled once when it is bound.
 *
 *     x-match      true if …                          arguments that are no conditions
 *     all          all conditions hold (none: true)    every x-…
 *     any          one of them does (none: false)      every x-…
 *     all-with-x   as all                              x-match
 *     any-with-x   as any                              x-match
 *
 * A Void value asks for the header's presence only, any other for an equal value. Equal is as in RabbitMQ 4: integers
 * by value whatever their width, text and bytes alike, floats apart from integers (3.x: 1.0 equals 1). Timestamps are
 * integers as in 3.x; RabbitMQ 4 compares seconds with milliseconds, so that one never equals itself.
 */
import { PreconditionFailed } from '../amqp/errors'
import { erlangTerm, type FieldTable, type FieldValue, sameValue, typeName } from '../amqp/table'

/** One header and the value it must have. */
interface HeaderTest {
  readonly header: string
  readonly value: FieldValue
}

/** The condition of one binding. */
export class HeadersCondition {
  private readonly tests: readonly HeaderTest[]
  private readonly oneIsEnough: boolean

  constructor(tests: readonly HeaderTest[], oneIsEnough: boolean) {
    this.tests = tests
    this.oneIsEnough = oneIsEnough
  }

  holds(headers: FieldTable | undefined): boolean {
    // any: the first test that passes decides; all: the first that fails
    for (const test of this.tests) if (passes(test, headers) === this.oneIsEnough) return this.oneIsEnough
    return !this.oneIsEnough
  }
}

/** @throws PreconditionFailed if x-match is none of the four modes */
export function compileCondition(args: FieldTable): HeadersCondition {
  const mode = xMatch(args)
  const withX = mode.endsWith('-with-x')
  const tests: HeaderTest[] = []
  for (const [header, value] of args) {
    if (header === 'x-match' || (!withX && header.startsWith('x-'))) continue
    tests.push({ header, value })
  }
  return new HeadersCondition(tests, mode.startsWith('any'))
}

/** all, where it is missing: the specification does not say, RabbitMQ does. */
function xMatch(args: FieldTable): string {
  const field = args.get('x-match')
  if (field === undefined) return 'all'
  if (field.type !== 'S') {
    throw new PreconditionFailed(
      `Invalid x-match field type ${typeName(field)} (value ${erlangTerm(field)}); expected longstr`,
    )
  }
  const mode = field.value.toString()
  if (X_MATCH_MODES.includes(mode)) return mode
  throw new PreconditionFailed(
    `Invalid x-match field value ${erlangTerm(field)}; expected all, any, all-with-x, or any-with-x`,
  )
}

const X_MATCH_MODES: readonly string[] = ['all', 'any', 'all-with-x', 'any-with-x']

function passes(test: HeaderTest, headers: FieldTable | undefined): boolean {
  const actual = headers?.get(test.header)
  if (actual === undefined) return false
  return test.value.type === 'V' || equal(test.value, actual)
}

/** Erlang's `=:=` of the two terms, which have no type but within arrays and tables. Not as declared arguments compare. */
function equal(a: FieldValue, b: FieldValue): boolean {
  if (isInteger(a) && isInteger(b)) return a.value === b.value
  if (isFloat(a) && isFloat(b)) return a.value === b.value
  if (isBytes(a) && isBytes(b)) return a.value.equals(b.value)
  return sameValue(a, b)
}

function isInteger(field: FieldValue): field is FieldValue & { value: number | bigint } {
  return 'bBsuIilLT'.includes(field.type)
}

function isFloat(field: FieldValue): field is FieldValue & { type: 'f' | 'd' } {
  return field.type === 'f' || field.type === 'd'
}

function isBytes(field: FieldValue): field is FieldValue & { type: 'S' | 'x' } {
  return field.type === 'S' || field.type === 'x'
}
