/** x-single-active-consumer: of many consumers one is given messages, and when it goes the next takes over. */
import { useBroker } from '../support/broker'
import type { WireChannel } from '../support/wire-channel'

const broker = useBroker()

const single = { 'x-single-active-consumer': true }

/** A channel to publish on and a queue, and as many channels with a consumer each, in the order they came. */
async function stage(consumers: number) {
  const channel = await broker.channel()
  const queue = await broker.queue(channel, { arguments: single })
  const waiting: WireChannel[] = []
  for (let i = 0; i < consumers; i++) waiting.push(await consumer(channel, queue, i + 2))
  return { channel, queue, consumers: waiting as [WireChannel, WireChannel, WireChannel] }
}

async function consumer({ wire }: WireChannel, queue: string, number: number): Promise<WireChannel> {
  const channel = await wire.channel(number)
  await channel.call('basic.consume', { queue, consumerTag: `consumer-${number}` })
  return channel
}

const texts = (deliveries: { body: Buffer }[]) => deliveries.map(({ body }) => body.toString())

describe('a queue with x-single-active-consumer', () => {
  it('gives everything to the consumer that came first', async () => {
    const { channel, queue, consumers } = await stage(3)
    const [first, second, third] = consumers
    for (const body of ['1', '2', '3', '4']) channel.publish({ routingKey: queue }, body)
    expect(texts(await first.deliveries(4))).toEqual(['1', '2', '3', '4'])
    await second.expectQuiet()
    await third.expectQuiet()
  })

  it('counts all its consumers', async () => {
    const { channel, queue } = await stage(3)
    expect(await channel.counts(queue)).toEqual({ messages: 0, consumers: 3 })
  })

  it('does not turn to another when the active one has no room: messages wait', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { arguments: single })
    const first = await channel.wire.channel(2)
    await first.call('basic.qos', { prefetchCount: 1 })
    await first.call('basic.consume', { queue })
    const second = await consumer(channel, queue, 3)
    for (const body of ['1', '2']) channel.publish({ routingKey: queue }, body)
    const { deliveryTag } = await first.delivery()
    await channel.expectCounts(queue, { messages: 1 })
    await second.expectQuiet()
    first.send('basic.ack', { deliveryTag })
    expect(texts(await first.deliveries(1))).toEqual(['2'])
    await second.expectQuiet()
  })

  it('does not turn to a consumer of a higher priority that comes later', async () => {
    const { channel, queue, consumers } = await stage(1)
    const eager = await channel.wire.channel(9)
    await eager.call('basic.consume', { queue, arguments: { 'x-priority': 10 } })
    channel.publish({ routingKey: queue }, '1')
    expect(texts(await consumers[0].deliveries(1))).toEqual(['1'])
    await eager.expectQuiet()
  })

  it('gives messages that are rejected and requeued to the same consumer again', async () => {
    const { channel, queue, consumers } = await stage(2)
    channel.publish({ routingKey: queue }, '1')
    const { deliveryTag } = await consumers[0].delivery()
    consumers[0].send('basic.reject', { deliveryTag, requeue: true })
    expect(await consumers[0].delivery()).toMatchObject({ redelivered: true })
    await consumers[1].expectQuiet()
  })

  it('lets anyone basic.get, if the queue is classic', async () => {
    const { channel, queue, consumers } = await stage(1)
    await consumers[0].call('basic.cancel', { consumerTag: 'consumer-2' })
    channel.publish({ routingKey: queue }, '1')
    expect((await channel.get(queue))?.body.toString()).toBe('1')
  })

  it('can have an only consumer like any other', async () => {
    const { channel, queue, consumers } = await stage(1)
    channel.publish({ routingKey: queue }, '1')
    expect(texts(await consumers[0].deliveries(1))).toEqual(['1'])
  })

  it('starts anew when all consumers have gone', async () => {
    const { channel, queue, consumers } = await stage(2)
    for (const each of consumers) await each.close()
    channel.publish({ routingKey: queue }, '1')
    const next = await consumer(channel, queue, 9)
    expect(texts(await next.deliveries(1))).toEqual(['1'])
  })

  it('is deleted with its last consumer, if it is auto-delete, and not with its active one', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { autoDelete: true, arguments: single })
    const first = await consumer(channel, queue, 2)
    const second = await consumer(channel, queue, 3)
    await first.close()
    channel.publish({ routingKey: queue }, '1')
    expect(texts(await second.deliveries(1))).toEqual(['1'])
    await second.close()
    await channel.sync()
    channel.send('queue.declare', { queue, passive: true })
    await channel.expectClose(404, `NOT_FOUND - no ${broker.queueText(queue)}`, 'queue.declare')
  })
})

