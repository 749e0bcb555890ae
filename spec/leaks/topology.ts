/** Queues, exchanges and bindings that come and go. */
import type { LinkChannel } from '../crash/link'
import { type Churn, newKey, nextName, onChannel, repeat } from './churn'

const BODY = Buffer.from('some')

export const topology: readonly Churn[] = [
  onChannel('durable queues, filled', async (channel, key) => {
    await channel.call('queue.declare', { queue: key, durable: true })
    channel.publish('', key, BODY, { deliveryMode: 2 })
    await channel.get(key)
    await channel.call('queue.delete', { queue: key })
  }),
  onChannel('queues with every rule', async (channel, key) => {
    const rules = {
      'x-message-ttl': 60_000,
      'x-expires': 600_000,
      'x-max-length': 2,
      'x-max-length-bytes': 1000,
      'x-dead-letter-exchange': 'amq.fanout',
      'x-single-active-consumer': true,
      'x-max-priority': 3,
      'x-message-deduplication': true,
    }
    await channel.call('queue.declare', { queue: key, arguments: rules })
    for (let at = 0; at < 3; at++) channel.publish('', key, BODY, { expiration: '50000' })
    await channel.call('queue.delete', { queue: key })
  }),
  onChannel('auto-delete queues', async (channel, key) => {
    await channel.call('queue.declare', { queue: key, autoDelete: true })
    await channel.call('basic.consume', { queue: key, consumerTag: key })
    await channel.call('basic.cancel', { consumerTag: key })
  }),
  onChannel('queues that expire', (channel, key) =>
    channel.call('queue.declare', { queue: key, durable: true, arguments: { 'x-expires': 10 } }),
  ),
  onChannel('exchanges of every type, bound', async (channel, key) => {
    for (const type of ['direct', 'topic', 'headers', 'x-consistent-hash', 'x-recent-history']) {
      const exchange = `${key}.${type}`
      await channel.call('exchange.declare', { exchange, type, durable: true })
      await channel.call('queue.declare', { queue: exchange, exclusive: true })
      await channel.call('queue.bind', { queue: exchange, exchange, routingKey: '1' })
      await channel.call('exchange.bind', { destination: exchange, source: 'amq.topic', routingKey: key })
      channel.publish(exchange, '1', BODY, {})
      if (type === 'topic') await channel.call('queue.delete', { queue: exchange })
      await channel.call('exchange.delete', { exchange })
      if (type !== 'topic') await channel.call('queue.delete', { queue: exchange })
    }
  }),
  onChannel('exchanges that delay', async (channel, key) => {
    const args = { 'x-delayed-type': 'fanout' }
    await channel.call('exchange.declare', { exchange: key, type: 'x-delayed-message', arguments: args })
    channel.publish(key, '', BODY, { headers: { 'x-delay': 600_000 } })
    await channel.call('exchange.delete', { exchange: key })
  }),
  onChannel('exchanges that go with their last binding', async (channel, key) => {
    await channel.call('exchange.declare', { exchange: key, type: 'direct', autoDelete: true })
    await channel.call('exchange.bind', { destination: key, source: 'amq.direct', routingKey: key })
    await channel.call('queue.declare', { queue: key, exclusive: true })
    await channel.call('queue.bind', { queue: key, exchange: key })
    await channel.call('queue.unbind', { queue: key, exchange: key })
    await channel.call('queue.delete', { queue: key })
  }),
  {
    name: 'bindings of one queue',
    async run(subject, times) {
      const link = await subject.link()
      const channel = await link.openChannel()
      const { queue } = await channel.call('queue.declare', { queue: 'leaks.bound', durable: true })
      const exchanges = ['amq.direct', 'amq.topic', 'amq.headers', 'amq.fanout']
      await repeat(times, async () => {
        const key = nextName()
        for (const exchange of exchanges) {
          const binding = { queue, exchange, routingKey: `${key}.*.#`, arguments: { [key]: key } }
          await channel.call('queue.bind', binding)
          await channel.call('queue.unbind', binding)
        }
      })
      await channel.call('queue.delete', { queue })
      await link.close()
    },
  },
]

/** Apart from the others, which would be remembered, and forgotten all at once, with them. */
export const names: readonly Churn[] = [
  {
    // A user's permissions are remembered for so many names, each right for itself.
    ...onChannel('queues of ever new names', channel => useOnce(channel, newKey())),
    fixedTimes: 1024,
  },
]

async function useOnce(channel: LinkChannel, name: string): Promise<void> {
  await channel.call('queue.declare', { queue: name, exclusive: true })
  await channel.call('exchange.declare', { exchange: name, type: 'topic' })
  await channel.call('queue.bind', { queue: name, exchange: name, routingKey: name })
  channel.publish(name, name, BODY, {})
  await channel.get(name, { noAck: true })
  await channel.call('queue.delete', { queue: name })
  await channel.call('exchange.delete', { exchange: name })
}
