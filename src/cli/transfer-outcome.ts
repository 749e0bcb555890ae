/** What became of messages that were moved or redriven: how many went, how many stayed, and why. */
import { CommandError } from './exit-codes'
import { isObject, type Json, type JsonObject, numberField } from './json'
import { counted } from './quantities'

export interface Outcome {
  readonly moved: number
  readonly left: number
  readonly reasons: JsonObject
}

export const nothingMoved: Outcome = { moved: 0, left: 0, reasons: {} }

const words: Readonly<Record<string, string>> = {
  refused: 'refused, for the queue they are for is full',
  unroutable: 'lead to no queue',
  'not-dead': 'never died, as far as their headers tell',
  'same-queue': 'would come back to this queue',
  forbidden: 'lead to where this user may not publish',
}

export function outcomeOf(answer: Json): Outcome {
  if (!isObject(answer)) return nothingMoved
  const reasons = isObject(answer['reasons']) ? answer['reasons'] : {}
  return { moved: numberField(answer, 'moved'), left: numberField(answer, 'left'), reasons }
}

/** Of a job done in parts. */
export function sum(a: Outcome, b: Outcome): Outcome {
  const names = new Set([...Object.keys(a.reasons), ...Object.keys(b.reasons)])
  const reasons = [...names].map(name => [name, numberField(a.reasons, name) + numberField(b.reasons, name)])
  return {
    moved: a.moved + b.moved,
    left: a.left + b.left,
    reasons: Object.fromEntries(reasons) as JsonObject,
  }
}

/** `moved 3 messages`, and what stayed by its reason. */
export function outcomeLines(verb: string, { moved, left, reasons }: Outcome): string[] {
  return [
    `${verb} ${counted(moved, 'message')}`,
    ...(left === 0 ? [] : [`left ${left} where they were:`]),
    ...Object.entries(reasons).map(([reason, count]) => `  ${String(count)} ${words[reason] ?? reason}`),
  ]
}

/** Where there was something to move and nothing was, a script must see it. */
export function requireSome({ moved, left }: Outcome): void {
  if (moved === 0 && left > 0) throw new CommandError('no message went anywhere', 'unroutable')
}
