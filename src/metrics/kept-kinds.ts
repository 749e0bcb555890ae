/** What is kept of queues, channels … over time, and for how long. In slots, which are seconds unless configured otherwise. */
import { HistoryKind } from './history'
import { STATS_GROUPS, type StatsGroups } from './message-stats'
import type { Tier } from './track'

/** 10 minutes, an hour and a day. */
const GLOBAL_TIERS: readonly Tier[] = [
  { every: 1, keep: 601 },
  { every: 10, keep: 361 },
  { every: 120, keep: 721 },
]
/** Two minutes and an hour. */
const VHOST_TIERS: readonly Tier[] = [
  { every: 1, keep: 121 },
  { every: 10, keep: 361 },
]
/** A minute and ten. */
const OBJECT_TIERS: readonly Tier[] = [
  { every: 1, keep: 61 },
  { every: 10, keep: 61 },
]

export const LENGTHS = ['messages', 'messages_ready', 'messages_unacknowledged'] as const

/** RabbitMQ's churn_rates, and where they are counted. */
export const CHURN = [
  ['connectionsCreated', 'connection_created'],
  ['connectionsClosed', 'connection_closed'],
  ['channelsCreated', 'channel_created'],
  ['channelsClosed', 'channel_closed'],
  ['queuesDeclared', 'queue_declared'],
  ['queuesCreated', 'queue_created'],
  ['queuesDeleted', 'queue_deleted'],
] as const

export const TRAFFIC = ['recv_oct', 'send_oct', 'recv_cnt', 'send_cnt'] as const

/** The keys of message_stats come first, in the order of their groups. */
export const KINDS = {
  global: new HistoryKind(GLOBAL_TIERS, [
    ...keysOf(STATS_GROUPS.channel),
    ...LENGTHS,
    ...CHURN.map(([, name]) => name),
    ...TRAFFIC,
  ]),
  vhost: new HistoryKind(VHOST_TIERS, [...keysOf(STATS_GROUPS.channel), ...LENGTHS, ...TRAFFIC]),
  queue: new HistoryKind(OBJECT_TIERS, [...keysOf(STATS_GROUPS.queue), ...LENGTHS]),
  exchange: new HistoryKind(OBJECT_TIERS, keysOf(STATS_GROUPS.exchange)),
  channel: new HistoryKind(OBJECT_TIERS, keysOf(STATS_GROUPS.channel)),
  connection: new HistoryKind(OBJECT_TIERS, TRAFFIC),
} as const

export function keysOf(groups: StatsGroups): readonly string[] {
  return groups.flat()
}
