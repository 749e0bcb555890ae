/** basic.qos: RabbitMQ's prefetch, per consumer or (global) per channel. */
import { useBroker } from '../support/broker'
import type { WireChannel } from '../support/wire-channel'

const broker = useBroker()

/** A queue with so many messages. */
async function filled(channel: WireChannel, count: number): Promise<string> {
  const queue = await broker.queue(channel)
  for (let i = 0; i < count; i++) channel.publish({ routingKey: queue }, `${i}`)
  await channel.expectCounts(queue, { messages: count })
  return queue
}

/** Exactly so many deliveries, and no more. */
async function expectDeliveries(channel: WireChannel, queue: string, count: number, ready: number) {
  const deliveries = await channel.deliveries(count)
  await channel.expectCounts(queue, { messages: ready })
  await channel.expectQuiet()
  return deliveries
}

describe('basic.qos', () => {
  it('field prefetch-count, rule "01": no more than that is sent ahead', async () => {
    const channel = await broker.channel()
    const queue = await filled(channel, 10)
    await channel.call('basic.qos', { prefetchCount: 3 })
    await channel.call('basic.consume', { queue })
    const [first] = await expectDeliveries(channel, queue, 3, 7)
    channel.send('basic.ack', { deliveryTag: first?.deliveryTag ?? 0 })
    await expectDeliveries(channel, queue, 1, 6)
  })

  it.each([
    ['basic.ack', { deliveryTag: 3, multiple: true }],
    ['basic.nack', { deliveryTag: 3, multiple: true, requeue: false }],
  ] as const)('makes room for as many as %s settles at once', async (method, fields) => {
    const channel = await broker.channel()
    const queue = await filled(channel, 10)
    await channel.call('basic.qos', { prefetchCount: 3 })
    await channel.call('basic.consume', { queue })
    await expectDeliveries(channel, queue, 3, 7)
    channel.send(method, fields)
    await expectDeliveries(channel, queue, 3, 4)
  })

  it('makes room when a message is rejected', async () => {
    const channel = await broker.channel()
    const queue = await filled(channel, 5)
    await channel.call('basic.qos', { prefetchCount: 1 })
    await channel.call('basic.consume', { queue })
    await expectDeliveries(channel, queue, 1, 4)
    channel.send('basic.reject', { deliveryTag: 1, requeue: false })
    await expectDeliveries(channel, queue, 1, 3)
  })

  it('does not count what needs no acknowledgement', async () => {
    const channel = await broker.channel()
    const queue = await filled(channel, 10)
    await channel.call('basic.qos', { prefetchCount: 1 })
    await channel.call('basic.consume', { queue, noAck: true })
    await expectDeliveries(channel, queue, 10, 0)
  })

  it('of 0 is no limit', async () => {
    const channel = await broker.channel()
    const queue = await filled(channel, 50)
    await channel.call('basic.qos', { prefetchCount: 1 })
    await channel.call('basic.qos', { prefetchCount: 0 })
    await channel.call('basic.consume', { queue })
    await expectDeliveries(channel, queue, 50, 0)
  })

  it('without it there is no limit', async () => {
    const channel = await broker.channel()
    const queue = await filled(channel, 300)
    await channel.call('basic.consume', { queue })
    await expectDeliveries(channel, queue, 300, 0)
  })

  it('of 65535 is welcome', async () => {
    const channel = await broker.channel()
    await channel.call('basic.qos', { prefetchCount: 65535 })
  })

  it('field prefetch-size: is not implemented', async () => {
    const channel = await broker.channel()
    channel.send('basic.qos', { prefetchSize: 100 })
    await channel.wire.expectClose(540, 'NOT_IMPLEMENTED - prefetch_size!=0 (100)', 'basic.qos')
  })
})

