/** Which of the two ready lists a queue needs. */
import type { Entries } from './entries'
import type { QueueOptions } from './options'
import { PriorityReady } from './priority-ready'
import { ReadyList } from './ready'

/** What expires anywhere must be found anywhere: only the list of a priority queue allows it. */
export function readyListFor({ maxPriority, ttlMode }: QueueOptions, segmentsInMemory?: number): Entries {
  const isOrdered = maxPriority === 0 && ttlMode !== 'exact'
  return isOrdered ? new ReadyList() : new PriorityReady(maxPriority, segmentsInMemory)
}
