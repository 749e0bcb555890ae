/** Exclusive queues belong to a connection; auto-delete queues to their consumers. */
import { useBroker } from '../support/broker'
import { eventually } from '../support/eventually'
import type { MethodFields, MethodName } from '../support/methods'

const broker = useBroker()

const locked = (queue: string) =>
  `RESOURCE_LOCKED - cannot obtain exclusive access to locked ${broker.queueText(queue)}. It could be originally declared on another connection or the exclusive property value does not match that of the original declaration.`

describe('queue.declare, field exclusive, rule "exclusive": from another connection', () => {
  const uses: [MethodName, (queue: string) => Partial<MethodFields[MethodName]>][] = [
    ['queue.declare', queue => ({ queue, exclusive: true })],
    ['queue.declare', queue => ({ queue, passive: true })],
    ['queue.declare', queue => ({ queue })],
    ['queue.bind', queue => ({ queue, exchange: 'amq.fanout' })],
    ['queue.purge', queue => ({ queue })],
    ['queue.delete', queue => ({ queue })],
    ['basic.consume', queue => ({ queue })],
    ['basic.get', queue => ({ queue })],
  ]
  it.each(uses)('%s is refused', async (method, fields) => {
    const owner = await broker.channel()
    const queue = await broker.queue(owner)
    const other = await broker.channel()
    other.send(method, fields(queue))
    await other.expectClose(405, locked(queue), method)
  })

  it('basic.publish is welcome', async () => {
    const owner = await broker.channel()
    const queue = await broker.queue(owner)
    const other = await broker.channel()
    other.publish({ routingKey: queue }, 'hello')
    await other.sync()
    expect(await owner.drain(queue)).toEqual(['hello'])
  })
})

describe('an exclusive queue', () => {
  it('can be used from every channel of its connection', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    const other = await channel.wire.channel()
    await other.call('queue.declare', { queue, exclusive: true })
    await other.call('queue.bind', { queue, exchange: 'amq.fanout', routingKey: queue })
    await other.call('basic.consume', { queue })
    await other.call('queue.delete', { queue })
  })

  it('is never durable: declared again it may say either', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { exclusive: true, durable: true })
    await channel.call('queue.declare', { queue, exclusive: true, durable: true })
    await channel.call('queue.declare', { queue, exclusive: true, durable: false })
  })

  it('declared again as not exclusive by its own connection is refused', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.send('queue.declare', { queue, exclusive: false })
    await channel.expectClose(405, locked(queue), 'queue.declare')
  })

  it('that exists as a shared queue is refused', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { exclusive: false })
    channel.send('queue.declare', { queue, exclusive: true })
    await channel.expectClose(405, locked(queue), 'queue.declare')
  })

  it('is gone when its connection is closed', async () => {
    const owner = await broker.channel()
    const queue = await broker.queue(owner)
    await owner.wire.call('connection.close')
    const other = await broker.channel()
    other.send('queue.declare', { queue, passive: true })
    await other.expectClose(404, `NOT_FOUND - no ${broker.queueText(queue)}`, 'queue.declare')
  })

  it('is gone when its socket was dropped', async () => {
    const owner = await broker.channel()
    const queue = await broker.queue(owner)
    await owner.wire.destroy()
    const { wire } = await broker.channel()
    await eventually(async () => {
      const channel = await wire.channel(2)
      channel.send('queue.declare', { queue, passive: true })
      await channel.expectClose(404, `NOT_FOUND - no ${broker.queueText(queue)}`, 'queue.declare')
    })
  })

  it('cannot be unbound from another connection', async () => {
    const owner = await broker.channel()
    const queue = await broker.queue(owner)
    const other = await broker.channel()
    await owner.call('queue.bind', { queue, exchange: 'amq.direct', routingKey: queue })
    other.send('queue.unbind', { queue, exchange: 'amq.direct', routingKey: queue })
    await other.expectClose(405, locked(queue), 'queue.unbind')
  })

  it('stays while only the channel that declared it goes', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.close()
    await (await channel.wire.channel(2)).call('queue.declare', { queue, passive: true })
  })
})

describe('an auto-delete queue', () => {
  it('stays while it never had a consumer', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { exclusive: false, autoDelete: true })
    channel.publish({ routingKey: queue })
    await channel.get(queue)
    await channel.wire.call('connection.close')
    const other = await broker.channel()
    await other.expectCounts(queue, { messages: 1 })
  })

  it('goes when its last consumer is cancelled, with the messages in it', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { exclusive: false, autoDelete: true })
    await channel.call('basic.consume', { queue, consumerTag: 'one' })
    await channel.call('basic.consume', { queue, consumerTag: 'two' })
    await channel.call('basic.cancel', { consumerTag: 'one' })
    expect((await channel.counts(queue)).consumers).toBe(1)
    channel.publish({ routingKey: queue })
    await channel.call('basic.cancel', { consumerTag: 'two' })
    await channel.delivery()
    channel.send('queue.declare', { queue, passive: true })
    await channel.expectClose(404, `NOT_FOUND - no ${broker.queueText(queue)}`, 'queue.declare')
  })

  it('goes when the channel of its last consumer is closed', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { exclusive: false, autoDelete: true })
    await channel.call('basic.consume', { queue })
    await channel.close()
    const other = await channel.wire.channel(2)
    other.send('queue.declare', { queue, passive: true })
    await other.expectClose(404, `NOT_FOUND - no ${broker.queueText(queue)}`, 'queue.declare')
  })

  it('goes when the connection of its last consumer is closed', async () => {
    const consumer = await broker.channel()
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { exclusive: false, autoDelete: true })
    await consumer.call('basic.consume', { queue })
    await consumer.wire.call('connection.close')
    channel.send('queue.declare', { queue, passive: true })
    await channel.expectClose(404, `NOT_FOUND - no ${broker.queueText(queue)}`, 'queue.declare')
  })
})
