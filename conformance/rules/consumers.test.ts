/** Several consumers of one queue: whose turn it is, priorities, exclusive consumers, and consumers that are cancelled. */
import { useBroker } from '../support/broker'
import type { WireChannel } from '../support/wire-channel'

const broker = useBroker()

const priority = (value: unknown) => ({ 'x-priority': value })

function publishMany(channel: WireChannel, queue: string, count: number): void {
  for (let i = 0; i < count; i++) channel.publish({ routingKey: queue }, `${i}`)
}

describe('consumers of one queue', () => {
  it('take turns', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    for (const consumerTag of ['a', 'b', 'c'])
      await channel.call('basic.consume', { queue, consumerTag, noAck: true })
    publishMany(channel, queue, 9)
    const tags = (await channel.deliveries(9)).map(({ consumerTag }) => consumerTag)
    for (const tag of ['a', 'b', 'c']) expect(tags.filter(each => each === tag)).toHaveLength(3)
  })

  it('on several connections take turns', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { exclusive: false })
    const consumers = [await broker.channel(), await broker.channel()]
    for (const consumer of consumers) await consumer.call('basic.consume', { queue, noAck: true })
    publishMany(channel, queue, 10)
    for (const consumer of consumers) await consumer.deliveries(5)
  })

  it('that are full leave the work to the others', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    const full = await channel.wire.channel(2)
    await full.call('basic.qos', { prefetchCount: 1 })
    await full.call('basic.consume', { queue })
    await channel.call('basic.consume', { queue, noAck: true })
    publishMany(channel, queue, 10)
    await full.delivery()
    await channel.deliveries(9)
    await full.expectQuiet()
  })
})

describe('a consumer with x-priority', () => {
  it('is served before those with less, as long as it has room', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue, consumerTag: 'none' })
    await channel.call('basic.qos', { prefetchCount: 2 })
    await channel.call('basic.consume', { queue, consumerTag: 'high', arguments: priority(10) })
    await channel.call('basic.consume', { queue, consumerTag: 'middle', arguments: priority(5) })
    publishMany(channel, queue, 6)
    const tags = (await channel.deliveries(6)).map(({ consumerTag }) => consumerTag)
    expect(tags).toEqual(['high', 'high', 'middle', 'middle', 'none', 'none'])
  })

  it('is served again as soon as it has room', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue, consumerTag: 'low' })
    await channel.call('basic.qos', { prefetchCount: 1 })
    await channel.call('basic.consume', { queue, consumerTag: 'high', arguments: priority(1) })
    for (let i = 0; i < 3; i++) {
      publishMany(channel, queue, 1)
      const { consumerTag, deliveryTag } = await channel.delivery()
      expect(consumerTag).toBe('high')
      channel.send('basic.ack', { deliveryTag })
      await channel.sync()
    }
  })

  it('may have less than 0', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue, consumerTag: 'less', noAck: true, arguments: priority(-5) })
    await channel.call('basic.consume', { queue, consumerTag: 'none', noAck: true })
    publishMany(channel, queue, 4)
    const tags = (await channel.deliveries(4)).map(({ consumerTag }) => consumerTag)
    expect(tags).toEqual(['none', 'none', 'none', 'none'])
  })

  it('takes turns with others of the same priority', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    for (const consumerTag of ['a', 'b']) {
      await channel.call('basic.consume', { queue, consumerTag, noAck: true, arguments: priority(3) })
    }
    await channel.call('basic.consume', { queue, consumerTag: 'c', noAck: true })
    publishMany(channel, queue, 6)
    const tags = (await channel.deliveries(6)).map(({ consumerTag }) => consumerTag)
    expect(tags.sort()).toEqual(['a', 'a', 'a', 'b', 'b', 'b'])
  })

  it('that is no integer closes the channel', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.send('basic.consume', { queue, arguments: priority('high') })
    const text = `PRECONDITION_FAILED - invalid arg 'x-priority' for ${broker.queueText(queue)}: "expected integer, got longstr"`
    await channel.expectClose(406, text, 'basic.consume')
  })
})

