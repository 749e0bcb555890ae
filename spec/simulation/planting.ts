/** How a fault is planted, and what the plans have more of that it is looked for in. */
import type { EmphasisName } from './plan/emphasis'
import type { Plan } from './plan/plan'
import type { Faults } from './world/faults'

export interface Planted {
  /** Made anew for each run. */
  readonly faults: () => Faults
  readonly emphasis: EmphasisName | undefined
  /** Of what is too rare to be met within a few seeds. */
  readonly plan?: Plan
}

export function plant(faults: () => Faults, emphasis?: EmphasisName): Planted {
  return { faults, emphasis }
}

/** It is met when these steps are taken. */
export function plantIn(plan: Plan, faults: () => Faults): Planted {
  return { faults, emphasis: undefined, plan }
}

/** Says yes once in so many times. */
export function onceIn(count: number): () => boolean {
  let times = 0
  return () => ++times % count === 0
}
