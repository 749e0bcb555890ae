/** Queues as RabbitMQ's API shows them. What it tells of Erlang's processes and of mirrors there is not here. */
import { decodeProperties } from '../../amqp/properties'
import { NODE_NAME } from '../../broker/names'
import type { Vhost } from '../../broker/vhost'
import { Message } from '../../message'
import type { StatsKey } from '../../metrics/message-stats'
import type { Statistics } from '../../metrics/statistics'
import type { Queue } from '../../queues/queue'
import { Connection } from '../../server/connection'
import { consumersOf, consumerView } from './consumer'
import { tableView } from './table'
import { idleView, type ViewContext } from './view-context'

export interface QueueAt {
  readonly vhost: Vhost
  readonly queue: Queue
}

/** In a list. */
export function queueView({ vhost, queue }: QueueAt, context: ViewContext): object {
  const { statistics, history } = context
  const { policy, operatorPolicy } = vhost.policies.policiesOf(queue)
  const stats = statistics.messageStats(queue, history)
  return {
    ...definitionView({ vhost, queue }),
    state: 'running',
    ...ownerView(queue),
    policy: policy?.name ?? null,
    operator_policy: operatorPolicy?.name ?? null,
    effective_policy_definition: vhost.policies.effectiveDefinition(queue) ?? {},
    ...statistics.queueLengths(queue, history),
    ...sizeView(queue),
    head_message_timestamp: headTimestamp(queue) ?? null,
    memory: memoryOf(queue),
    ...consumerSummary(queue),
    ...(queue.options.type === 'quorum'
      ? { leader: NODE_NAME, members: [NODE_NAME], online: [NODE_NAME] }
      : {}),
    ...idleView(queue, context),
    ...(stats === undefined ? {} : { message_stats: stats }),
  }
}

/** Of one that is looked at alone. */
export function queueDetailsView({ vhost, queue }: QueueAt, { statistics, history }: ViewContext): object {
  return {
    consumer_details: consumersOf(queue).map(consumerView),
    incoming: statistics.incoming(queue, history).map(({ exchange, ...stats }) => ({
      exchange: { name: exchange, vhost: vhost.name },
      stats,
    })),
  }
}

/** RabbitMQ: what is left with `disable_stats`, and with `enable_queue_totals` beside it. */
export function queueWithoutStatsView(at: QueueAt, withTotals: boolean): object {
  const { policy } = at.vhost.policies.policiesOf(at.queue)
  const { messageCount: ready, unacknowledgedCount: unacked } = at.queue
  return {
    ...definitionView(at),
    state: 'running',
    ...(policy === undefined ? {} : { policy: policy.name }),
    ...(withTotals
      ? { messages: ready + unacked, messages_ready: ready, messages_unacknowledged: unacked }
      : {}),
  }
}

/** Fields that lists are sorted by, without the view; undefined: the view must tell. */
export function queueField({ vhost, queue }: QueueAt, path: string, statistics: Statistics): unknown {
  switch (path) {
    case 'name':
      return queue.name
    case 'vhost':
      return vhost.name
    case 'messages':
      return queue.messageCount + queue.unacknowledgedCount
    case 'messages_ready':
      return queue.messageCount
    case 'messages_unacknowledged':
      return queue.unacknowledgedCount
    case 'message_bytes_ready':
      return queue.messageBytes
    case 'consumers':
      return queue.consumers.count
    case 'type':
      return queue.options.type
    case 'durable':
      return queue.definition.durable
    case 'memory':
      return memoryOf(queue)
    default:
      return statsField(queue, path, statistics)
  }
}

/** `message_stats.publish`, `message_stats.publish_details.rate` */
function statsField(queue: Queue, path: string, statistics: Statistics): unknown {
  const match = /^message_stats\.([a-z_]+?)(_details\.rate)?$/.exec(path)
  if (match === null) return undefined
  const key = match[1] as StatsKey // one that is none never counted anything
  return match[2] === undefined ? statistics.messageCount(queue, key) : statistics.messageRate(queue, key)
}

function definitionView({ vhost, queue }: QueueAt): object {
  const { name, definition } = queue
  return {
    name,
    vhost: vhost.name,
    type: queue.options.type,
    durable: definition.durable,
    auto_delete: definition.autoDelete,
    exclusive: definition.owner !== undefined,
    arguments: tableView(definition.arguments),
    node: NODE_NAME,
  }
}

function ownerView({ definition: { owner } }: Queue): object {
  if (!(owner instanceof Connection)) return {}
  const { name, peerHost, peerPort } = owner.status.identity
  return { owner_pid_details: { name, peer_host: peerHost, peer_port: peerPort } }
}

function consumerSummary({ consumers, options }: Queue): object {
  const exclusive = consumers.hasExclusive ? consumers.all().find(consumer => consumer.exclusive) : undefined
  const single = options.singleActiveConsumer
    ? consumers.all().find(consumer => consumers.isActive(consumer))
    : undefined
  return {
    consumers: consumers.count,
    exclusive_consumer_tag: exclusive?.tag ?? null,
    single_active_consumer_tag: single?.tag ?? null,
  }
}

/** Seconds since 1970, of the message that is next; undefined: it has none, or is not in memory. */
function headTimestamp({ ready }: Queue): number | undefined {
  if (ready.length === 0) return undefined
  const position = ready.peek()
  if (position < 0) return undefined
  const message = new Message()
  ready.view(position, message)
  const { propertiesBytes, propertiesStart, propertiesEnd } = message
  const { timestamp } = decodeProperties(propertiesBytes, propertiesStart, propertiesEnd)
  message.letGo()
  return timestamp
}

/**
 * Bodies of all that is not settled, and what of that is on the disk only (RabbitMQ's `paged_out`). Before they were read
 * back after a restart, all that is kept of them.
 */
function sizeView({ ready }: Queue): object {
  const inMemory = { messages: 0, bytes: 0 }
  const pagedOut = { messages: 0, bytes: 0 }
  for (const { residence, live, liveBytes } of ready.segments) {
    const where = residence === 'memory' ? inMemory : pagedOut
    where.messages += live
    where.bytes += liveBytes
  }
  const all = inMemory.bytes + pagedOut.bytes
  return {
    messages_ram: inMemory.messages,
    messages_paged_out: pagedOut.messages,
    message_bytes: all,
    message_bytes_ready: ready.bytes,
    message_bytes_unacknowledged: Math.max(0, all - ready.bytes),
    message_bytes_ram: inMemory.bytes,
    message_bytes_paged_out: pagedOut.bytes,
  }
}

/** Bytes that its messages take in memory, with what is kept of each; those that are on the disk only take none. */
function memoryOf({ ready }: Queue): number {
  let bytes = 0
  for (const { residence, memoryBytes } of ready.segments) if (residence === 'memory') bytes += memoryBytes
  return bytes
}
