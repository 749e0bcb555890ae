/** Something that a client of a test broker did and should not have: who, what, where, and what became of the message. */
import type { Journey } from '../seeing/journey'
import type { StrictRuleName } from './rules'

/** What is known of a violation; what has no part in it is undefined. */
export interface ViolationFacts {
  readonly rule: StrictRuleName
  /** For people: one sentence without its subject. */
  readonly text: string
  readonly vhost: string
  readonly user?: string | undefined
  /** `127.0.0.1:53076 -> 127.0.0.1:5672`; undefined: the broker itself did it, or, where there is a user, a request to the HTTP API. */
  readonly connection?: string | undefined
  /** What the client calls itself, its property `connection_name`. */
  readonly clientName?: string | undefined
  readonly channel?: number | undefined
  readonly exchange?: string | undefined
  readonly queue?: string | undefined
  readonly consumerTag?: string | undefined
  readonly journey?: Journey | undefined
}

export class Violation {
  readonly rule: StrictRuleName
  readonly text: string
  readonly vhost: string
  readonly user: string | undefined
  readonly connection: string | undefined
  readonly clientName: string | undefined
  readonly channel: number | undefined
  readonly exchange: string | undefined
  readonly queue: string | undefined
  readonly consumerTag: string | undefined
  /** Of the message that it is about: as far as it has come by now. */
  readonly journey: Journey | undefined

  constructor(
    /** Milliseconds since 1970, in the broker's time. */
    readonly at: number,
    facts: ViolationFacts,
  ) {
    this.rule = facts.rule
    this.text = facts.text
    this.vhost = facts.vhost
    this.user = facts.user
    this.connection = facts.connection
    this.clientName = facts.clientName
    this.channel = facts.channel
    this.exchange = facts.exchange
    this.queue = facts.queue
    this.consumerTag = facts.consumerTag
    this.journey = facts.journey
  }

  /** `unroutable: shop channel 1 (guest) published …`, and the journey under it. */
  toString(): string {
    const channel = this.channel === undefined ? '' : ` channel ${this.channel}`
    const user = this.user === undefined ? '' : ` (${this.user})`
    const nobody = this.user === undefined ? 'the broker' : 'the HTTP API'
    const who = `${this.clientName ?? this.connection ?? nobody}${channel}${user}`
    const line = `${this.rule}: ${who} ${this.text}`
    if (this.journey === undefined) return line
    return [line, ...`${this.journey}`.split('\n').map(step => `  ${step}`)].join('\n')
  }
}

/** A violation is meant when it has all that the pattern says, or when the function says so. */
export type ViolationMatcher = ViolationPattern | ((violation: Violation) => boolean)

export interface ViolationPattern {
  readonly rule?: StrictRuleName
  readonly vhost?: string
  readonly user?: string
  readonly clientName?: string
  readonly channel?: number
  readonly exchange?: string
  readonly queue?: string
  readonly consumerTag?: string
  /** In its text. */
  readonly text?: string | RegExp
}

export function isMeantBy(violation: Violation, matcher: ViolationMatcher): boolean {
  if (typeof matcher === 'function') return matcher(violation)
  const { text, ...named } = matcher
  return (
    (text === undefined || isIn(violation.text, text)) &&
    Object.entries(named).every(
      ([key, value]) => value === undefined || violation[key as keyof typeof named] === value,
    )
  )
}

function isIn(whole: string, text: string | RegExp): boolean {
  return typeof text === 'string' ? whole.includes(text) : whole.search(text) >= 0
}
