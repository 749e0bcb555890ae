/**
 * What the broker itself publishes: events, log lines, copies of messages. Gathered while something else goes on and
 * routed at the end of the turn, so that no queue is entered from inside another's work. RabbitMQ's `publish_at_most_once`:
 * nobody waits for it, and what is too much for one turn is lost.
 */
import type { BasicProperties } from '../../amqp/properties'
import type { Exchange } from '../../exchanges/exchange'
import { type Message, newMessage } from '../../message'
import type { Turn, TurnWork } from '../../turn'
import type { Vhost } from '../vhost'

interface Posted {
  readonly vhost: Vhost
  readonly exchange: Exchange
  readonly message: Message
}

/** Gathered in one turn, in bytes. A peer that deletes an exchange decides how many bindings go with it. */
const WAITING_BYTES_MAX = 128 * 1024 * 1024
/** What a message takes besides its bytes, about. */
const OVERHEAD_BYTES = 512

export class Outbox implements TurnWork {
  private waiting: Posted[] = []
  private waitingBytes = 0
  private lost = 0

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
    if (this.waitingBytes >= WAITING_BYTES_MAX) {
      this.lost++
      return
    }
    const message = newMessage(exchange.name, routingKey, properties, body)
    this.waitingBytes += message.byteLength + OVERHEAD_BYTES
    if (this.waiting.push({ vhost, exchange, message }) === 1) this.turn.deliver(this)
  }

  runTurn(): void {
    const posted = this.waiting
    this.waiting = []
    this.waitingBytes = 0
    if (this.lost > 0) this.failed(new Error(`${this.lost} more than fit a turn`))
    this.lost = 0
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
