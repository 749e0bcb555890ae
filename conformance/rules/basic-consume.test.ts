/** basic.consume, basic.deliver and basic.cancel. */
import { useBroker } from '../support/broker'

const broker = useBroker()

describe('basic.consume', () => {
  it('is answered, then delivers what is there and what comes', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: queue }, 'there')
    channel.send('basic.consume', { queue, consumerTag: 'tag' })
    expect(await channel.expect('basic.consume-ok')).toEqual({ consumerTag: 'tag' })
    const common = { consumerTag: 'tag', redelivered: false, exchange: '', routingKey: queue }
    expect(await channel.delivery()).toMatchObject({ ...common, deliveryTag: 1, body: Buffer.from('there') })
    channel.publish({ routingKey: queue }, 'comes')
    expect(await channel.delivery()).toMatchObject({ ...common, deliveryTag: 2, body: Buffer.from('comes') })
  })

  it('delivers in the order in which messages were published', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    const bodies = Array.from({ length: 500 }, (_, i) => `${i}`)
    for (const body of bodies.slice(0, 250)) channel.publish({ routingKey: queue }, body, { deliveryMode: 2 })
    await channel.call('basic.consume', { queue, noAck: true })
    for (const body of bodies.slice(250)) channel.publish({ routingKey: queue }, body)
    const deliveries = await channel.deliveries(500)
    expect(deliveries.map(({ body }) => body.toString())).toEqual(bodies)
    expect(deliveries.map(({ deliveryTag }) => deliveryTag)).toEqual(bodies.map((_, i) => i + 1))
  })

  it('basic, rule "08": keeps the order of messages whether persistent or not', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { durable: true, exclusive: false })
    for (let i = 0; i < 20; i++) channel.publish({ routingKey: queue }, `${i}`, { deliveryMode: (i % 2) + 1 })
    await channel.call('basic.consume', { queue, noAck: true })
    const deliveries = await channel.deliveries(20)
    expect(deliveries.map(({ body }) => Number(body.toString()))).toEqual([...Array(20).keys()])
  })

  it('rule "01": serves sixteen consumers of a queue', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    for (let i = 0; i < 16; i++) await channel.call('basic.consume', { queue, noAck: true })
    for (let i = 0; i < 32; i++) channel.publish({ routingKey: queue })
    const tags = (await channel.deliveries(32)).map(({ consumerTag }) => consumerTag)
    expect(new Set(tags).size).toBe(16)
  })

  it('serves consumers of several queues on one channel', async () => {
    const channel = await broker.channel()
    const queues = [await broker.queue(channel), await broker.queue(channel)]
    for (const queue of queues)
      await channel.call('basic.consume', { queue, consumerTag: queue, noAck: true })
    for (const queue of queues) {
      channel.publish({ routingKey: queue })
      expect((await channel.delivery()).consumerTag).toBe(queue)
    }
  })

  it('field queue: empty means the queue declared last on the channel', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue: '', noAck: true })
    channel.publish({ routingKey: queue }, 'hello')
    expect((await channel.delivery()).body.toString()).toBe('hello')
  })

  it('field queue: empty without a queue declared before closes the channel', async () => {
    const channel = await broker.channel()
    channel.send('basic.consume', { queue: '' })
    await channel.expectClose(404, 'NOT_FOUND - no previously declared queue', 'basic.consume')
  })

  it('of an unknown queue closes the channel', async () => {
    const channel = await broker.channel()
    const queue = broker.name()
    channel.send('basic.consume', { queue })
    await channel.expectClose(404, `NOT_FOUND - no ${broker.queueText(queue)}`, 'basic.consume')
  })

  it('field no-local: is ignored, as in RabbitMQ', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue, noLocal: true, noAck: true })
    channel.publish({ routingKey: queue }, 'own')
    expect((await channel.delivery()).body.toString()).toBe('own')
  })

  it('field no-ack, basic rule "09": what was delivered so is gone', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue, noAck: true })
    channel.publish({ routingKey: queue })
    await channel.delivery()
    await channel.close()
    const other = await channel.wire.channel(2)
    expect(await other.counts(queue)).toEqual({ messages: 0, consumers: 0 })
  })

  it('field no-ack, basic rule "10": what was not acknowledged comes back', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue })
    channel.publish({ routingKey: queue }, 'work')
    await channel.delivery()
    await channel.close()
    const other = await channel.wire.channel(2)
    expect(await other.get(queue)).toMatchObject({ redelivered: true, body: Buffer.from('work') })
  })
})

