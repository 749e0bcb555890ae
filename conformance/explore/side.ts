/** One of the two brokers while a program runs on it: takes a step, waits until all is quiet, and says what was heard. */
import type { ManagementApi } from '../support/management-api'
import type { Target } from '../support/url'
import type { ChannelState } from './channel-state'
import { ConnectionState } from './connection-state'
import { Names } from './names'
import { Policies } from './policies'
import type { QueueState } from './probe'
import { isPolicyStep, type MethodStep, type Step } from './step'

/** Dead letters may go from queue to queue to queue; that many times nothing may be new before it is called endless. */
const ROUNDS_MAX = 60

export interface Heard {
  readonly said: readonly string[]
  /** Which connections are gone, and how the queues are. */
  readonly state: readonly string[]
}

export class Side {
  private readonly connections = new Map<number, ConnectionState>()
  /** How long nothing may happen before it is called quiet: questions do not wait for what a quorum queue does. */
  quietMs = 0
  private names = new Names()
  /** Those that may be there. */
  private readonly queues = new Set<string>()
  /** Those that ever were. */
  private readonly declared = { queues: new Set<string>(), exchanges: new Set<string>() }

  private constructor(
    private readonly target: Target,
    /** Sees what a third party sees. */
    private readonly watch: ConnectionState,
    private readonly policies: Policies | undefined,
  ) {}

  /** Without `management` there can be no policies. */
  static async open(target: Target, management?: ManagementApi): Promise<Side> {
    const policies = management && new Policies(management, target.vhost)
    return new Side(target, await ConnectionState.open(target, 9), policies)
  }

  /** Which deliveries it would be about; undefined: none, and it makes no sense. See DeliveryTags. */
  meaningOf({ connection, channel: number, fields }: Step): string | undefined {
    if (!('deliveryTag' in fields)) return ''
    const channel = this.connections.get(connection)?.channel(number)
    const symbol = symbolOf(fields, channel)
    if (symbol === undefined) return undefined
    return 'multiple' in fields && fields.multiple === true ? channel?.tags.upTo(symbol) : `${symbol}`
  }

  /** Lines that must be the same on both sides. */
  async take(step: Step): Promise<Heard> {
    if (isPolicyStep(step)) {
      const answer = await this.policies?.take(step)
      const heard = this.heard(await this.settle())
      return { ...heard, said: [`said: ${answer}`, ...heard.said] }
    }
    const connection = await this.connection(step.connection)
    const channel = connection.channel(step.channel)
    const said = this.names.toReal(step)
    this.remember(said)
    const symbol = symbolOf(said.fields, channel) ?? 0
    await connection.say(withTag(said, channel.tags.realOf(symbol)), symbol)
    const queues = await this.settle()
    const { queue, consumerTag } = channel.chosen
    if (queue !== undefined) this.chosen(step, 'queue', queue)
    if (consumerTag !== undefined) this.chosen(step, 'consumerTag', consumerTag)
    return this.heard(queues)
  }

  /** What came since then. */
  async more(): Promise<Heard> {
    return this.heard(await this.settle())
  }

  private heard(queues: ReadonlyMap<string, QueueState>): Heard {
    const said: string[] = []
    const gone: string[] = []
    for (const [number, each] of [...this.connections.entries()].sort(([a], [b]) => a - b)) {
      for (const line of each.takeLines(tag => this.names.toSymbol(tag))) said.push(this.names.toSymbol(line))
      if (!each.isOpen) gone.push(`${number} is gone`)
    }
    const state = [...gone, ...this.linesOf(queues)]
    if (this.quietMs === 0) return { said, state }
    return { said: said.map(withoutConsumers), state: state.map(withoutConsumers) }
  }

  /** Forgets the program: everything it may have left is deleted. */
  async clear(): Promise<void> {
    for (const connection of this.connections.values()) await connection.close()
    this.connections.clear()
    await this.policies?.clear()
    this.queues.clear()
    this.names = new Names()
    const { queues, exchanges } = this.declared
    await this.watch.probe.clear([...queues], [...exchanges])
    queues.clear()
    exchanges.clear()
  }

  async close(): Promise<void> {
    await this.clear()
    await this.watch.close()
  }

  private async connection(number: number): Promise<ConnectionState> {
    const known = this.connections.get(number)
    if (known?.isOpen === true) return known
    const opened = await ConnectionState.open(this.target, number)
    this.connections.set(number, opened)
    return opened
  }

  private linesOf(states: ReadonlyMap<string, QueueState>): string[] {
    for (const [name, state] of states) if (state === 'gone') this.queues.delete(name)
    return [...states].map(([name, state]) => this.names.toSymbol(`queue ${name}: ${state}`)).sort()
  }

  private remember({ method, fields }: MethodStep): void {
    if (method === 'queue.declare' && fields.queue !== undefined && fields.queue !== '')
      this.exists(fields.queue)
    if (method === 'exchange.declare' && fields.exchange !== undefined)
      this.declared.exchanges.add(fields.exchange)
  }

  private exists(queue: string): void {
    this.queues.add(queue)
    this.declared.queues.add(queue)
  }

  private chosen({ id, fields }: MethodStep, field: 'queue' | 'consumerTag', real: string): void {
    if (field === 'queue') this.exists(real)
    const asked = (fields as Record<string, unknown>)[field]
    if (asked === undefined || asked === '') this.names.learn(id, real)
  }

  /** Rounds of questions, until one brings nothing new. */
  private async settle(): Promise<Map<string, QueueState>> {
    let before = ''
    let waited = ''
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const open = this.openConnections()
      await Promise.all(open.map(connection => connection.sync()))
      const queues = await this.queueStates()
      const arrived = open.map(connection => connection.arrived)
      const now = JSON.stringify([[...queues], arrived])
      const isQuiet = now === before
      before = now
      if (!isQuiet) continue
      if (!open.some(({ awaitsConfirms }) => awaitsConfirms)) {
        if (this.quietMs === 0 || waited === now) return queues
        waited = now
        await new Promise(resolve => setTimeout(resolve, this.quietMs))
        continue
      }
      const all = await Promise.all(open.map(connection => connection.confirmed()))
      if (all.includes(false)) return queues
      before = ''
    }
    return new Map([['everything', 'no answer']])
  }

  /** As the third party sees them, and those that are none of its business as their owners do. */
  private async queueStates(): Promise<Map<string, QueueState>> {
    const names = [...this.queues].sort()
    const states = await this.watch.probe.queues(names)
    const locked = names.filter(name => states.get(name) === 'locked')
    for (const connection of locked.length > 0 ? this.openConnections() : []) {
      for (const [name, state] of await connection.probe.queues(locked))
        if (state !== 'locked') states.set(name, state)
    }
    return states
  }

  private openConnections(): ConnectionState[] {
    return [...this.connections.values()].filter(({ isOpen }) => isOpen)
  }
}

/** A tag below 0 counts from -1 what is not settled yet. */
function symbolOf(fields: object, channel: ChannelState | undefined): number | undefined {
  const tag = 'deliveryTag' in fields ? Number(fields.deliveryTag) : 0
  return tag < 0 ? channel?.unsettledAt(-1 - tag) : tag
}

function withTag(step: MethodStep, deliveryTag: number): MethodStep {
  if (!('deliveryTag' in step.fields)) return step
  return { ...step, fields: { ...step.fields, deliveryTag } } as MethodStep
}

/** RabbitMQ 3.10 counts who holds a message that they got of a quorum queue (differences.md). */
function withoutConsumers(line: string): string {
  return line.replace(/, \d+ consumers$/, '').replace(/"consumerCount":\d+/, '"consumerCount":…')
}
