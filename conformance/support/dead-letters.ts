/** A queue with a dead letter exchange of its own, and the dead letters as they come out behind it. */
import type { Broker } from './broker'
import { eventually } from './eventually'
import type { MethodFields, Table } from './methods'
import type { Delivery, WireChannel } from './wire-channel'

/** The cause of death of each message, and with it the queue: the fields of a table in x-death that matter most. */
export interface Death {
  readonly reason: string
  readonly queue: string
  readonly count: number
  readonly exchange: string
  readonly 'routing-keys': readonly string[]
  readonly time: { readonly '!': 'timestamp'; readonly value: number }
  readonly 'original-expiration'?: string
}

export class DeadLetters {
  private constructor(
    /** A channel to publish and consume on. */
    readonly channel: WireChannel,
    /** Consumes the dead letters; nothing else arrives here. */
    readonly letters: WireChannel,
    /** The queue that messages die in. */
    readonly queue: string,
    /** Its dead letter exchange, a fanout. */
    readonly exchange: string,
    /** Bound to that exchange, and consumed. */
    readonly deadLetterQueue: string,
  ) {}

  /** The queue has these arguments besides x-dead-letter-exchange, and these fields. */
  static async of(
    broker: Broker,
    queueArguments: Table = {},
    fields: Partial<MethodFields['queue.declare']> = {},
  ): Promise<DeadLetters> {
    const channel = await broker.channel()
    const letters = await channel.wire.channel(2)
    const exchange = await broker.exchange(channel, 'fanout')
    const deadLetterQueue = await broker.queue(channel)
    await channel.call('queue.bind', { queue: deadLetterQueue, exchange })
    const withExchange = { 'x-dead-letter-exchange': exchange, ...queueArguments }
    const queue = await broker.queue(channel, { ...fields, arguments: withExchange })
    await letters.call('basic.consume', { queue: deadLetterQueue, noAck: true })
    return new DeadLetters(channel, letters, queue, exchange, deadLetterQueue)
  }

  /** Publishes to the queue, by its name. */
  publish(body: string, properties: Parameters<WireChannel['publish']>[2] = {}): void {
    this.channel.publish({ routingKey: this.queue }, body, properties)
  }

  /** Publishes, gets and rejects one message, and returns its dead letter. */
  async ofRejected(
    properties: Parameters<WireChannel['publish']>[2] = {},
    body = 'rejected',
  ): Promise<Delivery> {
    this.publish(body, properties)
    await reject(this.channel, this.queue)
    return await this.next()
  }

  async next(): Promise<Delivery> {
    return await this.letters.delivery()
  }

  /** The bodies of the next dead letters. */
  async bodies(count: number): Promise<string[]> {
    return (await this.letters.deliveries(count)).map(({ body }) => body.toString())
  }
}

/** Rejects the message at the head, for good; a quorum queue, or a dead letter, may need a moment. */
export async function reject(channel: WireChannel, queue: string): Promise<void> {
  const deliveryTag = await eventually(async () => {
    const got = await channel.get(queue)
    if (got === undefined) throw new Error(`${queue} has nothing to reject`)
    return got.deliveryTag
  })
  channel.send('basic.reject', { deliveryTag, requeue: false })
}

/** x-death of a dead letter, latest first. */
export function deathsOf(letter: Pick<Delivery, 'properties'>): Death[] {
  return (letter.properties.headers?.['x-death'] ?? []) as Death[]
}

/** x-death as `reason queue count`, latest first. */
export function deathList(letter: Pick<Delivery, 'properties'>): string[] {
  return deathsOf(letter).map(({ reason, queue, count }) => `${reason} ${queue} ${count}`)
}