describe('basic.consume, field consumer-tag', () => {
  it('empty makes the server choose one', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    const { consumerTag } = await channel.call('basic.consume', { queue })
    expect(consumerTag).toMatch(/^amq\.ctag-[A-Za-z0-9_-]{22}$/)
    expect((await channel.call('basic.consume', { queue })).consumerTag).not.toBe(consumerTag)
  })

  it('rule "01": in use on the channel closes the connection', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue, consumerTag: 'mine' })
    channel.send('basic.consume', { queue, consumerTag: 'mine' })
    const text = "NOT_ALLOWED - attempt to reuse consumer tag 'mine'"
    await channel.wire.expectClose(530, text, 'basic.consume')
  })

  it('rule "01": in use is looked at before the queue', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue, consumerTag: 'mine' })
    channel.send('basic.consume', { queue: broker.name(), consumerTag: 'mine' })
    await channel.wire.expectClose(530, /reuse consumer tag/, 'basic.consume')
  })

  it('rule "02": may be the same on another channel', async () => {
    const channel = await broker.channel()
    const other = await channel.wire.channel(2)
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue, consumerTag: 'mine' })
    await other.call('basic.consume', { queue, consumerTag: 'mine' })
    expect((await channel.counts(queue)).consumers).toBe(2)
  })

  it('may be used again after it was cancelled', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue, consumerTag: 'mine' })
    await channel.call('basic.cancel', { consumerTag: 'mine' })
    await channel.call('basic.consume', { queue, consumerTag: 'mine' })
    expect((await channel.counts(queue)).consumers).toBe(1)
  })

  it('may begin with amq. and have 255 bytes', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    const consumerTag = 'amq.'.padEnd(255, 'x')
    expect(await channel.call('basic.consume', { queue, consumerTag })).toEqual({ consumerTag })
  })
})

describe('basic.cancel', () => {
  it('is answered with the tag, and nothing is delivered after', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue, consumerTag: 'mine' })
    expect(await channel.call('basic.cancel', { consumerTag: 'mine' })).toEqual({ consumerTag: 'mine' })
    channel.publish({ routingKey: queue }, 'kept')
    await channel.expectCounts(queue, { messages: 1, consumers: 0 })
    await channel.expectQuiet()
  })

  it('of an unknown tag is answered all the same', async () => {
    const channel = await broker.channel()
    expect(await channel.call('basic.cancel', { consumerTag: 'never' })).toEqual({ consumerTag: 'never' })
  })

  it("of another channel's tag leaves that consumer alone", async () => {
    const channel = await broker.channel()
    const other = await channel.wire.channel(2)
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue, consumerTag: 'mine' })
    await other.call('basic.cancel', { consumerTag: 'mine' })
    expect((await channel.counts(queue)).consumers).toBe(1)
  })

  it('rule "01": of a consumer whose queue is gone is answered', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue, consumerTag: 'mine' })
    await channel.call('queue.delete', { queue })
    await channel.call('basic.cancel', { consumerTag: 'mine' })
  })

  it('leaves what was delivered to be acknowledged', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue, consumerTag: 'mine' })
    channel.publish({ routingKey: queue }, 'work')
    const { deliveryTag } = await channel.delivery()
    await channel.call('basic.cancel', { consumerTag: 'mine' })
    expect((await channel.counts(queue)).messages).toBe(0)
    channel.send('basic.ack', { deliveryTag })
    await channel.sync()
    await channel.close()
    const after = await channel.wire.channel(2)
    expect(await after.get(queue)).toBeUndefined()
  })

  it('does not requeue by itself', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue, consumerTag: 'mine' })
    channel.publish({ routingKey: queue }, 'work')
    await channel.delivery()
    await channel.call('basic.cancel', { consumerTag: 'mine' })
    expect(await channel.get(queue)).toBeUndefined()
    await channel.call('basic.recover', { requeue: true })
    expect(await channel.get(queue)).toMatchObject({ redelivered: true })
  })
})
