/** amqplib, by promises. */
import { type Channel, type ConfirmChannel, connect, type Options, type Message as Raw } from 'amqplib'
import { type Adapter, type ClientChannel, type Message, type Publishing, present } from './adapter'

export const amqplib: Adapter = {
  name: 'amqplib',
  async connect(url) {
    const connection = await connect(url)
    connection.on('error', () => {}) // the call that failed says it too
    return {
      channel: async () => adapt(await connection.createChannel(), () => connection.createConfirmChannel()),
      close: () => connection.close(),
    }
  },
}

function adapt(channel: Channel, confirmChannel: () => Promise<ConfirmChannel>): ClientChannel {
  let confirming: ConfirmChannel | undefined
  const returns: ((message: Message) => void)[] = []
  const watch = (watched: Channel) => {
    watched.on('error', () => {})
    watched.on('return', (raw: Raw) => {
      for (const run of returns) run(messageOf(raw))
    })
  }
  watch(channel)
  return {
    async confirm() {
      confirming = await confirmChannel() // amqplib has confirms on channels of their own
      watch(confirming)
    },
    declareQueue: (queue, { passive, ...options } = {}) =>
      passive ? channel.checkQueue(queue) : channel.assertQueue(queue, { durable: false, ...options }),
    deleteQueue: async queue => void (await channel.deleteQueue(queue)),
    purgeQueue: async queue => (await channel.purgeQueue(queue)).messageCount,
    declareExchange: async (exchange, type, options = {}) =>
      void (await channel.assertExchange(exchange, type, { durable: false, ...options })),
    deleteExchange: async exchange => void (await channel.deleteExchange(exchange)),
    bindQueue: async (queue, exchange, key, args) =>
      void (await channel.bindQueue(queue, exchange, key, args)),
    unbindQueue: async (queue, exchange, key, args) =>
      void (await channel.unbindQueue(queue, exchange, key, args)),
    async publish(publishing) {
      const [exchange, key, body, options] = publishArguments(publishing)
      if (confirming === undefined) return void channel.publish(exchange, key, body, options)
      const to = confirming
      await new Promise<void>((resolve, reject) => {
        to.publish(exchange, key, body, options, error => (error ? reject(error) : resolve()))
      })
    },
    onReturn: run => void returns.push(run),
    get: async (queue, noAck = false) => messageOrNone(await channel.get(queue, { noAck })),
    prefetch: async count => void (await channel.prefetch(count)),
    async consume(queue, options, run) {
      const receive = (raw: Raw | null) => raw !== null && run(messageOf(raw))
      return (await channel.consume(queue, receive, options)).consumerTag
    },
    cancel: async tag => void (await channel.cancel(tag)),
    ack: async (deliveryTag, multiple) => channel.ack(tagged(deliveryTag), multiple),
    nack: async (deliveryTag, requeue) => channel.nack(tagged(deliveryTag), false, requeue),
    async close() {
      await confirming?.close()
      await channel.close()
    },
  }
}

export function publishArguments(publishing: Publishing): [string, string, Buffer, Options.Publish] {
  const { exchange = '', routingKey = '', mandatory = false, body = '', properties = {} } = publishing
  return [exchange, routingKey, Buffer.from(body), { mandatory, ...properties }]
}

/** amqplib settles messages, of which it only looks at the tag. */
export function tagged(deliveryTag: number): Raw {
  return { fields: { deliveryTag } } as Raw
}

export function messageOrNone(raw: Raw | false): Message | undefined {
  return raw === false ? undefined : messageOf(raw)
}

export function messageOf({ content, fields, properties }: Raw): Message {
  const { deliveryMode, ...rest } = properties
  return {
    body: content,
    exchange: fields.exchange,
    routingKey: fields.routingKey,
    redelivered: fields.redelivered,
    deliveryTag: fields.deliveryTag,
    properties: present({ ...rest, persistent: deliveryMode === undefined ? undefined : deliveryMode === 2 }),
  }
}
