/** no-wait and pipelining: nothing has to be waited for, and what is sent in order is done in order. */
import { useBroker } from '../support/broker'

const broker = useBroker()

describe('a method with nowait', () => {
  it('is not answered: all of them', async () => {
    const channel = await broker.channel()
    const queue = broker.name('queue')
    const source = broker.name('source')
    const destination = broker.name('destination')
    channel.send('exchange.declare', { exchange: source, type: 'topic', nowait: true })
    channel.send('exchange.declare', { exchange: destination, type: 'fanout', nowait: true })
    channel.send('exchange.bind', { source, destination, routingKey: '#', nowait: true })
    channel.send('queue.declare', { queue, exclusive: true, nowait: true })
    channel.send('queue.bind', { queue, exchange: destination, nowait: true })
    channel.send('queue.purge', { queue, nowait: true })
    channel.send('basic.consume', { queue, consumerTag: 'mine', noAck: true, nowait: true })
    channel.publish({ exchange: source, routingKey: 'key' }, 'hello')
    expect(await channel.delivery()).toMatchObject({ consumerTag: 'mine', exchange: source })
    channel.send('basic.cancel', { consumerTag: 'mine', nowait: true })
    channel.send('exchange.unbind', { source, destination, routingKey: '#', nowait: true })
    channel.send('queue.delete', { queue, nowait: true })
    channel.send('exchange.delete', { exchange: source, nowait: true })
    channel.send('exchange.delete', { exchange: destination, nowait: true })
    channel.send('confirm.select', { nowait: true })
    await channel.expectQuiet()
  })

  it('takes effect', async () => {
    const channel = await broker.channel()
    const queue = broker.name('queue')
    channel.send('queue.declare', { queue, exclusive: true, nowait: true })
    await channel.counts(queue)
    channel.send('queue.delete', { queue, nowait: true })
    channel.send('queue.declare', { queue, passive: true })
    await channel.expectClose(404, `NOT_FOUND - no ${broker.queueText(queue)}`, 'queue.declare')
  })

  it('still closes the channel if it fails', async () => {
    const channel = await broker.channel()
    const queue = broker.name('queue')
    channel.send('queue.declare', { queue, passive: true, nowait: true })
    await channel.expectClose(404, `NOT_FOUND - no ${broker.queueText(queue)}`, 'queue.declare')
  })

  it('may declare a queue without name, which is then the last one declared', async () => {
    const channel = await broker.channel()
    channel.send('queue.declare', { exclusive: true, nowait: true })
    expect((await channel.call('queue.delete', { queue: '' })).messageCount).toBe(0)
  })

  it('passive, of what exists, is not answered', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.send('queue.declare', { queue, passive: true, nowait: true })
    channel.send('exchange.declare', { exchange: 'amq.direct', type: 'direct', passive: true, nowait: true })
    await channel.expectQuiet()
  })

  it('leaves a consumer without tag that no one knows, and its messages tell it', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.send('basic.consume', { queue, noAck: true, nowait: true })
    channel.publish({ routingKey: queue }, 'hello')
    expect((await channel.delivery()).consumerTag).toMatch(/^amq\.ctag-/)
  })
})

describe('methods sent without waiting for answers', () => {
  it('are answered in order', async () => {
    const channel = await broker.channel()
    const queue = broker.name('queue')
    const exchange = broker.name('exchange')
    channel.wire.socket.cork()
    channel.send('exchange.declare', { exchange, type: 'fanout' })
    channel.send('queue.declare', { queue, exclusive: true })
    channel.send('queue.bind', { queue, exchange })
    channel.publish({ exchange }, 'one')
    channel.send('basic.get', { queue, noAck: true })
    channel.send('basic.qos', { prefetchCount: 10 })
    channel.send('basic.consume', { queue, consumerTag: 'mine' })
    channel.publish({ exchange }, 'two')
    channel.wire.socket.uncork()
    await channel.expect('exchange.declare-ok')
    await channel.expect('queue.declare-ok')
    await channel.expect('queue.bind-ok')
    await channel.expect('basic.get-ok')
    await channel.expect('basic.qos-ok')
    await channel.expect('basic.consume-ok')
    expect((await channel.delivery()).body.toString()).toBe('two')
  })

  it('after a publisher that never waits: ten thousand messages', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    for (let block = 0; block < 100; block++) {
      channel.wire.socket.cork()
      for (let i = 0; i < 100; i++) channel.publish({ routingKey: queue }, 'x'.repeat(16))
      channel.wire.socket.uncork()
    }
    await channel.call('basic.consume', { queue, noAck: true })
    await channel.deliveries(10_000)
    await channel.expectCounts(queue, { messages: 0 })
  })

  it('on many channels at once are answered on each', async () => {
    const wire = await broker.open()
    const channels = await Promise.all(Array.from({ length: 50 }, (_, i) => wire.channel(i + 1)))
    for (const channel of channels) channel.send('queue.declare', { exclusive: true })
    for (const channel of channels) await channel.expect('queue.declare-ok')
  })
})
