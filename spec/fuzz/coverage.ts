/** Which code was reached, where it is counted: `scripts/fuzz.mjs` has the counters put into src as it is loaded. */

interface FileCounts {
  /** Statements, branches. */
  readonly s: Record<string, number>
  readonly b: Record<string, number[]>
}

export interface Coverage {
  /** Whether anything ran since the last call that had never run before. */
  hasGrown(): boolean
}

/** Undefined: nothing is counted. */
export function coverageOf(counted: unknown): Coverage | undefined {
  if (typeof counted !== 'object' || counted === null) return undefined
  return new SeenCounts(counted as Record<string, FileCounts>)
}

/** How often something ran is told apart as little as AFL does: once, twice, up to 4, 8, … */
class SeenCounts implements Coverage {
  private readonly seen = new Map<string, Uint8Array>()

  constructor(private readonly files: Record<string, FileCounts>) {}

  hasGrown(): boolean {
    let grown = false
    for (const [path, counts] of Object.entries(this.files)) if (this.takeFile(path, counts)) grown = true
    return grown
  }

  private takeFile(path: string, { s, b }: FileCounts): boolean {
    const seen = this.seenIn(path, s, b)
    let grown = false
    let at = 0
    const note = (count: number): void => {
      const level = count === 0 ? 0 : 1 << Math.min(7, Math.ceil(Math.log2(count)))
      if ((seen[at]! & level) !== level) {
        seen[at] = seen[at]! | level
        grown = true
      }
      at++
    }
    for (const key in s) {
      note(s[key]!)
      s[key] = 0
    }
    for (const key in b) {
      const ways = b[key]!
      for (const way of ways) note(way)
      ways.fill(0)
    }
    return grown
  }

  private seenIn(path: string, s: FileCounts['s'], b: FileCounts['b']): Uint8Array {
    let seen = this.seen.get(path)
    if (seen === undefined) {
      const ways = Object.values(b).reduce((sum, list) => sum + list.length, 0)
      seen = new Uint8Array(Object.keys(s).length + ways)
      this.seen.set(path, seen)
    }
    return seen
  }
}
