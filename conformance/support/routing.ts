/** Tables of routing cases: bind a queue, publish, and see what came. */
import type { Broker } from './broker'
import type { Properties, Table } from './methods'
import type { WireChannel } from './wire-channel'

export interface Binding {
  readonly routingKey?: string
  readonly arguments?: Table
}

/** A queue bound to an exchange of the given type of its own. */
export class Route {
  private constructor(
    private readonly channel: WireChannel,
    readonly exchange: string,
    readonly queue: string,
  ) {}

  static async to(broker: Broker, type: string, ...bindings: Binding[]): Promise<Route> {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, type)
    const queue = await broker.queue(channel)
    for (const binding of bindings) await channel.call('queue.bind', { queue, exchange, ...binding })
    return new Route(channel, exchange, queue)
  }

  /** How often one message with this key and these properties reaches the queue. */
  async count(routingKey: string, properties: Properties = {}): Promise<number> {
    this.channel.publish({ exchange: this.exchange, routingKey }, routingKey, properties)
    return (await this.channel.drain(this.queue)).length
  }

  async unbind(binding: Binding): Promise<void> {
    await this.channel.call('queue.unbind', { queue: this.queue, exchange: this.exchange, ...binding })
  }

  /** Those of the keys that reach the queue. */
  async matching(keys: readonly string[]): Promise<string[]> {
    for (const routingKey of keys) {
      this.channel.publish({ exchange: this.exchange, routingKey }, routingKey)
    }
    return await this.channel.drain(this.queue)
  }
}
