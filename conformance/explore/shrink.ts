/** Makes a program that differs smaller: leaves steps out, many at once, then fewer, as long as it differs alike. */
import type { Difference } from './compare'
import type { Program, Step } from './step'

export interface Shrunk {
  readonly steps: readonly Step[]
  readonly difference: Difference
}

export async function shrink(
  program: Program,
  found: Difference,
  differenceOf: (steps: readonly Step[]) => Promise<Difference | undefined>,
  runsMax = 200,
): Promise<Shrunk> {
  let steps = program.steps.slice(0, found.steps)
  let difference = found
  let runs = 0
  for (let size = Math.max(1, steps.length >> 1); size >= 1; size >>= 1) {
    for (let at = 0; at < steps.length && runs < runsMax; runs++) {
      const fewer = [...steps.slice(0, at), ...steps.slice(at + size)]
      const still = await differenceOf(fewer)
      if (still?.kind === found.kind) {
        steps = fewer.slice(0, still.steps)
        difference = still
      } else at += size
    }
  }
  return { steps, difference }
}
