/** Makes a plan that fails smaller: leaves steps out, many at once, then fewer, as long as it fails in the same way. */

import type { Plan } from './plan/plan'
import { type Outcome, simulate } from './run'
import type { Faults } from './world/faults'

export async function shrink(
  plan: Plan,
  failed: Outcome,
  faults: () => Faults = () => ({}),
  runsMax = 400,
): Promise<Plan> {
  const kind = kindOf(failed)
  let steps = plan.steps.slice(0, failed.steps)
  let runs = 0
  // What could not be left out at first, may be once others are.
  for (let before = Infinity; steps.length < before; ) {
    before = steps.length
    for (let size = Math.max(1, steps.length >> 1); size >= 1; size >>= 1) {
      for (let at = 0; at < steps.length && runs < runsMax; runs++) {
        const fewer = [...steps.slice(0, at), ...steps.slice(at + size)]
        if (kindOf(await simulate({ ...plan, steps: fewer }, faults())) === kind) steps = fewer
        else at += size
      }
    }
  }
  return { ...plan, steps }
}

/** What was wrong first, whoever it happened to. */
function kindOf({ violations }: Outcome): string {
  return (violations[0] ?? '').replace(/\d+/g, '#').slice(0, 60)
}
