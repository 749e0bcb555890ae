/** amqplib, by callbacks. */
import { type Channel, type Connection, connect, type Message as Raw } from 'amqplib/callback_api'
import type { Adapter, ClientChannel, Message } from './adapter'
import { messageOf, messageOrNone, publishArguments, tagged } from './amqplib'

type Callback<T> = (error: Error, value: T) => void

/** Calls with a callback, returns a promise. */
function called<T>(call: (callback: Callback<T>) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => (error ? reject(error) : resolve(value)))
  })
}

export const amqplibCallback: Adapter = {
  name: 'amqplib by callbacks',
  async connect(url) {
    const connection = await called<Connection>(callback => connect(url, callback))
    connection.on('error', () => {})
    return {
      channel: async () => adapt(await called(callback => connection.createChannel(callback)), connection),
      close: async () => void (await called<void>(callback => connection.close(callback as () => void))),
    }
  },
}

function adapt(channel: Channel, connection: Connection): ClientChannel {
  let publishing = channel
  let isConfirming = false
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
      publishing = await called<Channel>(callback => connection.createConfirmChannel(callback as never))
      isConfirming = true
      watch(publishing)
    },
    declareQueue: (queue, { passive, ...options } = {}) =>
      called(callback =>
        passive
          ? channel.checkQueue(queue, callback)
          : channel.assertQueue(queue, { durable: false, ...options }, callback),
      ),
    deleteQueue: async queue => void (await called(callback => channel.deleteQueue(queue, {}, callback))),
    purgeQueue: async queue =>
      (await called<{ messageCount: number }>(callback => channel.purgeQueue(queue, callback))).messageCount,
    declareExchange: async (exchange, type, options = {}) =>
      void (await called(callback =>
        channel.assertExchange(exchange, type, { durable: false, ...options }, callback),
      )),
    deleteExchange: async exchange =>
      void (await called(callback => channel.deleteExchange(exchange, {}, callback))),
    bindQueue: async (queue, exchange, key, args) =>
      void (await called(callback => channel.bindQueue(queue, exchange, key, args, callback))),
    unbindQueue: async (queue, exchange, key, args) =>
      void (await called(callback => channel.unbindQueue(queue, exchange, key, args, callback))),
    async publish(message) {
      const [exchange, key, body, options] = publishArguments(message)
      if (!isConfirming) return void publishing.publish(exchange, key, body, options)
      const confirmed = publishing as unknown as { publish(...args: unknown[]): boolean }
      await called<void>(callback => confirmed.publish(exchange, key, body, options, callback))
    },
    onReturn: run => void returns.push(run),
    get: async (queue, noAck = false) =>
      messageOrNone(await called<Raw | false>(callback => channel.get(queue, { noAck }, callback as never))),
    prefetch: async count => void channel.prefetch(count),
    async consume(queue, options, run) {
      const receive = (raw: Raw | null) => raw !== null && run(messageOf(raw))
      const consuming = called<{ consumerTag: string }>(callback =>
        channel.consume(queue, receive, options, callback),
      )
      return (await consuming).consumerTag
    },
    cancel: async tag => void (await called(callback => channel.cancel(tag, callback))),
    ack: async (deliveryTag, multiple) => channel.ack(tagged(deliveryTag), multiple),
    nack: async (deliveryTag, requeue) => channel.nack(tagged(deliveryTag), false, requeue),
    close: async () => {
      if (isConfirming) await called<void>(callback => publishing.close(callback as () => void))
      await called<void>(callback => channel.close(callback as () => void))
    },
  }
}
