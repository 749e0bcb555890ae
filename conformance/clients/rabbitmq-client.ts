/** rabbitmq-client, by its raw channels. */
import {
  type AsyncMessage,
  type Channel,
  Connection,
  type Envelope,
  type ReturnedMessage,
  type SyncMessage,
} from 'rabbitmq-client'
import { type Adapter, type ClientChannel, type Message, type MessageProperties, present } from './adapter'

export const rabbitmqClient: Adapter = {
  name: 'rabbitmq-client',
  async connect(url) {
    const connection = new Connection({ url, retryLow: 100, acquireTimeout: 5000 })
    try {
      await new Promise<void>((resolve, reject) => {
        connection.once('connection', () => resolve())
        connection.on('error', reject) // the first one; later ones concern calls that fail by themselves
      })
    } catch (error) {
      connection.unsafeDestroy()
      throw error
    }
    const channels: Channel[] = []
    return {
      async channel() {
        const channel = await connection.acquire({ emitErrorsFromChannel: true })
        channels.push(channel)
        return adapt(channel)
      },
      async close() {
        for (const channel of channels) await channel.close() // it waits for that
        await connection.close()
      },
    }
  },
}

function adapt(channel: Channel): ClientChannel {
  channel.on('error', () => {})
  return {
    confirm: () => channel.confirmSelect(),
    declareQueue: (queue, options = {}) => channel.queueDeclare({ queue, ...options }),
    deleteQueue: async queue => void (await channel.queueDelete(queue)),
    purgeQueue: async queue => (await channel.queuePurge(queue)).messageCount,
    declareExchange: (exchange, type, options = {}) =>
      channel.exchangeDeclare({ exchange, type, ...options }),
    deleteExchange: exchange => channel.exchangeDelete({ exchange }),
    bindQueue: (queue, exchange, routingKey, args = {}) =>
      channel.queueBind({ queue, exchange, routingKey, arguments: args }),
    unbindQueue: (queue, exchange, routingKey, args = {}) =>
      channel.queueUnbind({ queue, exchange, routingKey, arguments: args }),
    publish: ({ exchange = '', routingKey = '', mandatory = false, body = '', properties = {} }) =>
      channel.basicPublish({ exchange, routingKey, mandatory, ...envelope(properties) }, Buffer.from(body)),
    onReturn(run) {
      channel.on('basic.return', raw => run(messageOf(raw)))
    },
    async get(queue, noAck = false) {
      const raw = await channel.basicGet({ queue, noAck })
      return raw === undefined ? undefined : messageOf(raw)
    },
    prefetch: prefetchCount => channel.basicQos({ prefetchCount }),
    consume: async (queue, options, run) =>
      (await channel.basicConsume({ queue, ...options }, raw => run(messageOf(raw)))).consumerTag,
    cancel: async consumerTag => void (await channel.basicCancel({ consumerTag })),
    ack: async (deliveryTag, multiple = false) => channel.basicAck({ deliveryTag, multiple }),
    nack: async (deliveryTag, requeue) => channel.basicNack({ deliveryTag, requeue }),
    close: () => channel.close(),
    tx: {
      select: () => channel.txSelect(),
      commit: () => channel.txCommit(),
      rollback: () => channel.txRollback(),
    },
  }
}

function envelope({ persistent, ...rest }: MessageProperties): Envelope {
  return persistent === undefined ? rest : { ...rest, durable: persistent }
}

function messageOf(raw: AsyncMessage | SyncMessage | ReturnedMessage): Message {
  const {
    contentType,
    correlationId,
    replyTo,
    messageId,
    type,
    appId,
    priority,
    expiration,
    headers,
    durable,
  } = raw
  const delivery = raw as Partial<AsyncMessage>
  return {
    body: bytesOf(raw.body),
    exchange: raw.exchange,
    routingKey: raw.routingKey,
    redelivered: delivery.redelivered ?? false,
    deliveryTag: delivery.deliveryTag ?? 0,
    properties: present<MessageProperties>({
      contentType,
      correlationId,
      replyTo,
      messageId,
      type,
      appId,
      priority,
      expiration,
      headers,
      persistent: durable,
    }),
  }
}

/** It has decoded text and JSON already. */
function bytesOf(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}
