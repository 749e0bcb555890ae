/** What views are made with: the numbers, which past of them is asked for, and the time. */
import type { Message } from '../../message'
import type { HistoryQuery } from '../../metrics/history-query'
import type { Statistics } from '../../metrics/statistics'
import { timeView } from './time'

export interface ViewContext {
  readonly statistics: Statistics
  readonly history: HistoryQuery
  /** Milliseconds since 1970. */
  readonly now: number
  /** To look at messages with. */
  readonly scratch: Message
}

/** What did something in so many milliseconds is not idle: as long as rates look back. */
const IDLE_AFTER_MS = 5000

/** RabbitMQ: only while a thing does nothing it is told since when. */
export function idleSince(
  thing: Parameters<Statistics['idleSince']>[0],
  { statistics, now }: ViewContext,
): string | undefined {
  const since = statistics.idleSince(thing)
  return since === undefined || now - since < IDLE_AFTER_MS ? undefined : timeView(since)
}
