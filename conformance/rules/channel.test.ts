/** Class channel. */
import { useBroker } from '../support/broker'
import type { MethodName } from '../support/methods'

const broker = useBroker()

const notFound = (queue: string) => `NOT_FOUND - no ${broker.queueText(queue)}`

describe('channel.open', () => {
  it('is answered with open-ok and an empty channel id', async () => {
    const wire = await broker.open()
    const channel = wire.unopenedChannel(1)
    channel.send('channel.open')
    expect(await channel.expect('channel.open-ok')).toEqual({ channelId: Buffer.alloc(0) })
  })

  it('does not mind the reserved field out-of-band', async () => {
    const channel = (await broker.open()).unopenedChannel(1)
    await channel.call('channel.open', { outOfBand: 'anything' })
  })

  it('opens channels in any order', async () => {
    const wire = await broker.open()
    for (const number of [1000, 2, 65535, 1]) await (await wire.channel(number)).sync()
  })

  it('rule "state": a second time closes the connection', async () => {
    const channel = await broker.channel()
    channel.send('channel.open')
    await channel.wire.expectClose(504, "CHANNEL_ERROR - second 'channel.open' seen", 'channel.open')
  })
})

describe('a method on a channel that is not open', () => {
  it.each<MethodName>([
    'channel.close',
    'channel.close-ok',
    'channel.flow',
    'queue.declare',
    'basic.ack',
    'tx.select',
  ])('%s closes the connection', async method => {
    const wire = await broker.open()
    wire.unopenedChannel(1).send(method, {})
    await wire.expectClose(504, "CHANNEL_ERROR - expected 'channel.open'", method)
  })

  it('basic.publish closes the connection once its content came', async () => {
    const wire = await broker.open()
    wire.unopenedChannel(1).publish({ routingKey: broker.name() }, 'body')
    await wire.expectClose(504, "CHANNEL_ERROR - expected 'channel.open'", 'basic.publish')
  })

  it('closes the connection also if the channel was open before', async () => {
    const channel = await broker.channel()
    await channel.close()
    channel.send('queue.declare', { exclusive: true })
    await channel.wire.expectClose(504, "CHANNEL_ERROR - expected 'channel.open'", 'queue.declare')
  })
})

describe('channel.close', () => {
  it('is answered with close-ok', async () => {
    const channel = await broker.channel()
    await channel.call('channel.close', { replyCode: 200, replyText: 'bye' })
  })

  it('frees the number for another channel', async () => {
    const channel = await broker.channel()
    for (let i = 0; i < 20; i++) {
      await channel.close()
      await channel.call('channel.open')
    }
    await channel.sync()
  })

  it('leaves the other channels of the connection alone', async () => {
    const channel = await broker.channel()
    const other = await channel.wire.channel(2)
    await channel.close()
    await other.sync()
  })

  it("ends the channel's consumers and requeues what they had not acknowledged", async () => {
    const channel = await broker.channel()
    const other = await channel.wire.channel(2)
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: queue }, 'work')
    await channel.call('basic.consume', { queue })
    await channel.delivery()
    await channel.close()
    await other.expectCounts(queue, { messages: 1, consumers: 0 })
    expect(await other.get(queue)).toMatchObject({ redelivered: true })
  })

  it('leaves exclusive queues alone, which belong to the connection', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { exclusive: true })
    await channel.close()
    const other = await channel.wire.channel(2)
    expect(await other.counts(queue)).toEqual({ messages: 0, consumers: 0 })
  })

  it('works on all that was sent before it', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    for (let i = 0; i < 100; i++) channel.publish({ routingKey: queue }, `${i}`)
    await channel.close()
    const other = await channel.wire.channel(2)
    await other.expectCounts(queue, { messages: 100 })
  })
})

