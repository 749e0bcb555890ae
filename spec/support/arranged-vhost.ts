/** A virtual host with its turns in the hands of the spec, and one line for each thing that is declared or done in it. */
import type { BasicProperties } from '../../src/amqp/properties'
import { fieldTable, type PlainTable } from '../../src/amqp/table'
import { bind } from '../../src/broker/declarations/bindings'
import { declareExchange } from '../../src/broker/declarations/exchange-declarations'
import { declareQueue } from '../../src/broker/declarations/queue-declarations'
import type { Vhost } from '../../src/broker/vhost'
import type { Destination } from '../../src/exchanges/destination'
import type { Exchange } from '../../src/exchanges/exchange'
import { senderSelectedKeys } from '../../src/exchanges/sender-selected'
import { newMessage } from '../../src/message'
import { browse } from '../../src/queues/browse'
import type { Queue } from '../../src/queues/queue'
import { type ComposedBroker, composeBroker } from './composed-broker'
import { ManualTurn } from './manual-turn'
import { whileTurning } from './while-turning'

export class ArrangedVhost {
  readonly turn = new ManualTurn()
  readonly composed: ComposedBroker = composeBroker(this.turn)
  readonly vhost: Vhost = this.composed.vhost
  readonly connection = {}

  queue(name: string, args: PlainTable = {}, owner?: object): Queue {
    const request = { name, durable: true, autoDelete: false, owner, arguments: fieldTable(args) }
    return declareQueue(this.vhost, request, owner ?? this.connection)
  }

  exchange(name: string, type = 'fanout', args: PlainTable = {}, internal = false): Exchange {
    const given = { name, type, durable: true, autoDelete: false, internal }
    return declareExchange(this.vhost, { ...given, arguments: fieldTable(args) })
  }

  bind(source: Exchange, to: Destination, routingKey = '', args: PlainTable = {}): void {
    bind(this.vhost, source, to, routingKey, fieldTable(args))
  }

  /** As a publisher's channel does it. Returns the names of the queues that it went to. */
  publish(exchange: string, routingKey: string, body = '', properties: BasicProperties = {}): string[] {
    const message = newMessage(exchange, routingKey, { deliveryMode: 2, ...properties }, Buffer.from(body))
    const keys = [routingKey, ...senderSelectedKeys(message.headers())]
    const { queues } = this.vhost.route(this.vhost.requireExchange(exchange), message, keys)
    for (const queue of queues) queue.enqueue(message)
    return queues.map(({ name }) => name)
  }

  during<Result>(work: Promise<Result>): Promise<Result> {
    return whileTurning(this.turn, work)
  }

  /** What waits in a queue, in the order of delivery. */
  async bodies(queue: Queue): Promise<string[]> {
    const { items } = await this.during(browse(queue, { limit: 100_000, scanMax: 100_000 }))
    return items.map(({ body }) => body.toString())
  }

  /** Reads the first message that waits, and leaves it there. */
  async first(queue: Queue) {
    const { items } = await this.during(browse(queue, { limit: 1 }))
    if (items[0] === undefined) throw new Error(`nothing waits in ${queue.name}`)
    return items[0]
  }
}
