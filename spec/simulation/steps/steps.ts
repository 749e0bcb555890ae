/** What each step of a plan does to the world. What makes no sense any more when its time comes is left out. */
import type { MethodFields } from '../../../conformance/support/methods'
import { IdleQueues } from '../../../src/broker/resources/idle-queues'
import { ID_BYTES } from '../model/plain'
import { requireCommitted, requireRolledBack } from '../model/safety'
import type { Op, Plan, Step } from '../plan/plan'
import { OWN_USER } from '../plan/properties'
import type { Told } from '../plan/told'
import type { Client, Login } from '../world/client'
import type { Conversation, SentMessage } from '../world/conversation'
import type { World } from '../world/world'
import { accessSteps, grantAll } from './access-steps'
import { beginMove } from './moves'
import { type Action, ensureQueue, ensureTarget, type Stage, topologySteps } from './topology-steps'

const GUEST: Login = { user: 'guest', password: 'guest' }

let identities = 0

/** Takes a step. False: it made no sense. */
export function take(world: World, plan: Plan, step: Step): boolean {
  const withWorld = worldly[step.op as keyof typeof worldly] as
    | ((world: World, step: Step, told: Told) => void)
    | undefined
  if (withWorld !== undefined) {
    withWorld(world, step, step.with as Told)
    return true
  }
  const [client, conversation] = talkers(world, step) ?? newTalker(world, plan, step)
  if (conversation === undefined) return false
  const action = spoken[step.op as keyof typeof spoken] as Action
  action({ world, plan, client, conversation }, step, step.with as Told)
  return true
}

/** Who can do such a thing, if anybody can: one of them. */
function talkers(world: World, { op, pick }: Step): [Client, Conversation] | undefined {
  const suits = suited[op]
  if (suits === undefined) return undefined
  const all = [...world.clients.values()]
    .filter(({ isGone, isClosing }) => !isGone && !isClosing)
    .flatMap(client =>
      [...client.conversations.values()].map((each): [Client, Conversation] => [client, each]),
    )
    .filter(([, conversation]) => conversation.state === 'open' && suits(conversation))
  return all[pick % all.length]
}

function newTalker(world: World, plan: Plan, step: Step): [Client, Conversation | undefined] {
  const client = world.client(
    step.client,
    plan.splits[step.client] ?? 'whole',
    plan.logins[step.client] ?? GUEST,
  )
  return [client, client.conversation(step.channel)]
}

const hasUnacked = ({ unacked }: Conversation): boolean => unacked.size > 0
const isInTx = ({ mode }: Conversation): boolean => mode === 'tx'

const suited: Partial<Record<Op, (conversation: Conversation) => boolean>> = {
  ack: hasUnacked,
  ackAll: hasUnacked,
  ackScattered: hasUnacked,
  nack: hasUnacked,
  reject: hasUnacked,
  recover: hasUnacked,
  cancel: ({ consumers }) => consumers.size > 0,
  commit: isInTx,
  rollback: isInTx,
}

/** Identities begin anew with each run. */
export function startOver(): void {
  identities = 0
}

const worldly = {
  ...accessSteps,
  cut: (world: World, { client }: Step) => world.clients.get(client)?.link.destroy(),
  stall: (world: World, { client }: Step, { direction }: Told) => stall(world, client, direction, true),
  unstall: (world: World, { client }: Step) => {
    stall(world, client, 'toServer', false)
    stall(world, client, 'toClient', false)
  },
  closeConnection: (world: World, { client }: Step) => {
    const known = world.clients.get(client)
    if (known?.isOpen === true && !known.isClosing) known.close()
  },
  diskFull: (world: World) => {
    world.disk.isFull = true
  },
  diskFree: (world: World) => {
    world.disk.isFull = false
  },
  memoryLow: (world: World) => new IdleQueues(() => world.broker.vhosts).rest(),
  memoryShort: (world: World) => world.setMemoryAlarm(true),
  memoryEnough: (world: World) => world.setMemoryAlarm(false),
  diskSlow: (world: World, _: Step, { ticks }: Told) => {
    for (let done = 0; done < ticks; done++) world.tick(0)
  },
  advance: (world: World, _: Step, { ms }: Told) => world.clock.advance(ms),
  settle: (world: World) => world.settle(),
  move: (world: World, { pick }: Step, told: Told) => beginMove(world, told, pick),
  crash: (world: World) => world.crash(),
  replaceVhost: (world: World, _: Step, { ticks, isGranted }: Told) => {
    world.replaceVhost(ticks)
    if (isGranted) grantAll(world)
  },
  restart: (world: World) => world.restart(),
  setPolicy: (world: World, _: Step, told: Told) => {
    const { name, pattern, priority = 0, definition } = told
    world.vhost.policies.set('policy', name, { pattern, priority, definition, 'apply-to': 'queues' })
    world.model.setPolicies([
      ...world.model.policies.filter(each => each.name !== name),
      { name, pattern, priority, definition },
    ])
  },
  clearPolicy: (world: World, _: Step, { name }: Told) => {
    world.vhost.policies.clear('policy', name)
    world.model.setPolicies(world.model.policies.filter(each => each.name !== name))
  },
}

