/** What `leveret exec` says on stderr: what the command left, what became of its messages, what it should not have done. */
import type { CommandEnd } from '../exec/command'
import { printable, printableLines } from '../structures/printable'
import type { Journey } from '../testing/seeing/journey'
import type { LeakReport } from '../testing/seeing/leaks'
import type { Violation } from '../testing/strict/violation'
import { describeViolations } from '../testing/strict/violations'

const LEFT_LINES_MAX = 60
const JOURNEY_LINES_MAX = 30

export function say(line: string): void {
  process.stderr.write(`leveret: ${printable(line)}\n`)
}

export function tellLeft(end: CommandEnd, leaks: LeakReport): void {
  const how = end.kind === 'killed' ? `was ended by ${end.signal}` : 'has ended'
  if (leaks.isClean) return say(`the command ${how} and left nothing in the broker`)
  say(`the command ${how} and left in the broker:`)
  sayLines(atMost(LEFT_LINES_MAX, leaks.toString()))
}

/** The last ones: it was with them that things went wrong. */
export function tellUnsettled(journeys: readonly Journey[], max: number): void {
  if (journeys.length === 0) return
  const told = journeys.slice(-max)
  const which = told.length === journeys.length ? '' : `; the last ${told.length} of ${journeys.length}`
  say(`messages that wait or were lost${which}:`)
  for (const journey of told) sayLines(atMost(JOURNEY_LINES_MAX, `${journey}`))
}

export function tellViolations(violations: readonly Violation[]): void {
  say('strict mode minds:')
  sayLines(describeViolations(violations))
}

function atMost(max: number, text: string): string {
  const lines = text.split('\n')
  const more = lines.length - max
  return more > 0 ? [...lines.slice(0, max), `… and ${more} lines more`].join('\n') : text
}

function sayLines(text: string): void {
  const lines = text.split('\n').map(line => `  ${line}`)
  process.stderr.write(`${printableLines(lines.join('\n'))}\n`)
}
