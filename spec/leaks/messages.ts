/** Messages that come and go in all ways a message can. */
import type { Table } from '../../conformance/support/methods'
import type { LinkChannel } from '../crash/link'
import { type Churn, newKey, nextName, onChannel, repeat } from './churn'

const BODY = Buffer.from('some')
/** More than a connection remembers routes, and than anything else that is remembered by key here. */
const ALL_REMEMBERED = 600

function onQueue(
  name: string,
  args: Table,
  round: (channel: LinkChannel, queue: string, key: string) => Promise<unknown>,
  warmUp?: number,
): Churn {
  return {
    name,
    ...(warmUp === undefined ? {} : { warmUp }),
    async run(subject, times) {
      const link = await subject.link()
      const channel = await link.openChannel()
      const { queue } = await channel.call('queue.declare', {
        queue: nextName(),
        durable: true,
        arguments: args,
      })
      await repeat(times, async () => {
        await round(channel, queue, newKey())
      })
      await channel.call('queue.delete', { queue })
      await link.close()
    },
  }
}

async function settle(channel: LinkChannel, queue: string, how: 'ack' | 'reject' | 'requeue'): Promise<void> {
  const got = await channel.get(queue)
  if (got === undefined) return
  const { deliveryTag } = got.fields
  if (how === 'ack') channel.send('basic.ack', { deliveryTag })
  else channel.send('basic.nack', { deliveryTag, requeue: how === 'requeue' })
}

export const messages: readonly Churn[] = [
  onChannel(
    'publishes with ever new keys',
    channel => {
      const key = newKey()
      channel.publish('amq.topic', `a.${key}.b`, BODY, {})
      channel.publish('', key, BODY, { headers: { [key]: key } })
      return channel.link.drained()
    },
    ALL_REMEMBERED,
  ),
  onQueue('durable messages, acknowledged', {}, async (channel, queue) => {
    channel.publish('', queue, Buffer.alloc(2000), { deliveryMode: 2 })
    channel.publish('', queue, Buffer.alloc(70_000), { deliveryMode: 2 })
    await settle(channel, queue, 'requeue')
    await settle(channel, queue, 'ack')
    await settle(channel, queue, 'ack')
  }),
  onQueue(
    'messages that die over and over',
    { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'leaks.none', 'x-max-length': 1 },
    async (channel, queue) => {
      channel.publish('', queue, BODY, { expiration: '1' })
      channel.publish('', queue, BODY, {})
      await settle(channel, queue, 'reject')
    },
  ),
  onQueue(
    'messages that a limit of deliveries takes',
    { 'x-queue-type': 'quorum', 'x-delivery-limit': 1 },
    async (channel, queue) => {
      channel.publish('', queue, BODY, { deliveryMode: 2 })
      for (let at = 0; at < 3; at++) await settle(channel, queue, 'requeue')
    },
  ),
  onQueue(
    'messages that are told apart by keys',
    { 'x-message-deduplication': true },
    async (channel, queue, key) => {
      channel.publish('', queue, BODY, { headers: { 'x-deduplication-header': key } })
      channel.publish('', queue, BODY, { headers: { 'x-deduplication-header': key } })
      await settle(channel, queue, 'ack')
    },
    ALL_REMEMBERED,
  ),
  {
    name: 'an exchange that tells messages apart by keys',
    warmUp: ALL_REMEMBERED,
    async run(subject, times) {
      const link = await subject.link()
      const channel = await link.openChannel()
      const exchange = 'leaks.once'
      const args = { 'x-cache-size': 100 }
      await channel.call('exchange.declare', {
        exchange,
        type: 'x-message-deduplication',
        durable: true,
        arguments: args,
      })
      await repeat(times, async () => {
        channel.publish(exchange, '', BODY, { headers: { 'x-deduplication-header': newKey() } })
        await link.drained()
      })
      await channel.call('exchange.delete', { exchange })
      await link.close()
    },
  },
  {
    name: 'publishes to what is not there',
    async run(subject, times) {
      const link = await subject.link()
      await repeat(Math.min(times, 2000), async () => {
        const channel = await link.openChannel()
        channel.publish(nextName(), nextName(), BODY, {})
        await channel.call('basic.qos').catch(() => {}) // 404
      })
      await link.close()
    },
  },
]
