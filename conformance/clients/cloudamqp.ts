/** @cloudamqp/amqp-client over TCP. */
import { type AMQPChannel, AMQPClient, type AMQPMessage, type AMQPProperties } from '@cloudamqp/amqp-client'
import { type Adapter, type ClientChannel, type Message, type MessageProperties, present } from './adapter'

export const cloudamqp: Adapter = {
  name: '@cloudamqp/amqp-client',
  async connect(url) {
    const client = new AMQPClient(url, undefined, null)
    client.onerror = () => {} // the call that failed says it too
    const connection = await client.connect()
    return {
      channel: async () => adapt(await connection.channel()),
      close: () => connection.close(),
    }
  },
}

function adapt(channel: AMQPChannel): ClientChannel {
  channel.onerror = () => {}
  return {
    confirm: () => channel.confirmSelect(),
    async declareQueue(queue, { arguments: args, ...options } = {}) {
      const declared = await channel.queueDeclare(
        queue,
        { durable: false, autoDelete: false, ...options },
        args,
      )
      return {
        queue: declared.name,
        messageCount: declared.messageCount,
        consumerCount: declared.consumerCount,
      }
    },
    deleteQueue: async queue => void (await channel.queueDelete(queue)),
    purgeQueue: async queue => (await channel.queuePurge(queue)).messageCount,
    declareExchange: (exchange, type, { arguments: args, ...options } = {}) =>
      channel.exchangeDeclare(exchange, type, { durable: false, ...options }, args),
    deleteExchange: exchange => channel.exchangeDelete(exchange),
    bindQueue: (queue, exchange, key, args) => channel.queueBind(queue, exchange, key, args),
    unbindQueue: (queue, exchange, key, args) => channel.queueUnbind(queue, exchange, key, args),
    async publish({ exchange = '', routingKey = '', mandatory = false, body = '', properties = {} }) {
      await channel.basicPublish(
        exchange,
        routingKey,
        Buffer.from(body),
        propertiesFor(properties),
        mandatory,
      )
    },
    onReturn(run) {
      channel.onReturn = raw => run(messageOf(raw))
    },
    async get(queue, noAck = false) {
      const raw = await channel.basicGet(queue, { noAck })
      return raw === null ? undefined : messageOf(raw)
    },
    prefetch: count => channel.basicQos(count),
    async consume(queue, { consumerTag, noAck = false, exclusive = false, arguments: args = {} }, run) {
      const params = { noAck, exclusive, args, ...(consumerTag === undefined ? {} : { tag: consumerTag }) }
      const consumer = await channel.basicConsume(queue, params, raw => run(messageOf(raw)))
      consumer.wait().catch(() => {}) // it rejects when the channel goes
      return consumer.tag
    },
    cancel: async tag => void (await channel.basicCancel(tag)),
    ack: (deliveryTag, multiple) => channel.basicAck(deliveryTag, multiple),
    nack: (deliveryTag, requeue) => channel.basicNack(deliveryTag, requeue),
    close: () => channel.close(),
    tx: {
      select: () => channel.txSelect(),
      commit: () => channel.txCommit(),
      rollback: () => channel.txRollback(),
    },
  }
}

function propertiesFor({ persistent, ...rest }: MessageProperties): AMQPProperties {
  const properties = rest as AMQPProperties
  if (persistent !== undefined) properties.deliveryMode = persistent ? 2 : 1
  return properties
}

function messageOf(raw: AMQPMessage): Message {
  const { deliveryMode, ...rest } = raw.properties
  return {
    body: Buffer.from((raw.body as Uint8Array | null) ?? []),
    exchange: raw.exchange,
    routingKey: raw.routingKey,
    redelivered: raw.redelivered,
    deliveryTag: raw.deliveryTag,
    properties: present<MessageProperties>({
      ...(rest as MessageProperties),
      persistent: deliveryMode === undefined ? undefined : deliveryMode === 2,
    }),
  }
}