describe('the next consumer takes over', () => {
  it('when the active one is cancelled, whose messages stay with it', async () => {
    const { channel, queue, consumers } = await stage(2)
    const [first, second] = consumers
    channel.publish({ routingKey: queue }, '1')
    const { deliveryTag } = await first.delivery()
    await first.call('basic.cancel', { consumerTag: 'consumer-2' })
    channel.publish({ routingKey: queue }, '2')
    expect(texts(await second.deliveries(1))).toEqual(['2'])
    first.send('basic.ack', { deliveryTag })
    await first.expectQuiet()
  })

  it('when the channel of the active one is closed, whose messages come first and in order', async () => {
    const { channel, queue, consumers } = await stage(2)
    const [first, second] = consumers
    for (const body of ['1', '2', '3']) channel.publish({ routingKey: queue }, body)
    await first.deliveries(3)
    await first.close()
    channel.publish({ routingKey: queue }, '4')
    const deliveries = await second.deliveries(4)
    expect(texts(deliveries)).toEqual(['1', '2', '3', '4'])
    expect(deliveries.map(({ redelivered }) => redelivered)).toEqual([true, true, true, false])
  })

  it('when the connection of the active one is closed, and when it is lost', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { exclusive: false, arguments: single })
    const first = await broker.channel()
    const second = await broker.channel()
    const third = await broker.channel()
    for (const each of [first, second, third]) await each.call('basic.consume', { queue })
    channel.publish({ routingKey: queue }, '1')
    await first.delivery()
    await first.wire.close()
    expect(await second.delivery()).toMatchObject({ redelivered: true, body: Buffer.from('1') })
    await second.wire.destroy()
    expect(await third.delivery()).toMatchObject({ redelivered: true, body: Buffer.from('1') })
  })

  it('in the order in which the consumers came', async () => {
    const { channel, queue, consumers } = await stage(3)
    for (const [index, each] of consumers.entries()) {
      channel.publish({ routingKey: queue }, `${index}`)
      const { deliveryTag, body } = await each.delivery()
      expect(body.toString()).toBe(`${index}`)
      each.send('basic.ack', { deliveryTag })
      await each.call('basic.cancel', { consumerTag: `consumer-${index + 2}` })
    }
  })

  it('and one that comes again goes to the end', async () => {
    const { channel, queue, consumers } = await stage(2)
    const [first, second] = consumers
    await first.call('basic.cancel', { consumerTag: 'consumer-2' })
    await first.call('basic.consume', { queue, consumerTag: 'consumer-2' })
    channel.publish({ routingKey: queue }, '1')
    expect(texts(await second.deliveries(1))).toEqual(['1'])
    await first.expectQuiet()
  })

  it('of the highest priority, and of these the one that came first', async () => {
    const { channel, queue, consumers } = await stage(2)
    const eager = []
    for (const [number, priority] of [5, 10, 10].entries()) {
      const each = await channel.wire.channel(20 + number)
      await each.call('basic.consume', { queue, arguments: { 'x-priority': priority } })
      eager.push(each)
    }
    await consumers[0].close()
    channel.publish({ routingKey: queue }, '1')
    expect(texts(await eager[1]!.deliveries(1))).toEqual(['1'])
    for (const other of [consumers[1], eager[0]!, eager[2]!]) await other.expectQuiet()
  })

  it('and not one that has gone before its turn', async () => {
    const { channel, queue, consumers } = await stage(3)
    const [first, second, third] = consumers
    await second.call('basic.cancel', { consumerTag: 'consumer-3' })
    await first.call('basic.cancel', { consumerTag: 'consumer-2' })
    channel.publish({ routingKey: queue }, '1')
    expect(texts(await third.deliveries(1))).toEqual(['1'])
    await second.expectQuiet()
  })

  it('on the same channel, too', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { arguments: single })
    for (const consumerTag of ['a', 'b']) await channel.call('basic.consume', { queue, consumerTag })
    channel.publish({ routingKey: queue }, '1')
    expect(await channel.delivery()).toMatchObject({ consumerTag: 'a' })
    await channel.call('basic.cancel', { consumerTag: 'a' })
    channel.publish({ routingKey: queue }, '2')
    expect(await channel.delivery()).toMatchObject({ consumerTag: 'b' })
  })

  it('and keeps to its own prefetch', async () => {
    const { channel, queue, consumers } = await stage(1)
    const careful = await channel.wire.channel(9)
    await careful.call('basic.qos', { prefetchCount: 2 })
    await careful.call('basic.consume', { queue })
    for (const body of ['1', '2', '3']) channel.publish({ routingKey: queue }, body)
    await consumers[0].deliveries(3)
    await consumers[0].close()
    expect(texts(await careful.deliveries(2))).toEqual(['1', '2'])
    await channel.expectCounts(queue, { messages: 1 })
    await careful.expectQuiet()
  })
})

describe('an exclusive consumer', () => {
  it('is refused', async () => {
    const { channel, queue } = await stage(0)
    channel.send('basic.consume', { queue, exclusive: true })
    const text = `ACCESS_REFUSED - ${broker.queueText(queue)} in exclusive use`
    await channel.expectClose(403, text, 'basic.consume')
  })

  it('is refused also with others there, which go on', async () => {
    const { channel, queue, consumers } = await stage(1)
    const other = await channel.wire.channel(9)
    other.send('basic.consume', { queue, exclusive: true })
    const text = `ACCESS_REFUSED - ${broker.queueText(queue)} in exclusive use`
    await other.expectClose(403, text, 'basic.consume')
    channel.publish({ routingKey: queue }, '1')
    expect(texts(await consumers[0].deliveries(1))).toEqual(['1'])
  })
})
