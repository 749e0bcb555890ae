/**
 * What the broker itself publishes: events, log lines, copies of messages. Gathered while something else goes on and
 * routed at the end of the turn, so that no queue is entered from inside another's work. RabbitMQ's `publish_at_most_once`:
 * nobody waits for it, and what is too much is lost. What takes much work goes on in the next turn.
 */
import type { BasicProperties } from '../../amqp/properties'
import type { Exchange } from '../../exchanges/exchange'
import { type Message, newMessage } from '../../message'
import { Ring } from '../../structures/ring'
import { EASY_WORK, type Turn, type TurnWork, WORK_PER_TURN } from '../../turn'
import type { Vhost } from '../vhost'

interface Posted {
  readonly vhost: Vhost
  readonly exchange: Exchange
  readonly message: Message
}

/** Gathered and not routed yet, in bytes. A peer that deletes an exchange decides how many bindings go with it. */
const WAITING_BYTES_MAX = 128 * 1024 * 1024
/** What a message takes besides its bytes, about. */
const OVERHEAD_BYTES = 512

export class Outbox implements TurnWork {
  private readonly waiting = new Ring<Posted>()
  private waitingBytes = 0
  private lost = 0
  private isMarked = false

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
    this.waitingBytes += bytesOf(message)
    this.waiting.push({ vhost, exchange, message })
    this.mark()
  }

  runTurn(): void {
    this.isMarked = false
    if (this.lost > 0) this.failed(new Error(`${this.lost} more than fit a turn`))
    this.lost = 0
    let work = 0
    for (let left = this.waiting.length; left > 0 && work < WORK_PER_TURN; left--)
      work += this.publish(this.waiting.shift() as Posted)
    if (this.waiting.length > 0) this.mark()
  }

  private mark(): void {
    if (this.isMarked) return
    this.isMarked = true
    this.turn.deliver(this)
  }

  private publish({ vhost, exchange, message }: Posted): number {
    this.waitingBytes -= bytesOf(message)
    try {
      const { queues, work } = vhost.route(exchange, message, [message.routingKey])
      for (const queue of queues) queue.enqueue(message)
      return work > EASY_WORK ? work : 0
    } catch (error) {
      this.failed(error)
      return 0
    }
  }
}

function bytesOf(message: Message): number {
  return message.byteLength + OVERHEAD_BYTES
}
