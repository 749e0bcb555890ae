/** A consumer that takes as many deliveries as it is allowed and remembers them. */
import type { Message } from '../../src/message'
import type { Consumer } from '../../src/queues/consumer'
import { bodyOf } from './messages'

export interface ConsumerWishes {
  readonly tag: string
  readonly priority: number
  readonly exclusive: boolean
  readonly noAck: boolean
  readonly credit: number
}

export interface SeenDelivery {
  readonly consumer: FakeConsumer
  readonly body: string
  readonly position: number
  readonly redelivered: boolean
}

export class FakeConsumer implements Consumer {
  readonly tag: string
  readonly priority: number
  readonly exclusive: boolean
  readonly noAck: boolean
  /** Deliveries it would still take. */
  credit: number
  isCancelled = false
  readonly deliveries: SeenDelivery[] = []
  delivered = 0
  redelivered = 0
  /** How often it was asked whether it has credit. */
  timesAsked = 0

  constructor(wishes: Partial<ConsumerWishes> = {}) {
    const { tag = 'tag', priority = 0, exclusive = false, noAck = false } = wishes
    this.tag = tag
    this.priority = priority
    this.exclusive = exclusive
    this.noAck = noAck
    this.credit = wishes.credit ?? Number.POSITIVE_INFINITY
  }

  /** Called with each delivery, while its message is valid. */
  onDelivery: (delivery: SeenDelivery, message: Message) => void = () => {}

  get bodies(): string[] {
    return this.deliveries.map(({ body }) => body)
  }

  hasCredit(): boolean {
    this.timesAsked++
    return this.credit > 0
  }

  deliver(message: Message, position: number, redelivered: boolean): void {
    if (this.credit <= 0) throw new Error(`a delivery to ${this.tag}, which has no credit`)
    this.credit--
    this.delivered++
    if (redelivered) this.redelivered++
    const delivery = { consumer: this, body: bodyOf(message), position, redelivered }
    this.deliveries.push(delivery)
    this.onDelivery(delivery, message)
  }

  cancelled(): void {
    this.isCancelled = true
  }
}
