/** When brokers end, and how: from the seed. First many short lives, then a long one, which shows what grows. */
import type { Random } from '../crash/random'

export type EndKind = 'kill' | 'stop' | 'hurried stop'

export interface LifePlan {
  readonly forMs: number
  readonly ending: EndKind | 'drain'
  /** Moments at which the process is stopped for a while. They are well before a kill: acknowledgements wait meanwhile. */
  readonly freezes: readonly { readonly atMs: number; readonly forMs: number }[]
  /** Before it, a broker was killed while it started. */
  readonly bootKillMs: number | undefined
}

const SHARE_OF_SHORT_LIVES = 0.6
const LIFE_MS_MIN = 2000
const LIFE_MS_MAX = 360_000
const FREEZE_EACH_MS = 240_000
const FREEZE_MS_MAX = 8000
const CALM_MS = 30_000

export function planLives(random: Random, totalMs: number): LifePlan[] {
  const lives: LifePlan[] = []
  let leftMs = totalMs
  while (leftMs > totalMs * (1 - SHARE_OF_SHORT_LIVES)) {
    const longest = Math.min(Math.max(totalMs / 8, LIFE_MS_MIN), LIFE_MS_MAX)
    const forMs = Math.round(random.between(Math.max(longest / 5, LIFE_MS_MIN), longest))
    lives.push(planLife(random, forMs, endingFrom(random.next())))
    leftMs -= forMs
  }
  lives.push(planLife(random, Math.max(leftMs, LIFE_MS_MIN), 'drain'))
  return lives
}

function endingFrom(chance: number): EndKind {
  if (chance < 0.7) return 'kill'
  return chance < 0.9 ? 'stop' : 'hurried stop'
}

function planLife(random: Random, forMs: number, ending: LifePlan['ending']): LifePlan {
  const freezes: { atMs: number; forMs: number }[] = []
  for (let from = CALM_MS; from + 2 * CALM_MS < forMs; from += FREEZE_EACH_MS) {
    const latest = Math.min(from + FREEZE_EACH_MS, forMs) - CALM_MS
    freezes.push({ atMs: random.between(from, latest), forMs: random.between(500, FREEZE_MS_MAX) })
  }
  const bootKillMs = random.chance(0.2) ? random.between(0, 500) : undefined
  return { forMs, ending, freezes, bootKillMs }
}
