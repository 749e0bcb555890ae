/** Which of the two ready lists a queue needs. */
import type { Entries } from './entries'
import type { QueueOptions } from './options'
import { PriorityReady } from './priority-ready'
import { ReadyList } from './ready'

export function readyListFor({ maxPriority, ttlMode }: QueueOptions): Entries {
  return maxPriority > 0 ? new PriorityReady(maxPriority) : new ReadyList(ttlMode === 'exact')
}
