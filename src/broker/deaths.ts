/**
 * The history a dead letter carries: `x-death`, newest event first, one for each queue and reason, and the first and last
 * of them in headers of their own. Shapes and order of fields are RabbitMQ's (mc_amqpl.erl). Pure.
 */
import type { FieldTable, FieldValue } from '../amqp/table'
import type { DeathReason } from '../queues/dead-letter'

export interface Death {
  readonly queue: string
  readonly reason: DeathReason
  /** Where it was published to. */
  readonly exchange: string
  /** Its own and those of CC. */
  readonly routingKeys: readonly string[]
  /** Seconds since 1970. */
  readonly time: number
  /** The expiration it had, which it loses. */
  readonly expiration: string | undefined
}

const X_DEATH = 'x-death'

/** The headers with one death more. `before`: the history is Leveret's own; otherwise it is not looked at. */
export function withDeath(headers: FieldTable | undefined, death: Death, before: boolean): FieldTable {
  const result = new Map(headers)
  const earlier = before ? eventsIn(result) : []
  const known = earlier.find(event => isOf(event, death.queue, death.reason))
  const event = known === undefined ? eventOf(death) : withCount(known, countOf(known) + 1)
  const events = [event, ...earlier.filter(other => other !== known)]
  result.set(X_DEATH, { type: 'A', value: events.map(value => ({ type: 'F', value })) })
  for (const [key, value] of Object.entries({
    reason: death.reason,
    queue: death.queue,
    exchange: death.exchange,
  })) {
    if (!before || !result.has(`x-first-death-${key}`)) result.set(`x-first-death-${key}`, text(value))
    result.set(`x-last-death-${key}`, text(value))
  }
  return result
}

/**
 * Whether a dead letter that reaches this queue would go round for ever: it died there before, and nobody rejected it
 * since. `headers`: with its latest death.
 */
export function isCycle(headers: FieldTable, queue: string): boolean {
  for (const event of eventsIn(headers)) {
    if (textIn(event, 'reason') === 'rejected') return false
    if (textIn(event, 'queue') === queue) return true
  }
  return false
}

/** Where a message died first. */
export interface FirstDeath {
  readonly queue: string
  /** Where it had been published to. */
  readonly exchange: string
  /** Its own, then those of CC; none: nobody noted them. */
  readonly routingKeys: readonly string[]
}

/** Undefined: nothing is said of any death. */
export function firstDeath(headers: FieldTable | undefined): FirstDeath | undefined {
  if (headers === undefined) return undefined
  const events = eventsIn(headers)
  const oldest = events.at(-1)
  const queue = textIn(headers, 'x-first-death-queue') ?? (oldest && textIn(oldest, 'queue'))
  if (queue === undefined) return undefined
  const reason = textIn(headers, 'x-first-death-reason')
  // The one that came again is the newest event, whenever it came first.
  const known = events.filter(event => textIn(event, 'queue') === queue)
  const event = known.find(other => textIn(other, 'reason') === reason) ?? known.at(-1)
  const exchange = (event && textIn(event, 'exchange')) ?? textIn(headers, 'x-first-death-exchange') ?? ''
  return { queue, exchange, routingKeys: event === undefined ? [] : textsIn(event, 'routing-keys') }
}

function eventsIn(headers: FieldTable): readonly FieldTable[] {
  const field = headers.get(X_DEATH)
  if (field?.type !== 'A') return []
  return field.value.flatMap(event => (event.type === 'F' ? [event.value] : []))
}

function isOf(event: FieldTable, queue: string, reason: string): boolean {
  return textIn(event, 'queue') === queue && textIn(event, 'reason') === reason
}

function eventOf({ queue, reason, exchange, routingKeys, time, expiration }: Death): FieldTable {
  const fields: [string, FieldValue][] = [
    ['count', { type: 'l', value: 1 }],
    ['reason', text(reason)],
    ['queue', text(queue)],
    ['time', { type: 'T', value: time }],
    ['exchange', text(exchange)],
    ['routing-keys', { type: 'A', value: routingKeys.map(text) }],
  ]
  if (expiration !== undefined) fields.unshift(['original-expiration', text(expiration)])
  return new Map(fields)
}

function withCount(event: FieldTable, count: number): FieldTable {
  // A key that is there already keeps its place.
  return new Map(event).set('count', { type: 'l', value: count })
}

function countOf(event: FieldTable): number {
  const count = event.get('count')
  return count?.type === 'l' || count?.type === 'I' ? Number(count.value) : 0
}

function textIn(event: FieldTable, key: string): string | undefined {
  const value = event.get(key)
  return value?.type === 'S' ? value.value.toString() : undefined
}

function textsIn(event: FieldTable, key: string): readonly string[] {
  const value = event.get(key)
  if (value?.type !== 'A') return []
  return value.value.flatMap(each => (each.type === 'S' ? [each.value.toString()] : []))
}

function text(value: string): FieldValue {
  return { type: 'S', value: Buffer.from(value) }
}