describe('a channel that the server has closed', () => {
  async function failed() {
    const channel = await broker.channel()
    const queue = broker.name('queue')
    channel.send('queue.declare', { queue, passive: true })
    return { channel, queue }
  }

  it('rule "stability": ignores all methods until close-ok', async () => {
    const { channel, queue } = await failed()
    const other = broker.name('other')
    channel.send('queue.declare', { queue: other })
    channel.publish({ routingKey: queue, mandatory: true }, 'body')
    channel.send('basic.qos', { prefetchSize: 1 })
    await channel.expectClose(404, notFound(queue), 'queue.declare')
    await channel.call('channel.open') // before close-ok this would race with the error in RabbitMQ
    channel.send('queue.declare', { queue: other, passive: true })
    await channel.expectClose(404, notFound(other), 'queue.declare')
  })

  it('rule "stability": answers a close that crosses its own', async () => {
    const { channel, queue } = await failed()
    channel.send('channel.close')
    const close = await channel.expect('channel.close')
    expect(close.replyText).toBe(notFound(queue))
    await channel.expect('channel.close-ok')
  })

  it('rule "stability": waits for close-ok also when another close has crossed its own', async () => {
    const { channel } = await failed()
    channel.send('channel.close')
    await channel.expect('channel.close')
    await channel.expect('channel.close-ok')
    channel.send('channel.close-ok')
    await channel.call('channel.open')
    await channel.sync()
  })

  it('can be opened again after close-ok', async () => {
    const { channel, queue } = await failed()
    await channel.expectClose(404, notFound(queue), 'queue.declare')
    await channel.call('channel.open')
    await channel.sync()
  })

  it('leaves the other channels of the connection alone', async () => {
    const { channel, queue } = await failed()
    const other = await channel.wire.channel(2)
    await channel.expectClose(404, notFound(queue), 'queue.declare')
    await other.sync()
  })

  it('forgets its consumers, its prefetch and its last queue', async () => {
    const { channel, queue } = await failed()
    await channel.expectClose(404, notFound(queue), 'queue.declare')
    await channel.call('channel.open')
    channel.send('queue.purge', { queue: '' })
    await channel.expectClose(404, 'NOT_FOUND - no previously declared queue', 'queue.purge')
  })

  it('does not keep the connection from being closed', async () => {
    const { channel } = await failed()
    await channel.expect('channel.close')
    await channel.wire.call('connection.close')
  })
})

describe('channel.flow', () => {
  it('rule "initial-state": is active from the start, and active again is ok', async () => {
    const channel = await broker.channel()
    expect(await channel.call('channel.flow', { active: true })).toEqual({ active: true })
  })

  it('cannot be switched off', async () => {
    const channel = await broker.channel()
    channel.send('channel.flow', { active: false })
    await channel.wire.expectClose(540, 'NOT_IMPLEMENTED - active=false', 'channel.flow')
  })
})

describe('a method that only a server sends', () => {
  it.each<MethodName>([
    'channel.open-ok',
    'channel.flow-ok',
    'channel.close-ok',
    'access.request-ok',
    'exchange.declare-ok',
    'exchange.delete-ok',
    'exchange.bind-ok',
    'exchange.unbind-ok',
    'queue.declare-ok',
    'queue.bind-ok',
    'queue.purge-ok',
    'queue.delete-ok',
    'queue.unbind-ok',
    'basic.qos-ok',
    'basic.consume-ok',
    'basic.cancel-ok',
    'basic.get-empty',
    'basic.recover-ok',
    'confirm.select-ok',
    'tx.select-ok',
    'tx.commit-ok',
    'tx.rollback-ok',
  ])('%s closes the connection', async method => {
    const channel = await broker.channel()
    channel.send(method, {})
    await channel.wire.expectClose(503, 'COMMAND_INVALID - unimplemented method', method)
  })

  it.each<MethodName>(['basic.deliver', 'basic.return', 'basic.get-ok'])(
    '%s closes the connection once its content came',
    async method => {
      const channel = await broker.channel()
      channel.send(method, {})
      channel.wire.sendFrame(2, 1, Buffer.from([0, 60, ...Array(12).fill(0)]))
      await channel.wire.expectClose(503, 'COMMAND_INVALID - unimplemented method', method)
    },
  )
})
