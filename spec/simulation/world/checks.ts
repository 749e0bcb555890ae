/** What must hold between two turns, and what must hold once nothing moves any more. */
import type { Queue } from '../../../src/queues/queue'
import { tallyOfQueue } from '../../../src/queues/queue-tally'
import { MessageTally } from '../../../src/structures/message-tally'
import type { Findings } from '../findings'
import type { QueueFacts, QueueModel } from '../model/queue-model'
import { KEYS } from '../plan/properties'
import type { Client } from './client'
import type { Conversation } from './conversation'
import type { SimulatedDisk } from './disk'
import type { World } from './world'

/** After every turn: what is counted is what is there. */
export function checkCounters({ vhost, model, findings }: World): void {
  const names = [...vhost.queues.keys()]
  findings.require(
    names.length === model.queues.size && names.every(name => model.queues.has(name)),
    () => `there are queues ${names} instead of ${[...model.queues.keys()]}`,
  )
  const { leftOver } = model.topology
  if (leftOver !== undefined)
    findings.wrong(`exchange ${leftOver} lost its last binding and is there all the same`)
  for (const { id, awaited } of model.routed) {
    for (const queue of awaited)
      if (!queue.isDeleted) findings.wrong(`${id} never came to queue ${queue.name}`)
  }
  model.routed = []
  for (const twin of model.queues.values()) {
    const queue = vhost.queues.get(twin.name)
    if (queue !== undefined) checkQueue(queue, twin, model.consumers.get(twin)?.size ?? 0, findings)
  }
}

function checkQueue(queue: Queue, twin: QueueModel, consumers: number, findings: Findings): void {
  if (twin.isDelaying) return checkDelays(queue, twin)
  const tally = new MessageTally()
  tallyOfQueue(queue, tally)
  const there = sumsOf(twin)
  const { counters } = queue
  // Of what was not read back since a restart only the number of the runs is known.
  const isSure = queue.ready.bytesUnsure === 0
  const pairs: readonly (readonly [string, number, number])[] = [
    ['out', queue.unacknowledgedCount, there.out],
    ['enqueued', counters.enqueued, twin.enqueued],
    ['settled', counters.settled, twin.settled],
    ['requeued', counters.requeued, twin.returned],
    ['delivered', counters.delivered, twin.delivered],
    ['shown as delivered', tally.deliverGet, twin.delivered],
    ['shown as redelivered', tally.redeliver, twin.redelivered],
    ['consumers', queue.consumers.count, consumers],
    ['held', counters.enqueued + twin.restored - counters.settled, twin.entries.size],
    ['ready', isSure ? queue.messageCount : there.ready, there.ready],
    ['delayed', queue.delayedCount, there.back],
    ['bytes', isSure ? queue.messageBytes : there.bytes, there.bytes],
  ]
  if (there.back > 0) findings.saw('waits for its next try')
  if (!isSure) findings.saw('not read back')
  for (const [what, is, due] of pairs) if (is !== due) twin.wrong(`counts ${is} ${what} instead of ${due}`)
}

function checkDelays({ counters, messageCount, ready }: Queue, twin: QueueModel): void {
  const waiting = twin.inState('ready').length
  twin.expect(counters.enqueued === twin.enqueued, `counts ${counters.enqueued} instead of ${twin.enqueued}`)
  const held = counters.enqueued + twin.restored - counters.settled
  twin.expect(held === twin.entries.size, `holds ${held} instead of ${twin.entries.size}`)
  if (ready.bytesUnsure === 0)
    twin.expect(messageCount === waiting, `${messageCount} wait instead of ${waiting}`)
}

function sumsOf({ entries }: QueueModel) {
  const sums = { out: 0, ready: 0, bytes: 0, back: 0 }
  for (const { state, bytes } of entries.values()) {
    if (state === 'out') sums.out++
    if (state === 'back') sums.back++
    if (state !== 'ready') continue
    sums.ready++
    sums.bytes += bytes
  }
  return sums
}

