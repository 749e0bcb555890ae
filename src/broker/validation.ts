/**
 * What an administrator sets wrongly: policies and limits. RabbitMQ's checks of runtime parameters and their texts, which
 * its management API gives as the reason of a 400. Not AMQP errors: no peer sets these.
 */
import { erlangJson } from '../amqp/erlang-text'

export class ValidationFailed extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`Validation failed\n\n${problems.map(problem => `${problem}\n`).join('')}`)
  }

  override get name(): string {
    return 'ValidationFailed'
  }
}

/** A parameter that is not set or cleared this way; the message is RabbitMQ's reason of a 400. */
export class ParameterRefused extends Error {
  override get name(): string {
    return 'ParameterRefused'
  }
}

/** Returns what is wrong with a term of that name, if anything. */
export type TermCheck = (name: string, value: unknown) => string | undefined

export function number(name: string, value: unknown): string | undefined {
  return Number.isFinite(value) ? undefined : notANumber(name, value)
}

export function integer(name: string, value: unknown): string | undefined {
  return Number.isSafeInteger(value) ? undefined : notANumber(name, value)
}

/**
 * Checks the terms of a parameter. Undefined counts as not there. RabbitMQ names the last first.
 * @throws ValidationFailed with all that is wrong
 */
export function checkTerms(
  parameter: string,
  terms: Readonly<Record<string, unknown>>,
  checks: readonly (readonly [term: string, check: TermCheck, isMandatory: boolean])[],
): void {
  const problems: string[] = []
  for (const [term, check, isMandatory] of checks) {
    const value = terms[term]
    const problem = value === undefined ? missing(parameter, term, isMandatory) : check(term, value)
    if (problem !== undefined) problems.unshift(problem)
  }
  const unknown = Object.keys(terms).filter(term => !checks.some(([known]) => known === term))
  if (unknown.length > 0)
    problems.unshift(`Unrecognised terms ${erlangProplist(terms, unknown)} in ${parameter}`)
  if (problems.length > 0) throw new ValidationFailed(problems)
}

/** `[{<<"key">>,1}]`: these keys of an object, as Erlang's property list. */
export function erlangProplist(terms: Readonly<Record<string, unknown>>, keys: readonly string[]): string {
  return `[${keys.map(key => `{${erlangJson(key)},${erlangJson(terms[key])}}`).join(',')}]`
}

function missing(parameter: string, term: string, isMandatory: boolean): string | undefined {
  return isMandatory ? `Key "${term}" not found in ${parameter}` : undefined
}

function notANumber(name: string, value: unknown): string {
  return `${name} should be a number, actually was ${erlangJson(value)}`
}
