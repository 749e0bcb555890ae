/** Values from the command line: `name=value` pairs for arguments, headers and definitions, and numbers within limits. */
import { InvalidArgumentError } from 'commander'
import { isObject, type Json, type JsonObject } from './json'

/**
 * `x-max-length=10` is a number, `x-dead-letter-exchange=dlx` a text: what is JSON is taken as JSON, the rest as text.
 * `key='"10"'` is the text 10. Made for commander: gathers what is given more than once.
 */
export function pair(text: string, gathered: JsonObject = {}): JsonObject {
  const equals = text.indexOf('=')
  if (equals < 1) throw new InvalidArgumentError('It must be name=value.')
  return { ...gathered, [text.slice(0, equals)]: jsonOrText(text.slice(equals + 1)) }
}

/** `{"x-max-length": 10}`, or pairs. */
export function pairsOrObject(given: readonly string[]): JsonObject {
  if (given.length === 1 && given[0]?.trimStart().startsWith('{')) return jsonObject(given[0])
  return given.reduce((all, text) => pair(text, all), {})
}

export function jsonObject(text: string): JsonObject {
  const parsed = jsonOrText(text)
  if (isObject(parsed)) return parsed
  throw new InvalidArgumentError('It must be a JSON object.')
}

export function jsonOrText(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}

export function whole(min: number, max: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (/^-?\d+$/.test(text) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
  }
}

export function seconds(min: number, max: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (/^\d+(\.\d+)?$/.test(text) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`It must be a number of seconds from ${min} to ${max}.`)
  }
}

/** Deep, and without regard to the order of fields: the way arguments of a binding are compared. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (isObject(a) && isObject(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)])
    return [...keys].every(key => sameJson(a[key], b[key]))
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, at) => sameJson(value as Json, b[at] as Json))
  }
  return a === b
}

/** `3,7,12` */
export function positions(text: string): readonly number[] {
  if (/^\d+(,\d+)*$/.test(text)) return text.split(',').map(Number)
  throw new InvalidArgumentError('It must be whole numbers with commas between them.')
}
