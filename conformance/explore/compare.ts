/** Runs a program on both sides, step by step, until they differ. */
import { isAboutQuorum, knownDifference } from './known'
import type { Heard, Side } from './side'
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
  oracle.quietMs = ours.quietMs = steps.some(isAboutQuorum) ? QUORUM_QUIET_MS : 0
  try {
    for (const [index, step] of steps.entries()) {
      const meaning = oracle.meaningOf(step)
      if (meaning === undefined || meaning !== ours.meaningOf(step)) continue
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

const QUORUM_QUIET_MS = 40

const LOOKS = 4
const BETWEEN_LOOKS_MS = 20

/** What expires may take a moment: while the sides differ they are listened to again. */
async function taken(step: Step, oracle: Side, ours: Side): Promise<[readonly string[], readonly string[]]> {
  let [theirs, own] = await Promise.all([oracle.take(step), ours.take(step)])
  for (let look = 0; look < LOOKS && linesOf(theirs).join() !== linesOf(own).join(); look++) {
    await new Promise(resolve => setTimeout(resolve, BETWEEN_LOOKS_MS))
    const more = await Promise.all([oracle.more(), ours.more()])
    theirs = together(theirs, more[0])
    own = together(own, more[1])
  }
  return [linesOf(theirs), linesOf(own)]
}

/** Sorted by channel, kind and consumer; within these as it came. */
function linesOf({ said, state }: Heard): readonly string[] {
  const place = (line: string) =>
    /^(\S+ \w+:)(?: basic.deliver \{("consumerTag":"[^"]*"))?/.exec(line)?.slice(1).join() ?? ''
  const placed = said.map(line => ({ line, place: place(line) }))
  placed.sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0))
  return [...placed.map(({ line }) => line), ...state]
}

function together(before: Heard, more: Heard): Heard {
  return { said: [...before.said, ...more.said], state: more.state }
}

/** Without names and numbers. */
function kindOf({ method }: Step, oracle: readonly string[], ours: readonly string[]): string {
  const first = oracle.findIndex((line, index) => line !== ours[index])
  const at = first < 0 ? oracle.length : first
  const plain = (line = 'nothing') =>
    line.startsWith('queue ') ? line.replace(/q\d|\$\d+/, 'q#') : line.replace(/\$?\d+/g, '#').slice(0, 150)
  return `${method}: ${plain(oracle[at])} | ${plain(ours[at])}`
}
