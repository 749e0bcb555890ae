/** queue.purge and queue.delete. */
import { useBroker } from '../support/broker'

const broker = useBroker()

const noQueue = (name: string) => `NOT_FOUND - no ${broker.queueText(name)}`
const noneDeclared = 'NOT_FOUND - no previously declared queue'

describe('queue.purge', () => {
  it('removes what is ready and says how much it was', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    for (let i = 0; i < 5; i++) channel.publish({ routingKey: queue })
    await channel.expectCounts(queue, { messages: 5 })
    expect(await channel.call('queue.purge', { queue })).toEqual({ messageCount: 5 })
    expect(await channel.call('queue.purge', { queue })).toEqual({ messageCount: 0 })
    expect(await channel.get(queue)).toBeUndefined()
  })

  it('rule "02": leaves what was sent to a client and is not acknowledged', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    for (const body of ['unacknowledged', 'ready']) channel.publish({ routingKey: queue }, body)
    const got = await channel.get(queue)
    expect(await channel.call('queue.purge', { queue })).toEqual({ messageCount: 1 })
    channel.send('basic.nack', { deliveryTag: got?.deliveryTag ?? 0, requeue: true })
    expect(await channel.drain(queue)).toEqual(['unacknowledged'])
  })

  it('field queue, rule "queue-known": empty means the queue declared last on the channel', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: queue })
    await channel.expectCounts(queue, { messages: 1 })
    expect(await channel.call('queue.purge', { queue: '' })).toEqual({ messageCount: 1 })
  })

  it('field queue, rule "queue-known": empty without a queue declared before closes the channel', async () => {
    const channel = await broker.channel()
    channel.send('queue.purge', { queue: '' })
    await channel.expectClose(404, noneDeclared, 'queue.purge')
  })

  it('field queue, rule "must-exist": of an unknown queue closes the channel', async () => {
    const channel = await broker.channel()
    const queue = broker.name()
    channel.send('queue.purge', { queue })
    await channel.expectClose(404, noQueue(queue), 'queue.purge')
  })
})

describe('queue.delete', () => {
  it('deletes the queue and says how many ready messages went with it', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    for (let i = 0; i < 3; i++) channel.publish({ routingKey: queue })
    await channel.expectCounts(queue, { messages: 3 })
    expect(await channel.call('queue.delete', { queue })).toEqual({ messageCount: 3 })
    channel.send('queue.declare', { queue, passive: true })
    await channel.expectClose(404, noQueue(queue), 'queue.declare')
  })

  it('deletes its bindings', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'fanout')
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange })
    await channel.call('queue.delete', { queue })
    await broker.queue(channel, { queue })
    channel.publish({ exchange, mandatory: true })
    await channel.returned()
  })

  it('field queue, rule "must-exist": of an unknown queue is ok and counts nothing, as in RabbitMQ', async () => {
    const channel = await broker.channel()
    expect(await channel.call('queue.delete', { queue: broker.name() })).toEqual({ messageCount: 0 })
    const conditions = { ifUnused: true, ifEmpty: true }
    expect(await channel.call('queue.delete', { queue: broker.name(), ...conditions })).toEqual({
      messageCount: 0,
    })
  })

  it('field queue, rule "queue-known": empty means the queue declared last on the channel', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('queue.delete', { queue: '' })
    channel.send('queue.declare', { queue, passive: true })
    await channel.expectClose(404, noQueue(queue), 'queue.declare')
  })

  it('field queue, rule "queue-known": empty without a queue declared before closes the channel', async () => {
    const channel = await broker.channel()
    channel.send('queue.delete', { queue: '' })
    await channel.expectClose(404, noneDeclared, 'queue.delete')
  })

  it('of a queue declared last makes its name the last one still', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('queue.delete', { queue })
    channel.send('queue.purge', { queue: '' })
    await channel.expectClose(404, noQueue(queue), 'queue.purge')
  })

  it('field if-unused, rule "in-use": of a queue with consumers closes the channel', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    const consumer = await channel.wire.channel(2)
    await consumer.call('basic.consume', { queue })
    channel.send('queue.delete', { queue, ifUnused: true })
    await channel.expectClose(406, `PRECONDITION_FAILED - ${broker.queueText(queue)} in use`, 'queue.delete')
    expect(await consumer.counts(queue)).toEqual({ messages: 0, consumers: 1 })
  })

  it('field if-unused: of a queue with messages and without consumers deletes it', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: queue })
    await channel.expectCounts(queue, { messages: 1 })
    expect(await channel.call('queue.delete', { queue, ifUnused: true })).toEqual({ messageCount: 1 })
  })

  it('field if-empty, rule "not-empty": of a queue with messages closes the channel', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: queue })
    await channel.expectCounts(queue, { messages: 1 })
    channel.send('queue.delete', { queue, ifEmpty: true })
    await channel.expectClose(
      406,
      `PRECONDITION_FAILED - ${broker.queueText(queue)} not empty`,
      'queue.delete',
    )
    await channel.call('channel.open')
    expect((await channel.counts(queue)).messages).toBe(1)
  })

  it('field if-empty: of a queue whose messages are all unacknowledged deletes it', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: queue })
    await channel.get(queue)
    expect(await channel.call('queue.delete', { queue, ifEmpty: true })).toEqual({ messageCount: 0 })
  })

  it('with both conditions violated says that the queue is not empty', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('basic.qos', { prefetchCount: 1 })
    await channel.call('basic.consume', { queue })
    for (let i = 0; i < 2; i++) channel.publish({ routingKey: queue })
    await channel.expectCounts(queue, { messages: 1 })
    channel.send('queue.delete', { queue, ifUnused: true, ifEmpty: true })
    await channel.expectClose(
      406,
      `PRECONDITION_FAILED - ${broker.queueText(queue)} not empty`,
      'queue.delete',
    )
  })

  it('forgets what was not acknowledged: its tags may still be acknowledged', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: queue })
    const got = await channel.get(queue)
    await channel.call('queue.delete', { queue })
    channel.send('basic.ack', { deliveryTag: got?.deliveryTag ?? 0 })
    await channel.expectQuiet()
  })
})
