/** Does something many times, and many times more, and says of what there is more each time. */
import type { Churn } from './churn'
import { growthOf, type Heap } from './heap'
import type { Subject } from './subject'

export interface Measured {
  /** What grows, in words. */
  readonly grown: readonly string[]
  /** How one of the first that grows is held. */
  readonly holders: string
  readonly bytesPerRound: number
}

/** Of these, one may be left of many: V8 itself makes and keeps some. */
const SHARE_LEFT_MIN = 0.25
const WARM_UP = 12

export async function measure(subject: Subject, churns: readonly Churn[], times: number): Promise<Measured> {
  const run = async (count: (churn: Churn) => number): Promise<void> => {
    for (const churn of churns) await churn.run(subject, count(churn))
  }
  await run(({ fixedTimes, warmUp = 0 }) => fixedTimes ?? Math.max(warmUp, Math.min(times, WARM_UP)))
  const before = await subject.heap()
  await run(({ fixedTimes = times }) => fixedTimes)
  const between = await subject.heap()
  await run(({ fixedTimes = times }) => fixedTimes)
  const after = await subject.heap()
  const grown = growthOf(before, between, after, leastLeft(times))
  const bytesPerRound = Math.round((after.bytes - between.bytes) / times)
  return { grown, holders: holdersOf(after, grown), bytesPerRound }
}

export function leastLeft(times: number): number {
  return Math.ceil(times * SHARE_LEFT_MIN)
}

export function holdersOf(heap: Heap, grown: readonly string[]): string {
  // What has a class of its own says more than a string.
  const named = grown.find(each => /^object (?!Object|Array|Map|Set)/.test(each)) ?? grown[0]
  return named === undefined ? '' : heap.holdersOf(named.slice(0, named.indexOf(':')))
}
