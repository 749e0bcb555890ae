/**
 * An AMQP channel without a socket, as RabbitMQ's management has one: what the HTTP API is asked to declare, bind, publish
 * or get goes the very way of a client's method, with the same checks, texts and events, as the user who asks. One
 * request, one channel. Replies that wait for a commit wait for it here, too.
 */

import type { Content } from '../amqp/content'
import { AmqpError } from '../amqp/errors'
import type { WritableMethod } from '../amqp/frame-writer'
import {
  BasicGet,
  type BasicGetEmpty,
  type BasicGetOk,
  BasicPublish,
  type ChannelClose,
  ConfirmSelect,
  MethodId,
} from '../amqp/methods'
import { Writer } from '../amqp/writer'
import type { User } from '../auth/users'
import { whenKept } from '../broker/kept'
import type { Vhost } from '../broker/vhost'
import { Channel } from '../channel/channel'
import type { Peer } from '../channel/peer'
import type { Session } from '../channel/session'
import { openSession } from '../server/open-session'
import type { ServerSettings } from '../server/settings'
import type { CommitTicket } from '../store/message-store'

const BASIC_CLASS = 60
const NUMBER = 1

/** The channel or connection was closed instead of an answer: AMQP's reply code and text. */
export class DirectChannelClosed extends Error {
  override readonly name = 'DirectChannelClosed'

  constructor(
    readonly replyCode: number,
    readonly replyText: string,
  ) {
    super(replyText)
  }
}

/** What was published, as AMQP has it: properties are the content header behind the body size. */
export interface DirectMessage {
  readonly exchange: string
  readonly routingKey: string
  readonly properties: Uint8Array
  readonly body: Uint8Array
}

export interface DirectDelivery extends DirectMessage {
  readonly deliveryTag: number
  readonly redelivered: boolean
  /** Messages that are left in the queue. */
  readonly messageCount: number
}

/** `refused`: a queue that takes no more said no, as to a publisher that gets a nack. */
export type PublishOutcome = 'routed' | 'unroutable' | 'refused'

export class DirectChannel implements Peer {
  readonly congested = false
  private readonly channel: Channel
  private readonly session: Session
  private readonly waiting: Waiting[] = []
  private readonly writer = new Writer()
  private confirming = false
  private returned = false
  private refused = false
  private got: DirectDelivery | undefined

  constructor(
    private readonly settings: ServerSettings,
    vhost: Vhost,
    user: User,
  ) {
    const { events } = settings.broker
    const id = events.nextConnectionId()
    const name = `HTTP API of ${user.name} (${id})`
    this.session = openSession(settings, {
      peer: this,
      owner: this,
      events: { name, pidOfChannel: number => `<${name}.${number}>` },
      user,
      vhost,
      clientProperties: new Map(),
    })
    this.channel = new Channel(NUMBER, this.session, () => {})
  }

  /** Sends a method and gives its answer. @throws DirectChannelClosed */
  call<Reply extends WritableMethod>(method: WritableMethod): Promise<Reply> {
    return this.answerTo(() => this.give(method)) as Promise<Reply>
  }

  /** A method that has no answer. @throws DirectChannelClosed at once, or with the next call */
  async cast(method: WritableMethod): Promise<void> {
    this.guarded(() => this.give(method))
  }

  /** Publishes and waits until the message is safe. @throws DirectChannelClosed */
  async publish(message: DirectMessage): Promise<PublishOutcome> {
    if (!this.confirming) {
      await this.call(new ConfirmSelect(false))
      this.confirming = true
    }
    this.returned = false
    this.refused = false
    const { exchange, routingKey, properties, body } = message
    await this.answerTo(() => {
      this.give(new BasicPublish(exchange, routingKey, true, false))
      const header = Buffer.alloc(12 + properties.length)
      header.writeUInt16BE(BASIC_CLASS, 0)
      header.writeUInt32BE(Math.floor(body.length / 0x1_0000_0000), 4)
      header.writeUInt32BE(body.length >>> 0, 8)
      header.set(properties, 12)
      this.channel.header(header, 0, header.length)
      if (body.length > 0) this.channel.body(Buffer.from(body), 0, body.length)
    })
    if (this.refused) return 'refused'
    return this.returned ? 'unroutable' : 'routed'
  }

  /** basic.get. Undefined: the queue is empty. @throws DirectChannelClosed */
  async get(queue: string, noAck: boolean): Promise<DirectDelivery | undefined> {
    const reply = await this.call<BasicGetOk | BasicGetEmpty>(new BasicGet(queue, noAck))
    return reply.id === MethodId.basicGetEmpty ? undefined : this.got
  }

  /** What is out goes back to its queues. */
  close(): void {
    this.channel.release()
    this.session.routes.close()
  }

  send(_channel: number, method: WritableMethod): void {
    if (method.id === MethodId.channelClose) {
      const { replyCode, replyText } = method as ChannelClose
      this.fail(new DirectChannelClosed(replyCode, replyText))
    } else this.answer(method)
  }

  sendContent(_channel: number, method: WritableMethod, content: Content): void {
    if (method.id === MethodId.basicReturn) {
      this.returned = true
      return
    }
    const { deliveryTag, redelivered, exchange, routingKey, messageCount } = method as BasicGetOk
    const { propertiesBytes, propertiesStart, propertiesEnd, bodyBytes, bodyStart, bodyEnd } = content
    this.got = {
      deliveryTag,
      redelivered,
      exchange,
      routingKey,
      messageCount,
      properties: Uint8Array.prototype.slice.call(propertiesBytes, propertiesStart, propertiesEnd),
      body: Uint8Array.prototype.slice.call(bodyBytes, bodyStart, bodyEnd),
    }
    this.answer(method)
  }

  confirm(_channel: number, methodId: number): void {
    this.refused = methodId === MethodId.basicNack
    this.answer(undefined)
  }

  deliver(): void {
    throw new Error('nobody consumes on a direct channel')
  }

  slowDown(): void {}

  worked(): void {}

  hold(): void {}

  release(): void {}

  whenCommitted(ticket: CommitTicket, reply: () => void): void {
    whenKept(this.settings.broker, ticket, reply)
  }

  private give(method: WritableMethod): void {
    this.writer.reset()
    method.write(this.writer)
    const bytes = this.writer.take()
    this.channel.method(bytes, 0, bytes.length)
  }

  private answerTo(run: () => void): Promise<WritableMethod | undefined> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject })
      this.guarded(run)
    })
  }

  private guarded(run: () => void): void {
    try {
      run()
    } catch (error) {
      if (!(error instanceof AmqpError)) throw error
      this.close()
      this.fail(new DirectChannelClosed(error.replyCode, error.replyText))
    }
  }

  private answer(method: WritableMethod | undefined): void {
    this.waiting.shift()?.resolve(method)
  }

  private fail(error: Error): void {
    this.waiting.shift()?.reject(error)
  }
}

interface Waiting {
  resolve(method: WritableMethod | undefined): void
  reject(error: Error): void
}
