/**
 * What the broker itself publishes: events, log lines, copies of messages. Gathered while something else goes on and
 * routed at the end of the turn, so that no queue is entered from inside another's work. RabbitMQ's `publish_at_most_once`:
 * nobody waits for it, and what cannot be kept is lost.
 */
import type { BasicProperties } from '../amqp/properties'
import type { Exchange } from '../exchanges/exchange'
import { type Message, newMessage } from '../message'
import type { Turn, TurnWork } from '../turn'
import type { Vhost } from './vhost'

interface Posted {
  readonly vhost: Vhost
  readonly exchange: Exchange
  readonly message: Message
}

export class Outbox implements TurnWork {
  private waiting: Posted[] = []

  /** `failed` hears of messages that were lost. */
  constructor(
    private readonly turn: Turn,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** The body is the outbox's from here on. */
  post(
    vhost: Vhost,
    exchange: Exchange,
    routingKey: string,
    properties: BasicProperties,
    body: Buffer,
  ): void {
    const message = newMessage(exchange.name, routingKey, properties, body)
    if (this.waiting.push({ vhost, exchange, message }) === 1) this.turn.deliver(this)
  }

  runTurn(): void {
    const posted = this.waiting
    this.waiting = []
    for (const { vhost, exchange, message } of posted) {
      try {
        const { queues } = vhost.route(exchange, message, [message.routingKey])
        for (const queue of queues) queue.enqueue(message)
      } catch (error) {
        this.failed(error)
      }
    }
  }
}
