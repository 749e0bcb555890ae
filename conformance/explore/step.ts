/**
 * A program is a list of steps, each a method on a channel of a connection. They say all there is to say, so that a
 * program without some of its steps is a program too.
 *
 * What a server chooses is written by the step that made it choose: `$17` in a text is the name of the queue, or the
 * consumer tag, that step 17 was given. A delivery tag of -1 is the first that is not settled yet, -2 the second.
 */
import type { MethodFields, MethodName, Properties } from '../support/methods'

export type Step = MethodStep | PolicyStep

/** It also opens the connection and the channel it needs, unless it is about exactly that. */
export type MethodStep = { [M in MethodName]: Said<M> }[MethodName]

/** Through the management API. */
export interface PolicyStep {
  readonly id: number
  readonly connection: number
  readonly channel: number
  readonly method: 'policy.set' | 'policy.clear'
  readonly fields: {
    readonly kind: 'policies' | 'operator-policies'
    readonly name: string
    readonly policy?: Readonly<Record<string, unknown>>
  }
  readonly content?: never
  readonly isBare?: never
}

export function isPolicyStep(step: Step): step is PolicyStep {
  return step.method === 'policy.set' || step.method === 'policy.clear'
}

interface Said<M extends MethodName> {
  readonly id: number
  readonly connection: number
  readonly channel: number
  readonly method: M
  readonly fields: Partial<MethodFields[M]>
  /** Of a basic.publish, which is sent so many times. */
  readonly content?: {
    readonly properties: Properties
    readonly body: string
    readonly repeat?: number
    readonly copies?: number
  }
  /** The channel is not opened for it. */
  readonly isBare?: boolean
}

export interface Program {
  readonly seed: string
  readonly steps: readonly Step[]
}

/** One line, to be read by people. */
export function describeStep({ id, connection, channel, method, fields, content, isBare }: Step): string {
  const where = `${String(id).padStart(3)}  ${connection}/${channel}${isBare ? '!' : ''}`
  const said = Object.entries(fields as object)
    .filter(([, value]) => value !== '' && value !== false && !isEmpty(value))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  const carried = content === undefined ? [] : [JSON.stringify(content)]
  return [where, method, ...said, ...carried].join(' ')
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

/** The bytes of a body: its text, with its number if there are several, or that over and over. */
export function bodyOf({ body, repeat = 1 }: NonNullable<Step['content']>, copy: number): Buffer {
  return Buffer.from((copy === 0 ? body : `${body}${copy}.`).repeat(repeat))
}