const spoken: Record<Exclude<Op, keyof typeof worldly>, Action> = {
  ...topologySteps,
  publish: (stage, { pick }, told) => {
    ensureTarget(stage, told, pick)
    publish(stage, told)
  },
  publishMany: publishAll,
  publishBulk: publishAll,
  flood: publishAll,
  consume: (stage, _, { queue, noAck, exclusive, prefetch, priority, nowait }) => {
    const { client, conversation } = stage
    ensureQueue(stage, queue)
    const consumerTag = `t${++identities}`
    if (conversation.prefetch !== prefetch) {
      conversation.prefetch = prefetch
      const limits = { prefetchSize: 0, prefetchCount: prefetch, global: false }
      // RabbitMQ: the later of the two kinds counts.
      client.ask(conversation, 'basic.qos', limits, () => {
        conversation.sharedPrefetch = 0
      })
    }
    conversation.consumers.set(consumerTag, { noAck, limit: prefetch, outstanding: 0 })
    const args = priority === undefined ? {} : { 'x-priority': priority }
    client.ask(conversation, 'basic.consume', {
      queue,
      consumerTag,
      noAck,
      exclusive,
      nowait,
      arguments: args,
    })
  },
  ack: (stage, step, { multiple }) => settle(stage, step, 'basic.ack', { multiple }),
  ackAll: ({ client, conversation }) => {
    if (conversation.isRecovering) return
    const tags = [...conversation.unacked.keys()]
    if (tags.length === 0) return
    // Not tag 0: what is on its way is not meant.
    client.say(conversation.number, 'basic.ack', { deliveryTag: Math.max(...tags), multiple: true })
    for (const tag of tags) conversation.settled(tag)
  },
  ackScattered: ({ world, client, conversation }, { pick }) => {
    const scattered = [...conversation.unacked.keys()].sort((a, b) => ((a * pick) % 11) - ((b * pick) % 11))
    for (const [index, deliveryTag] of scattered.entries()) {
      const { state, isRecovering, unacked } = conversation
      if (client.isClosing || state !== 'open' || isRecovering || !unacked.has(deliveryTag)) continue
      client.say(conversation.number, 'basic.ack', { deliveryTag })
      conversation.settled(deliveryTag)
      // The last ones go when the disk has heard of the others.
      if (index > scattered.length - 4) world.tick(2)
    }
  },
  nack: (stage, step, { multiple, requeue }) => settle(stage, step, 'basic.nack', { multiple, requeue }),
  reject: (stage, step, { requeue }) => settle(stage, step, 'basic.reject', { requeue }),
  get: (stage, _, { queue, noAck }) => {
    ensureQueue(stage, queue)
    stage.client.ask(stage.conversation, 'basic.get', { queue, noAck })
  },
  limitChannel: ({ world, client, conversation }, _, { prefetch }) => {
    const limits = { prefetchSize: 0, prefetchCount: prefetch, global: true }
    // RabbitMQ 4.3 has no limit that consumers share: it is for each of those to come.
    const isShared = world.version !== '4.3'
    if (!isShared) conversation.prefetch = prefetch
    client.ask(conversation, 'basic.qos', limits, () => {
      conversation.sharedPrefetch = isShared ? prefetch : 0
    })
  },
  recover: ({ client, conversation }) => {
    if (conversation.isRecovering || conversation.mode === 'tx') return
    conversation.isRecovering = true
    client.ask(conversation, 'basic.recover', { requeue: true }, () => conversation.recovered())
  },
  cancel: ({ client, conversation }, { pick }, { nowait }) => {
    const tags = [...conversation.consumers.keys()]
    const consumerTag = tags[pick % tags.length]
    if (consumerTag === undefined) return
    const gone = (): void => {
      conversation.consumers.delete(consumerTag)
    }
    client.ask(conversation, 'basic.cancel', { consumerTag, nowait }, gone)
  },
  selectConfirm: ({ client, conversation }) => {
    if (conversation.mode !== 'plain') return
    conversation.mode = 'confirm'
    conversation.published = 0
    client.ask(conversation, 'confirm.select', {})
  },
  selectTx: ({ client, conversation }) => {
    if (conversation.mode !== 'plain') return
    conversation.mode = 'tx'
    client.ask(conversation, 'tx.select', {})
  },
  commit: ({ world, client, conversation }) => {
    if (conversation.mode !== 'tx') return
    const messages = conversation.uncommitted
    conversation.uncommitted = []
    conversation.returnsDue.push(...messages.filter(({ isMandatory }) => isMandatory))
    conversation.held = new Map()
    client.ask(conversation, 'tx.commit', {}, () => requireCommitted(world, messages))
  },
  rollback: ({ world, client, conversation }) => {
    if (conversation.mode !== 'tx') return
    const messages = conversation.uncommitted
    conversation.rolledBack()
    client.ask(conversation, 'tx.rollback', {}, () => requireRolledBack(world, messages))
  },
  closeChannel: ({ client, conversation }) => {
    conversation.state = 'closing'
    client.ask(conversation, 'channel.close', { replyCode: 200, replyText: 'bye', classId: 0, methodId: 0 })
  },
}

