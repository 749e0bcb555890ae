/** The steps of a plan that declare, bind and delete, each with what must be so once it is answered. */

import { keyOf } from '../model/topology-model'
import type { Plan, Step } from '../plan/plan'
import type { Told } from '../plan/told'
import type { Client } from '../world/client'
import type { Conversation } from '../world/conversation'
import type { World } from '../world/world'

export interface Stage {
  readonly world: World
  readonly plan: Plan
  readonly client: Client
  readonly conversation: Conversation
}

export type Action = (stage: Stage, step: Step, told: Told) => void

export const topologySteps = {
  ownQueue: (stage, { pick }, { exchange, routingKey, noAck }) => {
    const { client, conversation } = stage
    ensureExchange(stage, exchange)
    client.ask(conversation, 'queue.declare', { queue: '', exclusive: true, autoDelete: true })
    // The empty name is the one that was declared last.
    client.ask(conversation, 'queue.bind', { queue: '', exchange, routingKey })
    const consumerTag = `own${pick}.${stage.conversation.consumers.size}.${stage.conversation.deliveries}`
    conversation.consumers.set(consumerTag, { noAck, limit: conversation.prefetch, outstanding: 0 })
    client.ask(conversation, 'basic.consume', { queue: '', consumerTag, noAck })
  },
  declareQueue: (stage, _, { queue, nowait }) => declareQueue(stage, queue, nowait),
  declarePassively: (stage, { pick }, { queue, exchange }) => {
    if (pick % 2 === 0) {
      ensureQueue(stage, queue)
      stage.client.ask(stage.conversation, 'queue.declare', { queue, passive: true })
    } else {
      ensureExchange(stage, exchange)
      stage.client.ask(stage.conversation, 'exchange.declare', { exchange, type: 'direct', passive: true })
    }
  },
  declareOtherwise: ({ client, conversation }, _, { queue }) =>
    client.ask(conversation, 'queue.declare', { queue, durable: true, arguments: { 'x-max-length': 77 } }),
  declareExchange: (stage, _, { exchange }) => declareExchange(stage, exchange),
  bind: (stage, _, { queue, exchange, routingKey, arguments: args }) => {
    ensureQueue(stage, queue)
    ensureExchange(stage, exchange)
    const { world, client, conversation } = stage
    const { topology } = world.model
    const binding = {
      source: exchange,
      kind: 'queue',
      destination: queue,
      routingKey,
      arguments: args,
    } as const
    const asked = topology.sequence
    client.ask(conversation, 'queue.bind', { queue, exchange, routingKey, arguments: args }, () =>
      world.witness.requireChanged('queue.bind', topology.has(binding), true, keyOf(binding), asked),
    )
  },
  unbind: ({ world, client, conversation }, { pick }) => {
    const bindings = [...world.model.topology.bindings.values()]
    const binding = bindings[pick % bindings.length]
    if (binding === undefined) return
    const { source, kind, destination, routingKey, arguments: args } = binding
    const { topology } = world.model
    const asked = topology.sequence
    const unbound = (): void =>
      world.witness.requireChanged('queue.unbind', topology.has(binding), false, keyOf(binding), asked)
    const fields = { queue: destination, exchange: source, routingKey, arguments: args }
    if (kind === 'queue') client.ask(conversation, 'queue.unbind', fields, unbound)
    else client.ask(conversation, 'exchange.unbind', { destination, source, routingKey, arguments: args })
  },
  bindExchange: (stage, _, { destination, source, routingKey }) => {
    ensureExchange(stage, source)
    ensureExchange(stage, destination)
    stage.client.ask(stage.conversation, 'exchange.bind', { destination, source, routingKey })
  },
  purge: (stage, _, { queue }) => {
    ensureQueue(stage, queue)
    stage.client.ask(stage.conversation, 'queue.purge', { queue })
  },
  deleteQueue: (stage, _, { queue, ifUnused, ifEmpty }) => {
    ensureQueue(stage, queue)
    const { model } = stage.world
    const asked = model.topology.sequence
    stage.client.ask(stage.conversation, 'queue.delete', { queue, ifUnused, ifEmpty }, () =>
      stage.world.witness.requireChanged('queue.delete', model.queues.has(queue), false, queue, asked),
    )
  },
  deleteExchange: (stage, _, { exchange, ifUnused }) => {
    ensureExchange(stage, exchange)
    stage.client.ask(stage.conversation, 'exchange.delete', { exchange, ifUnused })
  },
} satisfies Record<string, Action>

/** Seldom not: then it goes nowhere, or costs the channel. */
export function ensureTarget(stage: Stage, { exchange, routingKey }: Told, pick: number): void {
  if (pick % 25 === 0) return
  if (exchange === '') ensureQueue(stage, routingKey)
  else ensureExchange(stage, exchange)
}

export function ensureQueue(stage: Stage, name: string): void {
  if (!stage.world.model.queues.has(name)) declareQueue(stage, name, false)
}

function declareQueue({ world, plan, client, conversation }: Stage, name: string, nowait: boolean): void {
  const declared = plan.queues.find(({ queue }) => queue === name)
  if (declared === undefined) return
  const { model } = world
  const asked = model.topology.sequence
  client.ask(conversation, 'queue.declare', { ...declared, nowait }, () => {
    world.witness.requireChanged('queue.declare', model.queues.has(name), true, name, asked)
    if (!model.topology.queueWentSince(name, asked)) world.witness.requireQueueKept(name)
  })
}

export function ensureExchange(stage: Stage, name: string): void {
  if (!stage.world.model.topology.exchanges.has(name)) declareExchange(stage, name)
}

function declareExchange({ plan, client, conversation }: Stage, name: string): void {
  const declared = plan.exchanges.find(({ exchange }) => exchange === name)
  if (declared !== undefined) client.ask(conversation, 'exchange.declare', { ...declared })
}
