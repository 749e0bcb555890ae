/** RabbitMQ's message_stats: which of its keys are told of what, and where they are in a tally. */
import type { MessageTally } from '../structures/message-tally'
import { type Details, detailsOf, type History, type Range, type SampleTimes } from './history'

export type StatsKey =
  | 'publish'
  | 'publish_in'
  | 'publish_out'
  | 'confirm'
  | 'return_unroutable'
  | 'drop_unroutable'
  | 'deliver'
  | 'deliver_no_ack'
  | 'get'
  | 'get_no_ack'
  | 'get_empty'
  | 'deliver_get'
  | 'redeliver'
  | 'ack'

const VALUES: Readonly<Record<StatsKey, (tally: MessageTally) => number>> = {
  publish: tally => tally.publish,
  publish_in: tally => tally.publishIn,
  publish_out: tally => tally.publishOut,
  confirm: tally => tally.confirm,
  return_unroutable: tally => tally.returnUnroutable,
  drop_unroutable: tally => tally.dropUnroutable,
  deliver: tally => tally.deliver,
  deliver_no_ack: tally => tally.deliverNoAck,
  get: tally => tally.get,
  get_no_ack: tally => tally.getNoAck,
  get_empty: tally => tally.getEmpty,
  deliver_get: tally => tally.deliverGet,
  redeliver: tally => tally.redeliver,
  ack: tally => tally.ack,
}

const PUBLISHED: readonly StatsKey[] = ['publish', 'confirm', 'return_unroutable', 'drop_unroutable']
const DELIVERED: readonly StatsKey[] = [
  'deliver',
  'deliver_no_ack',
  'get',
  'get_no_ack',
  'get_empty',
  'deliver_get',
  'redeliver',
  'ack',
]

/** RabbitMQ tells the keys of a group together, and none of a group of which nothing happened. */
export const STATS_GROUPS = {
  queue: [['publish'], DELIVERED],
  exchange: [['publish_in'], ['publish_out']],
  channel: [PUBLISHED, DELIVERED],
} as const satisfies Readonly<Record<string, readonly (readonly StatsKey[])[]>>

export type StatsGroups = readonly (readonly StatsKey[])[]

export type MessageStats = { readonly [Key in StatsKey]?: number } & {
  readonly [Key in StatsKey as `${Key}_details`]?: Details
}

/** The keys are the first of the history's kind. */
export function recordTally(history: History, slot: number, tally: MessageTally, groups: StatsGroups): void {
  let place = 0
  for (const group of groups) {
    for (const key of group) history.record(slot, place++, VALUES[key](tally))
  }
}

/** Undefined: nothing happened. */
export function messageStatsOf(
  history: History | undefined,
  times: SampleTimes,
  groups: StatsGroups,
  range: Range | undefined,
): MessageStats | undefined {
  if (history === undefined) return undefined
  const stats: Record<string, number | Details> = {}
  for (const group of groups) {
    if (group.every(key => history.track(key) === undefined)) continue
    for (const key of group) tell(stats, key, history, times, range)
  }
  return Object.keys(stats).length === 0 ? undefined : (stats as MessageStats)
}

/** Adds a number and its details. */
export function tell(
  into: Record<string, number | Details>,
  key: string,
  history: History | undefined,
  times: SampleTimes,
  range: Range | undefined,
): void {
  const track = history?.track(key)
  into[key] = track?.value ?? 0
  into[`${key}_details`] = detailsOf(track, times, range)
}