describe('basic.qos, field global false', () => {
  it('gives each consumer of the channel a limit of its own', async () => {
    const channel = await broker.channel()
    const queue = await filled(channel, 10)
    await channel.call('basic.qos', { prefetchCount: 2 })
    await channel.call('basic.consume', { queue, consumerTag: 'one' })
    await channel.call('basic.consume', { queue, consumerTag: 'two' })
    const deliveries = await expectDeliveries(channel, queue, 4, 6)
    const tags = deliveries.map(({ consumerTag }) => consumerTag).sort()
    expect(tags).toEqual(['one', 'one', 'two', 'two'])
  })

  it('holds for consumers that come after it', async () => {
    const channel = await broker.channel()
    const queue = await filled(channel, 10)
    await channel.call('basic.qos', { prefetchCount: 1 })
    await channel.call('basic.consume', { queue, consumerTag: 'one' })
    await expectDeliveries(channel, queue, 1, 9)
    await channel.call('basic.qos', { prefetchCount: 3 })
    await expectDeliveries(channel, queue, 0, 9)
    await channel.call('basic.consume', { queue, consumerTag: 'two' })
    await expectDeliveries(channel, queue, 3, 6)
  })

  it('holds for its channel only', async () => {
    const channel = await broker.channel()
    const other = await channel.wire.channel(2)
    const queue = await filled(channel, 10)
    await channel.call('basic.qos', { prefetchCount: 1 })
    await other.call('basic.consume', { queue })
    await expectDeliveries(other, queue, 10, 0)
  })

  it('frees the room of a consumer that is cancelled, and its messages stay with the channel', async () => {
    const channel = await broker.channel()
    const queue = await filled(channel, 4)
    await channel.call('basic.qos', { prefetchCount: 2 })
    await channel.call('basic.consume', { queue, consumerTag: 'one' })
    await expectDeliveries(channel, queue, 2, 2)
    await channel.call('basic.cancel', { consumerTag: 'one' })
    await channel.call('basic.consume', { queue, consumerTag: 'two' })
    await expectDeliveries(channel, queue, 2, 0)
  })
})

describe('basic.qos, field global true', () => {
  it('gives the consumers of the channel one limit together', async () => {
    const channel = await broker.channel()
    const queue = await filled(channel, 10)
    await channel.call('basic.qos', { prefetchCount: 3, global: true })
    await channel.call('basic.consume', { queue, consumerTag: 'one' })
    await channel.call('basic.consume', { queue, consumerTag: 'two' })
    await expectDeliveries(channel, queue, 3, 7)
    channel.send('basic.ack', { deliveryTag: 3, multiple: true })
    await expectDeliveries(channel, queue, 3, 4)
  })

  it('holds over several queues', async () => {
    const channel = await broker.channel()
    const queue = await filled(channel, 5)
    const other = await filled(channel, 5)
    await channel.call('basic.qos', { prefetchCount: 5, global: true })
    await channel.call('basic.consume', { queue })
    await expectDeliveries(channel, queue, 5, 0)
    await channel.call('basic.consume', { queue: other })
    await expectDeliveries(channel, other, 0, 5)
    channel.send('basic.ack', { deliveryTag: 2, multiple: true })
    await expectDeliveries(channel, other, 2, 3)
  })

  it('may be raised while it holds', async () => {
    const channel = await broker.channel()
    const queue = await filled(channel, 10)
    await channel.call('basic.qos', { prefetchCount: 1, global: true })
    await channel.call('basic.consume', { queue })
    await expectDeliveries(channel, queue, 1, 9)
    await channel.call('basic.qos', { prefetchCount: 4, global: true })
    await expectDeliveries(channel, queue, 3, 6)
  })

  it('may be lifted', async () => {
    const channel = await broker.channel()
    const queue = await filled(channel, 10)
    await channel.call('basic.qos', { prefetchCount: 1, global: true })
    await channel.call('basic.consume', { queue })
    await expectDeliveries(channel, queue, 1, 9)
    await channel.call('basic.qos', { prefetchCount: 0, global: true })
    await expectDeliveries(channel, queue, 9, 0)
  })

  it('holds together with the limit of a consumer: the smaller one', async () => {
    const channel = await broker.channel()
    const queue = await filled(channel, 20)
    await channel.call('basic.qos', { prefetchCount: 3 })
    await channel.call('basic.qos', { prefetchCount: 5, global: true })
    await channel.call('basic.consume', { queue, consumerTag: 'one' })
    await expectDeliveries(channel, queue, 3, 17)
    await channel.call('basic.consume', { queue, consumerTag: 'two' })
    await expectDeliveries(channel, queue, 2, 15)
  })

  it('is lifted by a limit per consumer that is set after it, as in RabbitMQ', async () => {
    const channel = await broker.channel()
    const queue = await filled(channel, 20)
    await channel.call('basic.qos', { prefetchCount: 5, global: true })
    await channel.call('basic.qos', { prefetchCount: 3 })
    await channel.call('basic.consume', { queue, consumerTag: 'one' })
    await expectDeliveries(channel, queue, 3, 17)
    await channel.call('basic.consume', { queue, consumerTag: 'two' })
    await expectDeliveries(channel, queue, 3, 14)
  })
})