function stall(world: World, index: number, direction: 'toServer' | 'toClient', isStalled: boolean): void {
  const link = world.clients.get(index)?.link
  if (link !== undefined) link.stalled[direction] = isStalled
}

function publishAll(stage: Stage, { pick }: Step, told: Told): void {
  ensureTarget(stage, told, pick)
  const { count, isMixed, properties } = told
  for (let left = count; left > 0; left--) {
    const isTransient = isMixed && left % 3 === 0
    publish(stage, isTransient ? { ...told, properties: { ...properties, deliveryMode: 1 } } : told)
  }
}

function publish({ world, client, conversation }: Stage, told: Told): void {
  const id = `m${String(++identities).padStart(ID_BYTES - 1, '0')}`
  const { bytes, exchange, routingKey, mandatory } = told
  const isOwn = told.properties.userId === OWN_USER
  const properties = isOwn ? { ...told.properties, userId: client.login.user } : told.properties
  const body = bytes === 0 ? Buffer.alloc(0) : Buffer.alloc(Math.max(bytes, ID_BYTES), `${id}.`)
  const message: SentMessage = {
    id,
    exchange,
    routingKey,
    properties: body.length === 0 ? { ...properties, messageId: id } : properties,
    body,
    isMandatory: mandatory,
    routed: [],
    awaited: new Set(),
    repeated: [],
    noted: [],
    isInTx: conversation.mode === 'tx',
    since: world.access.sequence,
    isRefused: false,
    isUnroutable: false,
    answer: undefined,
  }
  world.witness.messages.set(id, message)
  client.publish(conversation, message)
}

/** Of what is out, one; with `multiple` also all before it. */
function settle(
  { client, conversation }: Stage,
  { pick }: Step,
  method: 'basic.ack' | 'basic.nack' | 'basic.reject',
  fields: Partial<MethodFields['basic.nack']>,
): void {
  if (conversation.isRecovering) return
  const tags = [...conversation.unacked.keys()].sort((a, b) => a - b)
  const deliveryTag = tags[pick % tags.length]
  if (deliveryTag === undefined) return
  client.say(conversation.number, method, { deliveryTag, ...fields })
  for (const tag of tags) {
    if (tag === deliveryTag || (fields.multiple === true && tag < deliveryTag)) conversation.settled(tag)
  }
}