describe('an exclusive consumer', () => {
  const inUse = (queue: string) => `ACCESS_REFUSED - ${broker.queueText(queue)} in exclusive use`

  it('keeps all others out', async () => {
    const channel = await broker.channel()
    const other = await channel.wire.channel(2)
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue, exclusive: true })
    other.send('basic.consume', { queue })
    await other.expectClose(403, inUse(queue), 'basic.consume')
    await other.call('channel.open')
    other.send('basic.consume', { queue, exclusive: true })
    await other.expectClose(403, inUse(queue), 'basic.consume')
  })

  it('rule "01": cannot be where others are', async () => {
    const channel = await broker.channel()
    const other = await channel.wire.channel(2)
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue })
    other.send('basic.consume', { queue, exclusive: true })
    await other.expectClose(403, inUse(queue), 'basic.consume')
  })

  it('lets others in when it is cancelled', async () => {
    const channel = await broker.channel()
    const other = await channel.wire.channel(2)
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue, exclusive: true, consumerTag: 'mine' })
    await channel.call('basic.cancel', { consumerTag: 'mine' })
    await other.call('basic.consume', { queue })
  })

  it('lets others in when its channel is closed', async () => {
    const channel = await broker.channel()
    const other = await channel.wire.channel(2)
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue, exclusive: true })
    await channel.close()
    await other.call('basic.consume', { queue, exclusive: true })
  })

  it('does not keep others from basic.get', async () => {
    const channel = await broker.channel()
    const other = await channel.wire.channel(2)
    const queue = await broker.queue(channel)
    await channel.call('basic.qos', { prefetchCount: 1 })
    await channel.call('basic.consume', { queue, exclusive: true })
    publishMany(channel, queue, 2)
    await channel.delivery()
    await other.expectCounts(queue, { messages: 1 })
    expect(await other.get(queue)).toMatchObject({ body: Buffer.from('1') })
  })
})

describe('a consumer whose queue is deleted', () => {
  it('is cancelled by the server', async () => {
    const channel = await broker.channel()
    const other = await channel.wire.channel(2)
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue, consumerTag: 'mine' })
    await other.call('queue.delete', { queue })
    expect(await channel.expect('basic.cancel')).toEqual({ consumerTag: 'mine', nowait: true })
  })

  it('is cancelled also if its own channel deleted the queue', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue, consumerTag: 'mine' })
    await channel.call('queue.delete', { queue })
    expect(await channel.expect('basic.cancel')).toMatchObject({ consumerTag: 'mine' })
  })

  it('is cancelled with all other consumers', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    for (const consumerTag of ['a', 'b', 'c']) await channel.call('basic.consume', { queue, consumerTag })
    await channel.call('queue.delete', { queue })
    const tags = []
    for (let i = 0; i < 3; i++) tags.push((await channel.expect('basic.cancel')).consumerTag)
    expect(tags.sort()).toEqual(['a', 'b', 'c'])
  })

  it('is not told if the client does not know consumer_cancel_notify', async () => {
    const wire = await broker.open({ clientProperties: { capabilities: {} } })
    const channel = await wire.channel()
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue, consumerTag: 'mine' })
    await channel.call('queue.delete', { queue })
    await channel.expectQuiet()
  })

  it('frees its tag', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue, consumerTag: 'mine' })
    await channel.call('queue.delete', { queue })
    await channel.expect('basic.cancel')
    const next = await broker.queue(channel)
    await channel.call('basic.consume', { queue: next, consumerTag: 'mine', noAck: true })
    channel.publish({ routingKey: next }, 'hello')
    expect((await channel.delivery()).consumerTag).toBe('mine')
  })

  it('is not told when the client cancels it itself', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue, consumerTag: 'mine' })
    await channel.call('basic.cancel', { consumerTag: 'mine' })
    await channel.call('queue.delete', { queue })
    await channel.expectQuiet()
  })
})
