/** How a fault is planted, and what the plans have more of that it is looked for in. */
import type { EmphasisName } from './plan/emphasis'
import type { Faults } from './world/faults'

export interface Planted {
  /** Made anew for each run. */
  readonly faults: () => Faults
  readonly emphasis: EmphasisName | undefined
}

export function plant(faults: () => Faults, emphasis?: EmphasisName): Planted {
  return { faults, emphasis }
}

/** Says yes once in so many times. */
export function onceIn(count: number): () => boolean {
  let times = 0
  return () => ++times % count === 0
}
