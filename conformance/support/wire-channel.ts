/** One channel of a Wire. What it is not asked for stays unread, in order. */
import { encodeFrame, encodeHeader, encodeMethod } from './codec'
import { eventually } from './eventually'
import { type Cause, expectCloseFields, expectNext } from './expectations'
import { type Arrival, type Content, describe, type Inbox } from './inbox'
import type { MethodFields, MethodName, Properties, Request } from './methods'
import type { Wire } from './wire'

export type Delivery = MethodFields['basic.deliver'] & Content
export interface Confirmation {
  readonly answer: 'ack' | 'nack'
  readonly deliveryTag: number
  readonly multiple: boolean
}
export type Got = MethodFields['basic.get-ok'] & Content
export type Returned = MethodFields['basic.return'] & Content

/** Methods a server may send at any time, between a request and its answer. */
const unasked: readonly MethodName[] = [
  'basic.deliver',
  'basic.return',
  'basic.ack',
  'basic.nack',
  'basic.cancel',
  'channel.flow',
]

export class WireChannel {
  constructor(
    readonly wire: Wire,
    readonly number: number,
    private readonly inbox: Inbox,
  ) {}

  /** Arrived, and not asked for yet. */
  get unread(): readonly Arrival[] {
    return this.inbox.peek()
  }

  send<M extends MethodName>(method: M, fields: Partial<MethodFields[M]> = {}): void {
    this.wire.sendBytes(encodeMethod(this.number, method, fields))
  }

  /** Sends a method and waits for its `-ok`; deliveries, returns and confirms in between stay unread. */
  async call<M extends Request>(
    method: M,
    fields: Partial<MethodFields[M]> = {},
  ): Promise<MethodFields[`${M}-ok`]> {
    this.send(method, fields)
    return await this.answer(`${method}-ok` as `${M}-ok`)
  }

  /** The next arrival that is no delivery, return or confirm, which must be this method. */
  async answer<M extends MethodName>(method: M): Promise<MethodFields[M]> {
    const arrival = await this.inbox.next(({ name }) => name === method || !unasked.includes(name), method)
    if (arrival.name !== method) throw new Error(`expected ${method}, got ${describe(arrival)}`)
    return arrival.fields as MethodFields[M]
  }

  /** The next arrival of any kind, which must be this method. */
  async expect<M extends MethodName>(method: M): Promise<MethodFields[M]> {
    return (await expectNext(this.inbox, method)).fields as MethodFields[M]
  }

  publish(
    to: Partial<MethodFields['basic.publish']>,
    body: string | Buffer = '',
    properties: Properties | Buffer = {},
  ): void {
    const bytes = Buffer.from(body)
    const frames = [
      encodeMethod(this.number, 'basic.publish', to),
      encodeHeader(this.number, bytes.length, properties),
    ]
    const frameBytes = this.wire.frameMax === 0 ? 131064 : this.wire.frameMax - 8
    for (let at = 0; at < bytes.length; at += frameBytes) {
      frames.push(encodeFrame(3, this.number, bytes.subarray(at, at + frameBytes)))
    }
    this.wire.sendBytes(Buffer.concat(frames))
  }

  async delivery(): Promise<Delivery> {
    return withContent(await expectNext(this.inbox, 'basic.deliver'))
  }

  async deliveries(count: number): Promise<Delivery[]> {
    const all: Delivery[] = []
    while (all.length < count) all.push(await this.delivery())
    return all
  }

  async returned(): Promise<Returned> {
    return withContent(await expectNext(this.inbox, 'basic.return'))
  }

  /** The next arrival, which must be an answer to a publishing in confirm mode. */
  async confirmation(): Promise<Confirmation> {
    const { name, fields } = await this.inbox.next(() => true, 'basic.ack or basic.nack')
    if (name !== 'basic.ack' && name !== 'basic.nack')
      throw new Error(`expected basic.ack or basic.nack, got ${name}`)
    const { deliveryTag, multiple } = fields
    return { answer: name === 'basic.ack' ? 'ack' : 'nack', deliveryTag, multiple }
  }

  /** basic.get: the message, or undefined when the queue is empty. */
  async get(queue: string, noAck = false): Promise<Got | undefined> {
    this.send('basic.get', { queue, noAck })
    const reply = await this.inbox.next(
      ({ name }) => !unasked.includes(name),
      'basic.get-ok or basic.get-empty',
    )
    if (reply.name === 'basic.get-empty') return undefined
    if (reply.name === 'basic.get-ok') return withContent(reply)
    throw new Error(`expected basic.get-ok or basic.get-empty, got ${describe(reply)}`)
  }

  /** basic.get of all there is, without acknowledgement: the bodies as text. */
  async drain(queue: string): Promise<string[]> {
    const bodies: string[] = []
    for (let got = await this.get(queue, true); got !== undefined; got = await this.get(queue, true)) {
      bodies.push(got.body.toString())
    }
    return bodies
  }

  /** Ready messages and consumers, by a passive declare. */
  async counts(queue: string): Promise<{ messages: number; consumers: number }> {
    const { messageCount, consumerCount } = await this.call('queue.declare', { queue, passive: true })
    return { messages: messageCount, consumers: consumerCount }
  }

  /** The counts come to be these: RabbitMQ counts at once, and lets messages published before arrive later. */
  async expectCounts(queue: string, expected: { messages?: number; consumers?: number }): Promise<void> {
    await eventually(async () => expect(await this.counts(queue)).toMatchObject(expected))
  }

  /** Returns when the server has dealt with all that was sent on this channel before. */
  async sync(): Promise<void> {
    await this.call('exchange.declare', { exchange: 'amq.direct', type: 'direct', passive: true })
    await this.call('exchange.declare', { exchange: 'amq.direct', type: 'direct', passive: true })
  }

  /** Nothing unread, also after the server has dealt with all that was sent. */
  async expectQuiet(): Promise<void> {
    await this.sync()
    expect(this.unread.map(describe)).toEqual([])
  }

  /** The server closes this channel with exactly this. Answered with close-ok. */
  async expectClose(replyCode: number, replyText: string | RegExp, cause: Cause): Promise<void> {
    const close = await this.answer('channel.close')
    this.send('channel.close-ok')
    expectCloseFields(close, replyCode, replyText, cause)
  }

  async close(): Promise<void> {
    await this.call('channel.close', { replyCode: 200, replyText: 'bye' })
  }
}

function withContent<F extends object>(arrival: { fields: F; content: Content | undefined }): F & Content {
  if (arrival.content === undefined) throw new Error('the server sent a message without content')
  return { ...arrival.fields, ...arrival.content }
}
