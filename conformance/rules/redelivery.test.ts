/** Where messages go that come back to their queue, how they are marked, and basic.recover. */
import { useBroker } from '../support/broker'
import type { WireChannel } from '../support/wire-channel'

const broker = useBroker()

async function filled(channel: WireChannel, count: number): Promise<string> {
  const queue = await broker.queue(channel)
  for (let i = 1; i <= count; i++) channel.publish({ routingKey: queue }, `${i}`)
  await channel.expectCounts(queue, { messages: count })
  return queue
}

describe('a message that comes back to its queue', () => {
  it('takes its old place: at the head', async () => {
    const channel = await broker.channel()
    const queue = await filled(channel, 3)
    const got = await channel.get(queue)
    channel.send('basic.reject', { deliveryTag: got?.deliveryTag ?? 0, requeue: true })
    expect(await channel.drain(queue)).toEqual(['1', '2', '3'])
  })

  it('takes its old place: between others that come back', async () => {
    const channel = await broker.channel()
    const queue = await filled(channel, 5)
    for (let i = 0; i < 4; i++) await channel.get(queue)
    for (const deliveryTag of [3, 1, 4, 2]) channel.send('basic.nack', { deliveryTag, requeue: true })
    expect(await channel.drain(queue)).toEqual(['1', '2', '3', '4', '5'])
  })

  it('takes its old place: before those that were published since', async () => {
    const channel = await broker.channel()
    const queue = await filled(channel, 2)
    await channel.get(queue)
    await channel.get(queue)
    channel.publish({ routingKey: queue }, 'later')
    channel.send('basic.nack', { deliveryTag: 2, requeue: true })
    channel.send('basic.nack', { deliveryTag: 1, requeue: true })
    expect(await channel.drain(queue)).toEqual(['1', '2', 'later'])
  })

  it('takes its old place also after its channel was closed', async () => {
    const channel = await broker.channel()
    const queue = await filled(channel, 4)
    await channel.get(queue)
    await channel.get(queue)
    await channel.get(queue)
    channel.send('basic.ack', { deliveryTag: 2 })
    await channel.close()
    const other = await channel.wire.channel(2)
    expect(await other.drain(queue)).toEqual(['1', '3', '4'])
  })

  it('takes its old place also after its connection was lost', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { exclusive: false })
    for (let i = 1; i <= 3; i++) channel.publish({ routingKey: queue }, `${i}`)
    const other = await broker.channel()
    await channel.expectCounts(queue, { messages: 3 })
    await other.get(queue)
    await other.get(queue)
    await other.wire.destroy()
    await channel.expectCounts(queue, { messages: 3 })
    expect(await channel.drain(queue)).toEqual(['1', '2', '3'])
  })

  it('is marked as redelivered, and those never delivered are not', async () => {
    const channel = await broker.channel()
    const queue = await filled(channel, 2)
    await channel.get(queue)
    channel.send('basic.nack', { deliveryTag: 1, requeue: true })
    expect(await channel.get(queue)).toMatchObject({ redelivered: true, body: Buffer.from('1') })
    expect(await channel.get(queue)).toMatchObject({ redelivered: false, body: Buffer.from('2') })
  })

  it('is marked also if it was sent to a consumer that never looked', async () => {
    const channel = await broker.channel()
    const queue = await filled(channel, 3)
    const consumer = await channel.wire.channel(2)
    await consumer.call('basic.qos', { prefetchCount: 2 })
    await consumer.call('basic.consume', { queue })
    await consumer.deliveries(2)
    await consumer.close()
    const flags = []
    for (let i = 0; i < 3; i++) flags.push((await channel.get(queue))?.redelivered)
    expect(flags).toEqual([true, true, false])
  })

  it('goes to another consumer when its own is gone', async () => {
    const channel = await broker.channel()
    const other = await channel.wire.channel(2)
    const queue = await filled(channel, 1)
    await channel.call('basic.consume', { queue })
    await channel.delivery()
    await other.call('basic.consume', { queue })
    await channel.close()
    expect(await other.delivery()).toMatchObject({
      redelivered: true,
      deliveryTag: 1,
      body: Buffer.from('1'),
    })
  })

  it('has the properties, exchange and routing key it had', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'fanout')
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange })
    channel.publish({ exchange, routingKey: 'key' }, 'body', { headers: { a: 1 }, messageId: 'id' })
    const first = await channel.get(queue)
    channel.send('basic.nack', { deliveryTag: 1, requeue: true })
    expect(await channel.get(queue)).toEqual({ ...first, deliveryTag: 2, redelivered: true })
  })
})

describe('basic.recover', () => {
  it('field requeue: puts back all that is not acknowledged, and then answers', async () => {
    const channel = await broker.channel()
    const queue = await filled(channel, 3)
    for (let i = 0; i < 3; i++) await channel.get(queue)
    channel.send('basic.ack', { deliveryTag: 2 })
    await channel.call('basic.recover', { requeue: true })
    expect(await channel.get(queue)).toMatchObject({
      redelivered: true,
      deliveryTag: 4,
      body: Buffer.from('1'),
    })
    expect(await channel.get(queue)).toMatchObject({
      redelivered: true,
      deliveryTag: 5,
      body: Buffer.from('3'),
    })
    expect(await channel.get(queue)).toBeUndefined()
  })

  it('rule "01": redelivers to consumers, marked', async () => {
    const channel = await broker.channel()
    const queue = await filled(channel, 3)
    await channel.call('basic.consume', { queue })
    await channel.deliveries(3)
    await channel.call('basic.recover', { requeue: true })
    const again = await channel.deliveries(3)
    expect(again.map(({ redelivered }) => redelivered)).toEqual([true, true, true])
    expect(again.map(({ body }) => body.toString())).toEqual(['1', '2', '3'])
  })

  it('forgets the old delivery tags', async () => {
    const channel = await broker.channel()
    const queue = await filled(channel, 1)
    await channel.get(queue)
    await channel.call('basic.recover', { requeue: true })
    channel.send('basic.ack', { deliveryTag: 1 })
    await channel.expectClose(406, 'PRECONDITION_FAILED - unknown delivery tag 1', 'basic.ack')
  })

  it('makes room in the prefetch', async () => {
    const channel = await broker.channel()
    const queue = await filled(channel, 1)
    await channel.call('basic.qos', { prefetchCount: 1 })
    await channel.call('basic.consume', { queue })
    await channel.delivery()
    await channel.call('basic.recover', { requeue: true })
    expect(await channel.delivery()).toMatchObject({ redelivered: true })
  })

  it('with nothing to recover is answered', async () => {
    const channel = await broker.channel()
    await channel.call('basic.recover', { requeue: true })
  })

  it('field requeue: unset is not implemented', async () => {
    const channel = await broker.channel()
    channel.send('basic.recover', { requeue: false })
    await channel.wire.expectClose(540, 'NOT_IMPLEMENTED - requeue=false', 'basic.recover')
  })
})

describe('basic.recover-async', () => {
  it('rule "01": puts back all that is not acknowledged, without an answer', async () => {
    const channel = await broker.channel()
    const queue = await filled(channel, 2)
    await channel.get(queue)
    await channel.get(queue)
    channel.send('basic.recover-async', { requeue: true })
    await channel.expectQuiet()
    expect(await channel.get(queue)).toMatchObject({ redelivered: true, body: Buffer.from('1') })
  })

  it('field requeue: unset is not implemented', async () => {
    const channel = await broker.channel()
    channel.send('basic.recover-async', { requeue: false })
    await channel.wire.expectClose(540, 'NOT_IMPLEMENTED - requeue=false', 'basic.recover-async')
  })
})
