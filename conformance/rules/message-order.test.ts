/** The order of messages: from one channel, through one queue, to its consumers; also when some come back. */
import { useBroker } from '../support/broker'
import type { Delivery, WireChannel } from '../support/wire-channel'

const broker = useBroker()

const numbered = (count: number, from = 1) => Array.from({ length: count }, (_, i) => `${i + from}`)
const texts = (deliveries: Delivery[]) => deliveries.map(({ body }) => body.toString())

function publishAll(channel: WireChannel, routingKey: string, bodies: string[]): void {
  for (const body of bodies) channel.publish({ routingKey }, body)
}

/** A consumer on a channel of its own, which is given this many messages at a time. */
async function consumer({ wire }: WireChannel, queue: string, number: number, prefetchCount: number) {
  const channel = await wire.channel(number)
  await channel.call('basic.qos', { prefetchCount })
  await channel.call('basic.consume', { queue })
  return channel
}

const tagOf = (delivery: Delivery | undefined) => delivery?.deliveryTag ?? 0

describe('messages that one channel publishes', () => {
  it('come out of a queue in their order, whatever way they took', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    const direct = await broker.exchange(channel, 'direct')
    const topic = await broker.exchange(channel, 'topic')
    const outer = await broker.exchange(channel, 'fanout')
    await channel.call('queue.bind', { queue, exchange: direct, routingKey: 'key' })
    await channel.call('queue.bind', { queue, exchange: topic, routingKey: '#' })
    await channel.call('exchange.bind', { destination: topic, source: outer })
    const ways = [
      { routingKey: queue },
      { exchange: direct, routingKey: 'key' },
      { exchange: topic },
      { exchange: outer },
    ]
    const bodies = numbered(200)
    for (const [index, body] of bodies.entries()) channel.publish(ways[index % ways.length] ?? {}, body)
    expect(await channel.drain(queue)).toEqual(bodies)
  })

  it('come out in their order, small and large, persistent and not', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { durable: true, exclusive: false })
    const bodies = numbered(40).map(number => number.padEnd(Number(number) % 3 === 0 ? 50_000 : 1))
    for (const [index, body] of bodies.entries()) {
      channel.publish({ routingKey: queue }, body, { deliveryMode: 1 + (index % 2) })
    }
    await channel.call('basic.consume', { queue, noAck: true })
    expect(texts(await channel.deliveries(40))).toEqual(bodies)
  })

  it('come out in their order also when many are published while others are taken', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    const taking = await consumer(channel, queue, 2, 7)
    publishAll(channel, queue, numbered(1000))
    for (const body of numbered(1000)) {
      const delivery = await taking.delivery()
      expect(delivery.body.toString()).toBe(body)
      taking.send('basic.ack', { deliveryTag: delivery.deliveryTag })
    }
  })

  it('to two queues of one consumer come out of each in their order', async () => {
    const channel = await broker.channel()
    const queues = [await broker.queue(channel), await broker.queue(channel)]
    for (const queue of queues)
      await channel.call('basic.consume', { queue, consumerTag: queue, noAck: true })
    for (const body of numbered(200)) {
      channel.publish({ routingKey: queues[Number(body) % 2] ?? '' }, body)
    }
    const deliveries = await channel.deliveries(200)
    for (const [odd, queue] of queues.entries()) {
      const own = deliveries.filter(({ consumerTag }) => consumerTag === queue)
      expect(texts(own)).toEqual(numbered(200).filter(body => Number(body) % 2 === odd))
    }
  })

  it('wait for no other channel, but stay in order when they are confirmed in between', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    const others = [await channel.wire.channel(2), await channel.wire.channel(3)] as const
    for (const other of others) await other.call('confirm.select')
    for (const body of numbered(20)) {
      const other = others[Number(body) % 2] ?? others[0]
      other.publish({ routingKey: queue }, body)
      await other.expect('basic.ack')
    }
    expect(await channel.drain(queue)).toEqual(numbered(20))
  })
})

describe('several consumers of one queue', () => {
  it('are each given messages in the order of the queue, and together all of them', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    const consumers: WireChannel[] = []
    for (const number of [2, 3, 4]) consumers.push(await consumer(channel, queue, number, 1000))
    publishAll(channel, queue, numbered(300))
    const all = new Set<string>()
    await channel.expectCounts(queue, { messages: 0 })
    for (const each of consumers) {
      await each.sync()
      const own = texts(await each.deliveries(each.unread.length)).map(Number)
      expect(own).toEqual([...own].sort((a, b) => a - b))
      for (const body of own) all.add(`${body}`)
    }
    expect(all.size).toBe(300)
  })
})

describe('messages that come back', () => {
  it('by basic.nack with multiple are given out again in order, before later ones', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    publishAll(channel, queue, numbered(6))
    const taking = await consumer(channel, queue, 2, 4)
    const deliveries = await taking.deliveries(4)
    taking.send('basic.nack', { deliveryTag: tagOf(deliveries[3]), multiple: true, requeue: true })
    expect(texts(await taking.deliveries(4))).toEqual(['1', '2', '3', '4'])
    expect(await channel.drain(queue)).toEqual(['5', '6'])
  })

  it('one by one and backwards are in order all the same', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    publishAll(channel, queue, numbered(10))
    const taking = await consumer(channel, queue, 2, 10)
    const deliveries = await taking.deliveries(10)
    await taking.call('basic.cancel', {
      consumerTag: deliveries[0]?.consumerTag ?? '',
    })
    for (const { deliveryTag } of deliveries.reverse()) {
      taking.send('basic.reject', { deliveryTag, requeue: true })
    }
    await taking.sync()
    await channel.expectCounts(queue, { messages: 10 })
    expect(await channel.drain(queue)).toEqual(numbered(10))
  })

  it('by basic.recover are in order, and before those that nobody had', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    publishAll(channel, queue, numbered(5))
    const taking = await consumer(channel, queue, 2, 3)
    const deliveries = await taking.deliveries(3)
    taking.send('basic.ack', { deliveryTag: tagOf(deliveries[1]) })
    expect((await taking.delivery()).body.toString()).toBe('4')
    await taking.call('basic.recover', { requeue: true })
    expect(texts(await taking.deliveries(3))).toEqual(['1', '3', '4'])
    expect(await channel.drain(queue)).toEqual(['5'])
  })

  it('by the end of a channel are in order, and go to who is left before later ones', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    publishAll(channel, queue, numbered(4))
    const lost = await consumer(channel, queue, 2, 3)
    await lost.deliveries(3)
    await lost.close()
    const left = await consumer(channel, queue, 3, 2)
    expect(texts(await left.deliveries(2))).toEqual(['1', '2'])
    expect(await channel.drain(queue)).toEqual(['3', '4'])
  })

  it('from two consumers are put together in order', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    const consumers = [await consumer(channel, queue, 2, 3), await consumer(channel, queue, 3, 3)]
    publishAll(channel, queue, numbered(8))
    for (const each of consumers) await each.deliveries(3)
    for (const each of consumers) await each.close()
    await channel.expectCounts(queue, { messages: 8 })
    expect(await channel.drain(queue)).toEqual(numbered(8))
  })

  it('again and again stay in order', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    publishAll(channel, queue, numbered(50))
    const taking = await consumer(channel, queue, 2, 50)
    for (let round = 1; round <= 10; round++) {
      const deliveries = await taking.deliveries(50)
      expect(texts(deliveries)).toEqual(numbered(50))
      taking.send('basic.nack', { deliveryTag: tagOf(deliveries[49]), multiple: true, requeue: true })
    }
    expect(texts(await taking.deliveries(50))).toEqual(numbered(50))
  })
})
