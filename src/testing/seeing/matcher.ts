/** Which messages a test means. */
import { isDeepStrictEqual } from 'node:util'
import type { PublishedMessage } from './published-message'
import type { SeenMessage, SeenProperties } from './seen-message'

export interface MessagePattern {
  readonly exchange?: string
  readonly routingKey?: string | RegExp
  /** It was routed to this queue, or came into it later. */
  readonly queue?: string
  readonly text?: string | RegExp
  /** The body is JSON with all of this in it; arrays and what is no object must be the same. */
  readonly json?: unknown
  /** These headers are among its headers. */
  readonly headers?: Readonly<Record<string, unknown>>
  readonly properties?: SeenProperties
}

/** A message is meant when it has all that the pattern says, or when the function says so. */
export type MessageMatcher = MessagePattern | ((message: PublishedMessage) => boolean)

export function matches(message: PublishedMessage, matcher: MessageMatcher): boolean {
  if (typeof matcher === 'function') return matcher(message)
  const { queue } = matcher
  const { awaited, queues } = message.journey
  return (queue === undefined || awaited.has(queue) || queues.includes(queue)) && isMeant(message, matcher)
}

/** Wherever it is. */
export function isMeant(message: SeenMessage, pattern: MessagePattern): boolean {
  const { exchange, routingKey, text, json, headers, properties } = pattern
  return (
    (exchange === undefined || message.exchange === exchange) &&
    (routingKey === undefined || isText(message.routingKey, routingKey)) &&
    (text === undefined || isText(message.text, text)) &&
    (json === undefined || contains(jsonOf(message), json)) &&
    contains(message.headers, headers ?? {}) &&
    contains(message.properties, properties ?? {})
  )
}

/** For the sentence "no message … was published". */
export function describeMatcher(matcher: MessageMatcher): string {
  if (typeof matcher === 'function') return 'that the function takes'
  const shown = (_: string, value: unknown) => (value instanceof RegExp ? String(value) : value)
  return `with ${JSON.stringify(matcher, shown)}`
}

function isText(text: string, expected: string | RegExp): boolean {
  return typeof expected === 'string' ? text === expected : text.search(expected) >= 0
}

function jsonOf(message: SeenMessage): unknown {
  try {
    return message.json
  } catch {
    return undefined
  }
}

function contains(actual: unknown, expected: unknown): boolean {
  if (!isPlainObject(expected)) return isDeepStrictEqual(actual, expected)
  if (!isPlainObject(actual)) return false
  return Object.entries(expected).every(([key, value]) => contains(actual[key], value))
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value)
}
