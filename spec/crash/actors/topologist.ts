/**
 * Declares, binds, unbinds and deletes exchanges and queues, several requests ahead of the answers. A restart must bring
 * one of the topologies since the last answer, without what is not durable; probes find out where messages go.
 */

import type { LinkChannel } from '../link'
import { exchangeExists, messageCountOf } from '../look'
import type { Random } from '../random'
import type { Stage } from '../stage'
import { Steps } from '../steps'
import {
  type BindingState,
  EXCHANGES,
  KEYS,
  NOTHING,
  outlook,
  QUEUES,
  route,
  spelled,
  surviving,
  type TopologyState,
  withBinding,
  withExchange,
  withoutBinding,
  withoutExchange,
  withoutQueue,
  withQueue,
} from '../topology-state'

export class Topologist {
  private readonly steps = new Steps<TopologyState>(NOTHING)

  async run(stage: Stage, random: Random): Promise<void> {
    const link = await stage.open()
    const channel = await link.openChannel()
    let asked: Promise<unknown>[] = []
    while (!stage.isOver) {
      for (let count = random.between(1, 5); count > 0; count--) {
        const { step, answer } = this.change(channel, random)
        const answered = answer.then(() => {
          this.steps.answered(step)
          stage.ledger.figures.changes++
          stage.answered()
        })
        answered.catch(() => {}) // whoever waits for it hears of it
        asked.push(answered)
      }
      if (random.chance(0.7)) await Promise.all(asked.splice(0))
      await stage.pause(random.between(0, 10))
    }
    await Promise.all(asked)
    asked = []
  }

  /** What the restart brought: one of the topologies that it may bring. */
  async audit(stage: Stage): Promise<void> {
    const link = await stage.open()
    const exchanges: string[] = []
    const queues: string[] = []
    for (const { name } of EXCHANGES) if (await exchangeExists(link, name)) exchanges.push(name)
    for (const { name } of QUEUES) if ((await messageCountOf(link, name)) !== undefined) queues.push(name)
    const channel = await link.openChannel()
    const reached = await probe(channel, exchanges, queues)
    const found = outlook(exchanges, queues, (exchange, key) => reached.get(`${exchange} ${key}`) ?? [])
    const candidates = this.steps.candidates().map(surviving)
    const matches = candidates.filter(candidate => visible(candidate) === found)
    if (matches.length === 0) {
      const expected = [...new Set(candidates.map(visible))].join('\n    or ')
      stage.ledger.complain(`the topology is ${found}\n    not ${expected}`)
    }
    // A binding to an exchange that leads nowhere cannot be seen: more than one may match.
    this.steps.found(distinct(matches.length > 0 ? matches : candidates))
    await link.close()
  }

  private change(channel: LinkChannel, random: Random): { step: number; answer: Promise<unknown> } {
    const { exchanges, queues } = this.steps.current
    const missingExchange = EXCHANGES.find(({ name }) => !exchanges.has(name))
    const missingQueue = QUEUES.find(({ name }) => !queues.has(name))
    const what = random.next()
    if (missingExchange !== undefined && what < 0.5) {
      const { name, type, durable } = missingExchange
      const step = this.steps.issue(state => withExchange(state, name))
      return { step, answer: channel.call('exchange.declare', { exchange: name, type, durable }) }
    }
    if (missingQueue !== undefined && what < 0.6) {
      const { name, durable } = missingQueue
      const step = this.steps.issue(state => withQueue(state, name))
      return { step, answer: channel.call('queue.declare', { queue: name, durable }) }
    }
    if (exchanges.size === 0 || queues.size === 0) return this.change(channel, random)
    if (what < 0.88) return this.rebind(channel, random)
    if (what < 0.95) {
      const exchange = random.pick([...exchanges])
      const step = this.steps.issue(state => withoutExchange(state, exchange))
      return { step, answer: channel.call('exchange.delete', { exchange }) }
    }
    const queue = random.pick([...queues])
    const step = this.steps.issue(state => withoutQueue(state, queue))
    return { step, answer: channel.call('queue.delete', { queue }) }
  }

  private rebind(channel: LinkChannel, random: Random): { step: number; answer: Promise<unknown> } {
    const { exchanges, queues, bindings } = this.steps.current
    const source = random.pick([...exchanges])
    const kind = random.chance(0.3) ? 'exchange' : 'queue'
    const destination = random.pick([...(kind === 'queue' ? queues : exchanges)])
    const fresh: BindingState = { source, kind, destination, key: random.pick(KEYS) }
    const unbind = bindings.length > 0 && random.chance(0.35)
    const binding = unbind ? random.pick(bindings) : fresh
    const { key: routingKey } = binding
    const step = this.steps.issue(state => (unbind ? withoutBinding : withBinding)(state, binding))
    if (binding.kind === 'queue') {
      const request = { queue: binding.destination, exchange: binding.source, routingKey }
      return { step, answer: channel.call(unbind ? 'queue.unbind' : 'queue.bind', request) }
    }
    const request = { destination: binding.destination, source: binding.source, routingKey }
    return { step, answer: channel.call(unbind ? 'exchange.unbind' : 'exchange.bind', request) }
  }
}

/** Publishes under each key to each exchange. Returns which queues that reached, by `exchange key`. */
async function probe(
  channel: LinkChannel,
  exchanges: readonly string[],
  queues: readonly string[],
): Promise<Map<string, string[]>> {
  for (const exchange of exchanges) {
    for (const key of KEYS)
      channel.publish(exchange, key, Buffer.alloc(0), { messageId: `${exchange} ${key}` })
  }
  const reached = new Map<string, string[]>()
  for (const queue of [...queues].sort()) {
    for (let got = await channel.get(queue); got !== undefined; got = await channel.get(queue)) {
      const probed = got.content?.properties.messageId ?? ''
      reached.set(probed, [...(reached.get(probed) ?? []), queue])
      channel.send('basic.ack', { deliveryTag: got.fields.deliveryTag })
    }
  }
  return reached
}

function distinct(states: readonly TopologyState[]): TopologyState[] {
  return [...new Map(states.map(state => [spelled(state), state])).values()]
}

function visible(state: TopologyState): string {
  return outlook(state.exchanges, state.queues, (exchange, key) => route(state, exchange, key))
}
