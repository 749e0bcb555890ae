/** Where exchanges that choose one queue send a row of messages. */
import type { Broker } from './broker'
import type { Properties, Table } from './methods'
import type { WireChannel } from './wire-channel'

export type Made = readonly [routingKey: string, properties?: Properties]

export class Placement {
  private constructor(
    readonly channel: WireChannel,
    readonly exchange: string,
    readonly queues: readonly string[],
  ) {}

  /** Queues in the order of their names, bound by these keys one after the other. */
  static async of(
    broker: Broker,
    type: string,
    keys: readonly string[],
    args: Table = {},
  ): Promise<Placement> {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, type, { arguments: args })
    const queues: string[] = []
    for (const _ of keys) queues.push(await broker.queue(channel))
    queues.sort()
    for (const [index, queue] of queues.entries()) {
      await channel.call('queue.bind', { queue, exchange, routingKey: keys[index] ?? '' })
    }
    return new Placement(channel, exchange, queues)
  }

  /** One digit for each message: which of the queues it went to, `-` for none. Each goes to one at most. */
  async digits(count: number, make: (index: number) => Made): Promise<string> {
    for (let i = 0; i < count; i++) {
      const [routingKey, properties = {}] = make(i)
      this.channel.publish({ exchange: this.exchange, routingKey }, String(i), properties)
    }
    const places = new Array<string>(count).fill('-')
    for (const [digit, queue] of this.queues.entries()) {
      for (const body of await this.channel.drain(queue)) {
        if (places[Number(body)] !== '-') throw new Error(`message ${body} went to two queues`)
        places[Number(body)] = String(digit)
      }
    }
    return places.join('')
  }

  /** Binds or unbinds one of the queues. */
  async change(method: 'queue.bind' | 'queue.unbind', queue: number, routingKey: string): Promise<void> {
    const { exchange } = this
    await this.channel.call(method, { queue: this.queues[queue] ?? '', exchange, routingKey })
  }
}
