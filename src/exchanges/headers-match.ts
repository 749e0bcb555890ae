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
import { listed, passedOver, quoted, taken, type Verdict } from './verdict'

/** One header and the value it must have. */
export interface HeaderTest {
  readonly header: string
  readonly value: FieldValue
}

/** The condition of one binding. */
export class HeadersCondition {
  constructor(
    readonly tests: readonly HeaderTest[],
    /** x-match is any. */
    readonly oneIsEnough: boolean,
    /** Whose condition it is: each of the tests is one of them. */
    private readonly args: FieldTable,
  ) {}

  holds(headers: FieldTable | undefined): boolean {
    // any: the first test that passes decides; all: the first that fails
    for (const test of this.tests) if (passes(test, headers) === this.oneIsEnough) return this.oneIsEnough
    return !this.oneIsEnough
  }

  /** Whether the test of a header, of which there is one, passes for its value. */
  accepts(header: string, actual: FieldValue): boolean {
    return accepts(this.args.get(header) as FieldValue, actual)
  }

  why(headers: FieldTable | undefined): Verdict {
    const { tests, oneIsEnough } = this
    if (tests.length === 0) {
      if (oneIsEnough) return passedOver('x-match is any, and there is no condition that could hold')
      return taken('x-match is all, and there is no condition that could fail')
    }
    const [held, failed]: [string[], string[]] = [[], []]
    for (const test of tests) {
      if (passes(test, headers)) held.push(heldText(test))
      else failed.push(failedText(test, headers))
    }
    if (oneIsEnough)
      return held.length > 0 ? taken(held[0]!) : passedOver(`no condition holds: ${listed(failed)}`)
    return failed.length > 0 ? passedOver(listed(failed)) : taken(listed(held))
  }
}

function heldText({ header, value }: HeaderTest): string {
  if (value.type === 'V') return `header ${quoted(header)} is there`
  return `header ${quoted(header)} is ${shown(value)}`
}

function failedText({ header, value }: HeaderTest, headers: FieldTable | undefined): string {
  const actual = headers?.get(header)
  if (actual === undefined) return `header ${quoted(header)} is missing`
  const isLookAlike = shown(actual) === shown(value)
  const types = isLookAlike ? ` (a ${typeName(actual)}, not a ${typeName(value)})` : ''
  return `header ${quoted(header)} is ${shown(actual)}, not ${shown(value)}${types}`
}

function shown(value: FieldValue): string {
  return quoted(value.type === 'S' || value.type === 'x' ? value.value.toString() : erlangTerm(value))
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
  return new HeadersCondition(tests, mode.startsWith('any'), args)
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
  return actual !== undefined && accepts(test.value, actual)
}

function accepts(value: FieldValue, actual: FieldValue): boolean {
  return value.type === 'V' || equal(value, actual)
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