/** Nothing moves: whatever could happen has happened. */
export function checkRest(world: World): void {
  const { model, findings, clock } = world
  if (findings.violations.length > 0) return // it did not even come to rest
  for (const twin of model.queues.values()) {
    const late = twin.isDelaying && twin.inState('ready').find(entry => entry.releaseUntil <= clock.now())
    if (late && !world.isHeldUp) twin.wrong(`${late.id} should have been released`)
    if (twin.isDelaying) continue
    const consumers = [...(model.consumers.get(twin) ?? [])]
    const isIdle = consumers.length === 0 && clock.now() - twin.maybeUsed > twin.terms.expires
    twin.expect(!isIdle, 'nobody used it for too long')
    twin.expect(
      twin.terms.delaysRetries || twin.inState('back').length === 0,
      'something came back and stays away',
    )
    if (twin.terms.isExact) {
      const late = twin.inState('ready').find(({ dueUntil }) => dueUntil <= clock.now())
      twin.expect(late === undefined, `${late?.id} should have expired`)
    }
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
  if (!world.isHeldUp)
    findings.require(
      model.letters.pending === 0,
      () => `${model.letters.pending} dead letters are still on their way`,
    )
  checkDrained(world)
  world.exchanges.check(KEYS)
  checkGauges(world)
  checkTotals(world)
  for (const client of world.clients.values()) {
    const { stalled, isCut } = client.link
    if (!stalled.toServer && !stalled.toClient && !isCut && !client.isGone) checkClient(world, client)
  }
}

/** At rest, also of those of before a restart. */
function checkDrained({ model, disk, findings }: World): void {
  if (disk.isFull) return
  const { orphanedRows: rows } = disk
  findings.require(rows === 0, () => `${rows} rows of queues that are gone are on the disk`)
  for (const { facts, isKept, entries } of model.queues.values())
    if (isKept && entries.size === 0) requireNoRows(disk, facts, findings)
}

/** A queue that holds nothing leaves nothing on the disk. */
export function requireNoRows(disk: SimulatedDisk, { id, name }: QueueFacts, findings: Findings): void {
  findings.saw('queue drained')
  const rows = disk.rows(id)
  findings.require(rows === 0, () => `queue ${name} is empty, and ${rows} rows of it are on the disk`)
}

/** Connections and channels that came and did not go are those that the clients have. */
function checkGauges({ broker, connections, clients, findings, isHeldUp }: World): void {
  const { channelsCreated, channelsClosed } = broker.counters.churn
  const there = [...clients.values()].filter(({ isGone }) => !isGone)
  if (isHeldUp || there.some(({ link }) => link.stalled.toServer || link.stalled.toClient)) return
  const is = {
    connections: connections.count,
    channels: channelsCreated - channelsClosed,
  }
  const channels = there
    .filter(({ isOpen }) => isOpen)
    .reduce((sum, { conversations }) => sum + conversations.size, 0)
  const due = { connections: there.length, channels }
  if (JSON.stringify(is) !== JSON.stringify(due))
    findings.wrong(`there are ${JSON.stringify(is)}, and the clients have ${JSON.stringify(due)}`)
}

/** What is shown of the virtual host: all its channels together, also those that are gone. */
function checkTotals({ vhost, connections, model, findings }: World): void {
  const tally = new MessageTally()
  tally.add(vhost.endedChannels)
  for (const { channels } of connections) for (const { status } of channels ?? []) status.tallyInto(tally)
  const { delivered, redelivered, returned, published, publishedInTx } = model.totals
  const is = [tally.deliverGet, tally.redeliver]
  if (is.join() !== [delivered, redelivered].join())
    findings.wrong(
      `all channels show ${is} deliveries and redeliveries instead of ${[delivered, redelivered]}`,
    )
  // Whether a transaction was committed its client may not have heard.
  if (tally.publish < published || tally.publish > published + publishedInTx)
    findings.wrong(
      `all channels show ${tally.publish} publishes instead of ${published}, and ${publishedInTx} in tx`,
    )
  if (tally.returnUnroutable < returned || (publishedInTx === 0 && tally.returnUnroutable > returned))
    findings.wrong(`all channels show ${tally.returnUnroutable} returns instead of ${returned}`)
}

function checkClient(world: World, client: Client): void {
  if (!client.isOpen) {
    if (!world.isHeldUp) world.witness.turnedAway(client)
    return
  }
  for (const conversation of client.conversations.values()) {
    const where = `connection ${client.port} channel ${conversation.number}`
    const { expected, replies, underWay, unconfirmed, returnsDue } = conversation
    const { isHeldUp } = world
    const open = {
      expected: expected.length,
      replies: isHeldUp ? 0 : replies.length,
      underWay: isHeldUp ? 0 : underWay.length,
      unconfirmed: isHeldUp ? 0 : unconfirmed.size,
      returns: isHeldUp ? 0 : returnsDue.filter(({ isUnroutable }) => isUnroutable).length,
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
