/** Runs a program on both sides, step by step, until they differ. */
import { knownDifference } from './known'
import type { Side } from './side'
import type { Program, Step } from './step'

export interface Difference {
  /** How many steps were taken, the last one being that in which they differ. */
  readonly steps: number
  readonly step: Step
  readonly oracle: readonly string[]
  readonly ours: readonly string[]
  /** The same for differences that look alike. */
  readonly kind: string
}

export interface Sides {
  readonly oracle: Side
  readonly ours: Side
}

/** Hears of known differences, and of every step. */
export interface Onlooker {
  seen(known: string): void
  told(step: Step, oracle: readonly string[], ours: readonly string[]): void
}

const nobody: Onlooker = { seen: () => {}, told: () => {} }

/** What came of a program: undefined when nobody could tell the sides apart. */
export async function differenceIn(
  { steps }: Pick<Program, 'steps'>,
  { oracle, ours }: Sides,
  { seen, told }: Onlooker = nobody,
): Promise<Difference | undefined> {
  try {
    for (const [index, step] of steps.entries()) {
      if (oracle.meaningOf(step) !== ours.meaningOf(step)) continue
      const [theirs, own] = await taken(step, oracle, ours)
      told(step, theirs, own)
      if (theirs.join('\n') === own.join('\n')) continue
      const known = knownDifference(steps.slice(0, index + 1), theirs, own)
      if (known === undefined)
        return { steps: index + 1, step, oracle: theirs, ours: own, kind: kindOf(step, theirs, own) }
      seen(known)
      return undefined // from here on they are not the same any more
    }
    return undefined
  } finally {
    await Promise.all([oracle.clear(), ours.clear()])
  }
}

const LOOKS = 5
const BETWEEN_LOOKS_MS = 20

/** What expired may still be counted for a moment: queues are looked at again while they differ. */
async function taken(step: Step, oracle: Side, ours: Side): Promise<[readonly string[], readonly string[]]> {
  const [theirs, own] = await Promise.all([oracle.take(step), ours.take(step)])
  let [a, b] = [theirs.queues, own.queues]
  for (
    let look = 0;
    look < LOOKS && a.join() !== b.join() && theirs.said.join() === own.said.join();
    look++
  ) {
    await new Promise(resolve => setTimeout(resolve, BETWEEN_LOOKS_MS))
    ;[a, b] = await Promise.all([oracle.look(), ours.look()])
  }
  return [
    [...theirs.said, ...a],
    [...own.said, ...b],
  ]
}

/** Without names and numbers. */
function kindOf({ method }: Step, oracle: readonly string[], ours: readonly string[]): string {
  const first = oracle.findIndex((line, index) => line !== ours[index])
  const at = first < 0 ? oracle.length : first
  const plain = (line = 'nothing') =>
    line.startsWith('queue ') ? line.replace(/q\d|\$\d+/, 'q#') : line.replace(/\$?\d+/g, '#').slice(0, 150)
  return `${method}: ${plain(oracle[at])} | ${plain(ours[at])}`
}
