/** basic.get. */
import { useBroker } from '../support/broker'

const broker = useBroker()

const METHOD = 'basic.get'

describe('basic.get', () => {
  it('of an empty queue is answered with get-empty', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.send(METHOD, { queue })
    expect(await channel.expect('basic.get-empty')).toEqual({ clusterId: '' })
  })

  it('hands out the oldest message and counts those that remain', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    for (const body of ['one', 'two', 'three']) channel.publish({ exchange: '', routingKey: queue }, body)
    await channel.expectCounts(queue, { messages: 3 })
    const common = { redelivered: false, exchange: '', routingKey: queue }
    expect(await channel.get(queue)).toMatchObject({
      ...common,
      deliveryTag: 1,
      messageCount: 2,
      body: Buffer.from('one'),
    })
    expect(await channel.get(queue)).toMatchObject({
      ...common,
      deliveryTag: 2,
      messageCount: 1,
      body: Buffer.from('two'),
    })
    expect(await channel.get(queue)).toMatchObject({
      deliveryTag: 3,
      messageCount: 0,
      body: Buffer.from('three'),
    })
    expect(await channel.get(queue)).toBeUndefined()
  })

  it('names the exchange and routing key of the publisher', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'topic')
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange, routingKey: '#' })
    channel.publish({ exchange, routingKey: 'the.key' })
    expect(await channel.get(queue)).toMatchObject({ exchange, routingKey: 'the.key' })
  })

  it('field no-ack: a message that was got so is gone', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: queue })
    const got = await channel.get(queue, true)
    expect(got).toMatchObject({ deliveryTag: 1, redelivered: false })
    await channel.close()
    const other = await channel.wire.channel(2)
    expect(await other.get(queue)).toBeUndefined()
  })

  it('field no-ack: there is nothing to acknowledge', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: queue })
    await channel.get(queue, true)
    channel.send('basic.ack', { deliveryTag: 1 })
    await channel.expectClose(406, 'PRECONDITION_FAILED - unknown delivery tag 1', 'basic.ack')
  })

  it('without acknowledgement is undone when the channel is closed', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: queue }, 'work')
    await channel.get(queue)
    expect(await channel.get(queue)).toBeUndefined()
    await channel.close()
    const other = await channel.wire.channel(2)
    expect(await other.get(queue)).toMatchObject({ redelivered: true, body: Buffer.from('work') })
  })

  it('does not care for prefetch', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('basic.qos', { prefetchCount: 1 })
    await channel.call('basic.qos', { prefetchCount: 1, global: true })
    for (let i = 0; i < 3; i++) channel.publish({ routingKey: queue })
    for (let tag = 1; tag <= 3; tag++) expect(await channel.get(queue)).toMatchObject({ deliveryTag: tag })
  })

  it('delivery-tag, rule "non-zero": numbers deliveries of a channel from 1, got and delivered alike', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    for (let i = 0; i < 3; i++) channel.publish({ routingKey: queue })
    expect(await channel.get(queue)).toMatchObject({ deliveryTag: 1 })
    expect(await channel.get(queue, true)).toMatchObject({ deliveryTag: 2 })
    await channel.call('basic.consume', { queue })
    expect(await channel.delivery()).toMatchObject({ deliveryTag: 3 })
  })

  it('may be asked many times at once', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    for (let i = 0; i < 5; i++) channel.publish({ routingKey: queue }, `${i}`)
    for (let i = 0; i < 7; i++) channel.send(METHOD, { queue })
    for (let i = 0; i < 5; i++) await channel.expect('basic.get-ok')
    for (let i = 5; i < 7; i++) await channel.expect('basic.get-empty')
  })

  it('field queue: empty means the queue declared last on the channel', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: queue }, 'hello')
    expect((await channel.get(''))?.body.toString()).toBe('hello')
  })

  it('field queue: empty without a queue declared before closes the channel', async () => {
    const channel = await broker.channel()
    channel.send(METHOD, { queue: '' })
    await channel.expectClose(404, 'NOT_FOUND - no previously declared queue', METHOD)
  })

  it('of an unknown queue closes the channel', async () => {
    const channel = await broker.channel()
    const queue = broker.name()
    channel.send(METHOD, { queue })
    await channel.expectClose(404, `NOT_FOUND - no ${broker.queueText(queue)}`, METHOD)
  })

  it('works next to consumers of other queues', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    const consumed = await broker.queue(channel)
    await channel.call('basic.consume', { queue: consumed, noAck: true })
    channel.publish({ routingKey: queue }, 'got')
    channel.publish({ routingKey: consumed }, 'delivered')
    expect((await channel.delivery()).body.toString()).toBe('delivered')
    expect((await channel.get(queue))?.body.toString()).toBe('got')
  })
})
