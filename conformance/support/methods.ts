/**
 * The methods of AMQP 0-9-1 with RabbitMQ's extensions, by their names in the specification, and their fields by
 * amqplib's camel-case names. Only types: the bytes are amqplib's business (see codec.ts).
 */

/** A field table. Typed values are written as amqplib takes them: `{ '!': 'timestamp', value: 1 }`. */
export type Table = { [key: string]: unknown }

export type CloseFields = { replyCode: number; replyText: string; classId: number; methodId: number }
type TuneFields = { channelMax: number; frameMax: number; heartbeat: number }
type BindFields = { queue: string; exchange: string; routingKey: string; nowait: boolean; arguments: Table }
type ExchangeBindFields = {
  destination: string
  source: string
  routingKey: string
  nowait: boolean
  arguments: Table
}
type None = Record<never, never>

export interface MethodFields {
  'connection.start': {
    versionMajor: number
    versionMinor: number
    serverProperties: Table
    mechanisms: Buffer
    locales: Buffer
  }
  'connection.start-ok': { clientProperties: Table; mechanism: string; response: Buffer; locale: string }
  'connection.secure': { challenge: Buffer }
  'connection.secure-ok': { response: Buffer }
  'connection.tune': TuneFields
  'connection.tune-ok': TuneFields
  'connection.open': { virtualHost: string; capabilities: string; insist: boolean }
  'connection.open-ok': { knownHosts: string }
  'connection.close': CloseFields
  'connection.close-ok': None
  'connection.blocked': { reason: string }
  'connection.unblocked': None
  'connection.update-secret': { newSecret: Buffer; reason: string }
  'connection.update-secret-ok': None

  'channel.open': { outOfBand: string }
  'channel.open-ok': { channelId: Buffer }
  'channel.flow': { active: boolean }
  'channel.flow-ok': { active: boolean }
  'channel.close': CloseFields
  'channel.close-ok': None

  'access.request': {
    realm: string
    exclusive: boolean
    passive: boolean
    active: boolean
    write: boolean
    read: boolean
  }
  'access.request-ok': { ticket: number }

  'exchange.declare': {
    exchange: string
    type: string
    passive: boolean
    durable: boolean
    autoDelete: boolean
    internal: boolean
    nowait: boolean
    arguments: Table
  }
  'exchange.declare-ok': None
  'exchange.delete': { exchange: string; ifUnused: boolean; nowait: boolean }
  'exchange.delete-ok': None
  'exchange.bind': ExchangeBindFields
  'exchange.bind-ok': None
  'exchange.unbind': ExchangeBindFields
  'exchange.unbind-ok': None

  'queue.declare': {
    queue: string
    passive: boolean
    durable: boolean
    exclusive: boolean
    autoDelete: boolean
    nowait: boolean
    arguments: Table
  }
  'queue.declare-ok': { queue: string; messageCount: number; consumerCount: number }
  'queue.bind': BindFields
  'queue.bind-ok': None
  'queue.unbind': { queue: string; exchange: string; routingKey: string; arguments: Table }
  'queue.unbind-ok': None
  'queue.purge': { queue: string; nowait: boolean }
  'queue.purge-ok': { messageCount: number }
  'queue.delete': { queue: string; ifUnused: boolean; ifEmpty: boolean; nowait: boolean }
  'queue.delete-ok': { messageCount: number }

  'basic.qos': { prefetchSize: number; prefetchCount: number; global: boolean }
  'basic.qos-ok': None
  'basic.consume': {
    queue: string
    consumerTag: string
    noLocal: boolean
    noAck: boolean
    exclusive: boolean
    nowait: boolean
    arguments: Table
  }
  'basic.consume-ok': { consumerTag: string }
  'basic.cancel': { consumerTag: string; nowait: boolean }
  'basic.cancel-ok': { consumerTag: string }
  'basic.publish': { exchange: string; routingKey: string; mandatory: boolean; immediate: boolean }
  'basic.return': { replyCode: number; replyText: string; exchange: string; routingKey: string }
  'basic.deliver': {
    consumerTag: string
    deliveryTag: number
    redelivered: boolean
    exchange: string
    routingKey: string
  }
  'basic.get': { queue: string; noAck: boolean }
  'basic.get-ok': {
    deliveryTag: number
    redelivered: boolean
    exchange: string
    routingKey: string
    messageCount: number
  }
  'basic.get-empty': { clusterId: string }
  'basic.ack': { deliveryTag: number; multiple: boolean }
  'basic.nack': { deliveryTag: number; multiple: boolean; requeue: boolean }
  'basic.reject': { deliveryTag: number; requeue: boolean }
  'basic.recover-async': { requeue: boolean }
  'basic.recover': { requeue: boolean }
  'basic.recover-ok': None

  'confirm.select': { nowait: boolean }
  'confirm.select-ok': None
  'tx.select': None
  'tx.select-ok': None
  'tx.commit': None
  'tx.commit-ok': None
  'tx.rollback': None
  'tx.rollback-ok': None
}

export type MethodName = keyof MethodFields

/** Methods the peer answers: `queue.declare` has `queue.declare-ok`. */
export type Request = { [M in MethodName]: `${M}-ok` extends MethodName ? M : never }[MethodName]

/** Properties of a message, as amqplib names them. */
export interface Properties {
  contentType?: string
  contentEncoding?: string
  headers?: Table
  deliveryMode?: number
  priority?: number
  correlationId?: string
  replyTo?: string
  expiration?: string
  messageId?: string
  timestamp?: number
  type?: string
  userId?: string
  appId?: string
  clusterId?: string
}
