/** One queue as a test looks at it: nothing is taken out of it, marked or kept from expiring. */
import { isReplyQueueName } from '../../broker/names'
import type { Vhost } from '../../broker/vhost'
import { ChannelConsumer } from '../../channel/channel-consumer'
import { type BrowsedEntry, browse } from '../../queues/browse'
import { DelayQueue } from '../../queues/delay-queue'
import type { Queue } from '../../queues/queue'
import { SeenMessage } from './seen-message'

const PAGE = 1000

export class QueuedMessage extends SeenMessage {
  /** ready: it waits; delayed: it waits for its next try; unacked: it is out with a consumer. */
  readonly state: BrowsedEntry['state']
  readonly redelivered: boolean

  constructor({ exchange, routingKey, properties, body, state, redelivered }: BrowsedEntry) {
    super(exchange, routingKey, properties, body)
    this.state = state
    this.redelivered = redelivered
  }
}

export interface SeenConsumer {
  readonly tag: string
  readonly channel: number
  /** `127.0.0.1:53076 -> 127.0.0.1:5672` */
  readonly connection: string
  /** What its client calls itself, the property `connection_name`. */
  readonly clientName: string | undefined
  /** Deliveries that may be out; 0: no limit. */
  readonly prefetch: number
  readonly noAck: boolean
}

export class QueueView {
  constructor(
    /** That of now: another one when the broker was restarted. */
    private readonly vhostOfNow: () => Vhost,
    readonly name: string,
  ) {}

  get exists(): boolean {
    return this.vhost.queues.has(this.name)
  }

  /** Messages that wait. @throws Error when there is no such queue, as do the others */
  get count(): number {
    return this.queue.messageCount
  }

  /** Messages that are out with consumers. */
  get unacked(): number {
    return this.queue.unacknowledgedCount
  }

  get consumers(): readonly SeenConsumer[] {
    return [...this.queue.consumers.all()].flatMap(consumer =>
      consumer instanceof ChannelConsumer ? [described(consumer)] : [],
    )
  }

  /** Those that wait and those that are out, in the order of delivery. */
  async messages(): Promise<QueuedMessage[]> {
    const { queue } = this
    const messages: QueuedMessage[] = []
    for (let offset: number | undefined = 0; offset !== undefined; ) {
      const page = await browse(queue, { state: 'all', offset, limit: PAGE })
      for (const entry of page.items) messages.push(new QueuedMessage(entry))
      offset = page.nextOffset
    }
    return messages
  }

  private get vhost(): Vhost {
    return this.vhostOfNow()
  }

  private get queue(): Queue {
    const queue = this.vhost.queues.get(this.name)
    if (queue !== undefined) return queue
    const others = testQueues(this.vhost).map(({ name }) => JSON.stringify(name))
    const there = others.length === 0 ? 'there are none' : `there are ${others.join(', ')}`
    throw new Error(
      `there is no queue ${JSON.stringify(this.name)} in virtual host ${this.vhost.name}: ${there}`,
    )
  }
}

/** Not those that the broker has for replies and delays. */
export function testQueues(vhost: Vhost): Queue[] {
  return [...vhost.queues.values()].filter(
    queue => !isReplyQueueName(queue.name) && !(queue instanceof DelayQueue),
  )
}

function described({ tag, number, limit, noAck, session }: ChannelConsumer): SeenConsumer {
  const clientName = session.identity()?.userProvidedName
  return { tag, channel: number, connection: session.connectionName, clientName, prefetch: limit, noAck }
}
