/** All a queue may know of a consumer. Owned here; a channel, a test or a shovel implements it. */
import type { Message } from '../message'
import type { DeliveryCounts } from '../structures/message-tally'

export interface Consumer extends DeliveryCounts {
  readonly tag: string
  /** `x-priority`: higher ones are served first. */
  readonly priority: number
  readonly exclusive: boolean
  /** Deliveries settle themselves: the queue forgets the entry once it was handed over. */
  readonly noAck: boolean
  /** Whether one more delivery may be handed over now. When that changes to yes, it calls `Queue.creditReturned`. */
  hasCredit(): boolean
  /**
   * Takes a delivery; the message is only valid during the call. Unless `noAck`, the entry stays the queue's
   * until `settle` or `requeue` with its position.
   */
  deliver(message: Message, position: number, redelivered: boolean): void
  /** The queue is going away. */
  cancelled(): void
}
