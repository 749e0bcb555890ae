/** What one channel of a client knows: what it asked and was not answered, what it sent, what it was given. */
import type { Content } from '../../../conformance/support/inbox'
import type { MethodName, Properties } from '../../../conformance/support/methods'
import type { SeenKey } from '../model/duplicates-model'
import type { Needs } from '../model/needs'
import type { QueueModel } from '../model/queue-model'

export interface SentMessage {
  readonly id: string
  readonly exchange: string
  readonly routingKey: string
  readonly properties: Properties
  readonly body: Buffer
  readonly isMandatory: boolean
  /** Part of a transaction when it was sent. */
  readonly isInTx: boolean
  /** When it was sent, as `AccessModel` counts. */
  readonly since: number
  /** The queues it was routed to, once the broker has seen it, and those of them that did not get it so far. */
  routed: readonly QueueModel[]
  awaited: Set<QueueModel>
  /** Messages that it repeats, so that it did not come into their queues. */
  readonly repeated: { readonly queue: QueueModel; readonly position: number }[]
  /** Keys by which others are duplicates of it. */
  noted: readonly SeenKey[]
  isRefused: boolean
  /** It led nowhere, and its publisher wants to know. */
  isUnroutable: boolean
  /** What became of it; undefined: nobody said. */
  answer: 'acked' | 'nacked' | undefined
}

/** What the broker says it has given to this channel, in order. */
export interface ExpectedDelivery {
  readonly id: string
  readonly queue: QueueModel
  readonly deliveryTag: number
  readonly consumerTag: string | undefined
  readonly isRedelivered: boolean
  readonly exchange: string
  readonly routingKey: string
  readonly noAck: boolean
  /** Died somewhere, or came back: some of its properties are not the publisher's any more. */
  readonly isChanged: boolean
  /** It came back so often, or oftener. */
  readonly failures: number
}

export interface AwaitedReply {
  readonly method: MethodName
  /** What it takes, and when it was asked, as `AccessModel` counts. */
  readonly needs: Needs
  readonly since: number
  readonly replied?: (fields: unknown, content: Content | undefined) => void
}

export interface KnownConsumer {
  readonly noAck: boolean
  /** 0: none. */
  readonly limit: number
  outstanding: number
}

export class Conversation {
  state: 'open' | 'closing' | 'closed' = 'open'
  mode: 'plain' | 'confirm' | 'tx' = 'plain'
  /** basic.recover was sent and not answered: nobody knows what is out. */
  isRecovering = false
  prefetch = 0
  /** basic.qos with global: of all consumers together. */
  sharedPrefetch = 0
  readonly replies: AwaitedReply[] = []
  /** Sent, and not seen by the broker. */
  readonly underWay: SentMessage[] = []
  readonly unconfirmed = new Map<number, SentMessage>()
  published = 0
  readonly expected: ExpectedDelivery[] = []
  /** What may come back; in a transaction also what was routed. */
  readonly returnsDue: SentMessage[] = []
  readonly unacked = new Map<number, ExpectedDelivery>()
  /** Settled in a transaction that is not committed. */
  held = new Map<number, ExpectedDelivery>()
  /** Published in it. */
  uncommitted: SentMessage[] = []
  readonly consumers = new Map<string, KnownConsumer>()
  /** Delivery tags that the broker gave so far. */
  deliveries = 0

  constructor(
    readonly number: number,
    readonly port: number,
    /** When it began, as `AccessModel` counts. */
    readonly since: number,
  ) {}

  /** A delivery is not out any more, as far as this side knows. */
  settled(tag: number): void {
    const delivery = this.unacked.get(tag)
    if (delivery === undefined) return
    this.unacked.delete(tag)
    if (this.mode === 'tx') this.held.set(tag, delivery)
    this.credit(delivery, -1)
  }

  /** Not in a transaction: before all of one that is on its way already. */
  returnsNow(message: SentMessage): void {
    const at = this.returnsDue.findIndex(({ isInTx }) => isInTx)
    this.returnsDue.splice(at === -1 ? this.returnsDue.length : at, 0, message)
  }

  rolledBack(): void {
    for (const [tag, delivery] of this.held) {
      this.unacked.set(tag, delivery)
      this.credit(delivery, 1)
    }
    this.held = new Map()
    this.uncommitted = []
  }

  recovered(): void {
    this.isRecovering = false
    for (const delivery of this.unacked.values()) this.credit(delivery, -1)
    this.unacked.clear()
  }

  credit({ consumerTag }: ExpectedDelivery, change: number): void {
    const consumer = consumerTag === undefined ? undefined : this.consumers.get(consumerTag)
    if (consumer !== undefined) consumer.outstanding += change
  }
}
