/** A connection of a program on one side: its channels, and whether everything that was said to it is done. */
import type { Arrival } from '../support/inbox'
import type { MethodName } from '../support/methods'
import type { Target } from '../support/url'
import { ChannelState } from './channel-state'
import { Link, PATIENCE_MS } from './link'
import { PROBE_CHANNEL, Probe } from './probe'
import { bodyOf, type MethodStep } from './step'

/** Until they are answered, nothing else may be said on the channel (RabbitMQ, of tx.commit). */
const answered: readonly MethodName[] = [
  'access.request',
  'basic.cancel',
  'basic.consume',
  'basic.get',
  'basic.qos',
  'basic.recover',
  'channel.close',
  'channel.flow',
  'channel.open',
  'confirm.select',
  'connection.close',
  'exchange.bind',
  'exchange.declare',
  'exchange.delete',
  'exchange.unbind',
  'queue.bind',
  'queue.declare',
  'queue.delete',
  'queue.purge',
  'queue.unbind',
  'tx.commit',
  'tx.rollback',
  'tx.select',
]

const SYNC = 'explorer-sync-'

export class ConnectionState {
  private readonly channels = new Map<number, ChannelState>()
  private link!: Link
  private probing!: Probe
  private syncs = 0
  private synced = new Map<number, string>()

  private constructor(private readonly name: number) {
    this.channels.set(0, new ChannelState(`${name}`))
  }

  static async open(target: Target, name: number): Promise<ConnectionState> {
    const connection = new ConnectionState(name)
    connection.link = await Link.open(target, {
      heard: (channel, arrival) => connection.heard(channel, arrival),
      ended: () => connection.ended(),
    })
    connection.probing = new Probe(connection.link)
    return connection
  }

  get isOpen(): boolean {
    return this.link.isOpen
  }

  get probe(): Probe {
    return this.probing
  }

  get arrived(): number {
    let all = 0
    for (const { arrived } of this.channels.values()) all += arrived
    return all
  }

  channel(number: number): ChannelState {
    const channel = this.channels.get(number) ?? new ChannelState(`${this.name}/${number}`)
    this.channels.set(number, channel)
    return channel
  }

  /** Sends a step, and waits for its answer if it has one. `symbol` is that of the delivery tag. */
  async say(step: MethodStep, symbol: number): Promise<void> {
    const { channel: number, method, fields, content, isBare } = step
    const channel = this.channel(number)
    if (number > 0 && !channel.isOpen && isBare !== true) await this.openChannel(number)
    if (!this.isOpen) return
    for (let copy = 0; copy < (content?.copies ?? 1); copy++) {
      this.link.send(number, method, fields)
      channel.sent(step, symbol)
      if (content !== undefined) this.link.sendContent(number, content.properties, bodyOf(content, copy))
    }
    if (!answered.includes(method) || ('nowait' in fields && fields.nowait === true)) return
    const answers = [`${method}-ok`, 'channel.close', ...(method === 'basic.get' ? ['basic.get-empty'] : [])]
    await this.link.until(() => !this.isOpen || channel.hasHeard(...answers), PATIENCE_MS)
  }

  /** One round trip on every channel that is open, and on one that always is. */
  async sync(): Promise<void> {
    const consumerTag = `${SYNC}${++this.syncs}`
    const asked = [...this.channels].filter(([number, { isOpen }]) => number > 0 && isOpen)
    for (const [number] of asked) this.link.send(number, 'basic.cancel', { consumerTag })
    await this.probing.sync()
    const isDone = ([number, channel]: [number, ChannelState]) =>
      !channel.isOpen || this.synced.get(number) === consumerTag
    const isInTime = await this.link.until(() => !this.isOpen || asked.every(isDone))
    if (!isInTime) throw new Error(`connection ${this.name} does not answer`)
  }

  get awaitsConfirms(): boolean {
    return [...this.channels.values()].some(({ awaitsConfirms }) => awaitsConfirms)
  }

  /** True: all have come. False: they will not. */
  confirmed(): Promise<boolean> {
    return this.link.until(() => !this.awaitsConfirms)
  }

  takeLines(symbolOf: (consumerTag: string) => string): string[] {
    return [...this.channels.entries()]
      .sort(([a], [b]) => a - b)
      .flatMap(([, channel]) => channel.takeLines(symbolOf))
  }

  close(): Promise<void> {
    return this.link.close()
  }

  private async openChannel(number: number): Promise<void> {
    this.link.send(number, 'channel.open')
    await this.link.until(() => !this.isOpen || this.channel(number).isOpen)
  }

  private heard(number: number, arrival: Arrival): void {
    if (number === PROBE_CHANNEL) return this.probing.heard(arrival)
    if (arrival.name === 'basic.cancel-ok' && arrival.fields.consumerTag.startsWith(SYNC))
      this.synced.set(number, arrival.fields.consumerTag)
    else this.channel(number).heard(arrival)
  }

  private ended(): void {
    for (const channel of this.channels.values()) channel.end()
  }
}
