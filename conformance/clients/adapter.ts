/**
 * What the scenarios ask of a client library. An adapter translates and adds nothing: the frames, their order and their
 * timing are the library's own.
 */
import type { Table } from '../support/methods'

export interface MessageProperties {
  readonly contentType?: string
  readonly correlationId?: string
  readonly replyTo?: string
  readonly messageId?: string
  readonly type?: string
  readonly appId?: string
  readonly priority?: number
  /** Milliseconds. */
  readonly expiration?: string
  readonly persistent?: boolean
  readonly headers?: Table
}

export interface Message {
  readonly body: Buffer
  readonly exchange: string
  readonly routingKey: string
  readonly redelivered: boolean
  readonly deliveryTag: number
  readonly properties: MessageProperties
}

export interface Publishing {
  readonly exchange?: string
  readonly routingKey?: string
  readonly mandatory?: boolean
  readonly body?: string | Buffer
  readonly properties?: MessageProperties
}

export interface QueueOptions {
  readonly passive?: boolean
  readonly durable?: boolean
  readonly exclusive?: boolean
  readonly autoDelete?: boolean
  readonly arguments?: Table
}

export interface ExchangeOptions {
  readonly durable?: boolean
  readonly autoDelete?: boolean
  readonly internal?: boolean
  readonly arguments?: Table
}

export interface ConsumeOptions {
  readonly consumerTag?: string
  readonly noAck?: boolean
  readonly exclusive?: boolean
  readonly arguments?: Table
}

export interface QueueCounts {
  readonly queue: string
  readonly messageCount: number
  readonly consumerCount: number
}

export interface ClientChannel {
  /** Confirm mode: from now on `publish` waits for the acknowledgement. */
  confirm(): Promise<void>
  declareQueue(queue: string, options?: QueueOptions): Promise<QueueCounts>
  deleteQueue(queue: string): Promise<void>
  purgeQueue(queue: string): Promise<number>
  declareExchange(exchange: string, type: string, options?: ExchangeOptions): Promise<void>
  deleteExchange(exchange: string): Promise<void>
  bindQueue(queue: string, exchange: string, routingKey: string, args?: Table): Promise<void>
  unbindQueue(queue: string, exchange: string, routingKey: string, args?: Table): Promise<void>
  publish(publishing: Publishing): Promise<void>
  /** Called with each message that is returned. */
  onReturn(run: (message: Message) => void): void
  get(queue: string, noAck?: boolean): Promise<Message | undefined>
  prefetch(count: number): Promise<void>
  /** Returns the consumer tag. */
  consume(queue: string, options: ConsumeOptions, run: (message: Message) => void): Promise<string>
  cancel(consumerTag: string): Promise<void>
  ack(deliveryTag: number, multiple?: boolean): Promise<void>
  nack(deliveryTag: number, requeue: boolean): Promise<void>
  close(): Promise<void>
  /** Not every library knows class tx. */
  readonly tx?: { select(): Promise<void>; commit(): Promise<void>; rollback(): Promise<void> }
}

export interface ClientConnection {
  channel(): Promise<ClientChannel>
  close(): Promise<void>
}

export interface Adapter {
  readonly name: string
  /** Rejects with what the server said, if it refuses. */
  connect(url: string): Promise<ClientConnection>
}

/** Without the keys whose value is undefined, which `exactOptionalPropertyTypes` and most encoders mind. */
export function present<T extends object>(values: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T
}
