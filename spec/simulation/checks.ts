/** What must hold between two turns, and what must hold once nothing moves any more. */
import type { Queue } from '../../src/queues/queue'
import { tallyOfQueue } from '../../src/queues/queue-tally'
import { MessageTally } from '../../src/structures/message-tally'
import type { Client } from './client'
import type { Conversation } from './conversation'
import type { QueueModel } from './queue-model'
import type { World } from './world'

/** After every turn: what is counted is what is there. */
export function checkCounters({ vhost, model, findings }: World): void {
  const names = [...vhost.queues.keys()]
  findings.require(
    names.length === model.queues.size && names.every(name => model.queues.has(name)),
    () => `there are queues ${names} instead of ${[...model.queues.keys()]}`,
  )
  for (const { id, awaited } of model.routed) {
    for (const queue of awaited)
      if (!queue.isDeleted) findings.wrong(`${id} never came to queue ${queue.name}`)
  }
  model.routed = []
  for (const twin of model.queues.values()) {
    const queue = vhost.queues.get(twin.name)
    if (queue !== undefined) checkQueue(queue, twin, model.consumers.get(twin)?.size ?? 0)
  }
}

function checkQueue(queue: Queue, twin: QueueModel, consumers: number): void {
  const tally = new MessageTally()
  tallyOfQueue(queue, tally)
  const ready = twin.inState('ready')
  const { counters } = queue
  const is: Record<string, number> = {
    out: queue.unacknowledgedCount,
    enqueued: counters.enqueued,
    settled: counters.settled,
    requeued: counters.requeued,
    delivered: counters.delivered,
    shown: tally.deliverGet,
    redelivered: tally.redeliver,
    consumers: queue.consumers.count,
    held: counters.enqueued + twin.restored - counters.settled,
  }
  const due: typeof is = {
    out: twin.inState('out').length,
    enqueued: twin.enqueued,
    settled: twin.settled,
    requeued: twin.returned,
    delivered: twin.delivered,
    shown: twin.delivered,
    redelivered: twin.redelivered,
    consumers,
    held: twin.entries.size,
  }
  // Of what was not read back since a restart only the number of the runs is known.
  if (queue.ready.bytesUnsure === 0) {
    is['ready'] = queue.messageCount
    due['ready'] = ready.length
    is['bytes'] = queue.messageBytes
    due['bytes'] = ready.reduce((sum, { bytes }) => sum + bytes, 0)
  }
  twin.expect(
    JSON.stringify(is) === JSON.stringify(due),
    `counts ${JSON.stringify(is)} instead of ${JSON.stringify(due)}`,
  )
}

/** Nothing moves: whatever could happen has happened. */
export function checkRest(world: World): void {
  const { model, findings, clock } = world
  if (findings.violations.length > 0) return // it did not even come to rest
  for (const twin of model.queues.values()) {
    const consumers = [...(model.consumers.get(twin) ?? [])]
    const first = twin.firstReady
    if (first === undefined) continue
    const able = (twin.terms.isSingleActive ? consumers.slice(0, 1) : consumers).filter(each =>
      each.hasCredit(),
    )
    twin.expect(able.length === 0, `${first.id} waits, and a consumer has credit`)
    twin.expect(first.dueUntil > clock.now(), `${first.id} should have expired`)
    const isUnsure = world.vhost.queues.get(twin.name)?.ready.bytesUnsure !== 0
    twin.expect(
      isUnsure || twin.terms.overflow !== 'drop-head' || !twin.hasTooMuch,
      'there is too much in it',
    )
  }
  if (!world.disk.isFull)
    findings.require(
      model.letters.pending === 0,
      () => `${model.letters.pending} dead letters are still on their way`,
    )
  checkGauges(world)
  for (const client of world.clients.values()) {
    const { stalled, isCut } = client.link
    if (!stalled.toServer && !stalled.toClient && !isCut && !client.isGone) checkClient(world, client)
  }
}

/** Connections and channels that came and did not go are those that the clients have. */
function checkGauges({ broker, connections, clients, findings, disk }: World): void {
  const { channelsCreated, channelsClosed } = broker.counters.churn
  const there = [...clients.values()].filter(({ isGone }) => !isGone)
  if (disk.isFull || there.some(({ link }) => link.stalled.toServer || link.stalled.toClient)) return
  const is = {
    connections: connections.count,
    channels: channelsCreated - channelsClosed,
  }
  const channels = there.reduce((sum, { conversations }) => sum + conversations.size, 0)
  const due = { connections: there.length, channels }
  if (JSON.stringify(is) !== JSON.stringify(due))
    findings.wrong(`there are ${JSON.stringify(is)}, and the clients have ${JSON.stringify(due)}`)
}

function checkClient(world: World, client: Client): void {
  for (const conversation of client.conversations.values()) {
    const where = `connection ${client.port} channel ${conversation.number}`
    const { expected, replies, underWay, unconfirmed, returnsDue } = conversation
    const isHeldUp = world.disk.isFull
    const open = {
      expected: expected.length,
      replies: isHeldUp ? 0 : replies.length,
      underWay: isHeldUp ? 0 : underWay.length,
      unconfirmed: isHeldUp ? 0 : unconfirmed.size,
      returns: conversation.mode === 'tx' ? 0 : returnsDue.length,
    }
    if (Object.values(open).some(count => count > 0))
      world.findings.wrong(`${where}: nothing moves, and these are still due: ${JSON.stringify(open)}`)
    if (!isHeldUp) checkUnacked(world, conversation, where)
  }
}

/** What is out with this channel is what the client has not settled. */
function checkUnacked({ model, findings }: World, conversation: Conversation, where: string): void {
  const prefix = `${conversation.port}/${conversation.number}/`
  const out = [...model.queues.values()].flatMap(queue =>
    queue
      .inState('out')
      .flatMap(({ holder }) => (holder.startsWith(prefix) ? [Number(holder.slice(prefix.length))] : [])),
  )
  const known = [...conversation.unacked, ...conversation.held].filter(([, { queue }]) => !queue.isDeleted)
  const [is, due] = [out, known.map(([tag]) => tag)].map(tags => tags.sort((a, b) => a - b).join())
  if (is !== due) findings.wrong(`${where}: [${is}] are out, and the client has not settled [${due}]`)
}
