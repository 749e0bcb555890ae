/** Line breaks in names: RabbitMQ takes them out where a thing is declared, bound or deleted, and nowhere else. */
import { useBroker } from '../support/broker'

const broker = useBroker()

describe('a name with a line break is that without, for', () => {
  it('queue.bind and queue.unbind', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    const exchange = await broker.exchange(channel, 'fanout')
    const binding = { queue: `${queue}\n`, exchange: `\r${exchange}` }
    await channel.call('queue.bind', binding)
    channel.publish({ exchange }, 'routed')
    expect((await channel.get(queue))?.body).toEqual(Buffer.from('routed'))
    await channel.call('queue.unbind', binding)
    channel.publish({ exchange }, 'lost')
    expect(await channel.get(queue)).toBeUndefined()
  })

  it('exchange.bind and exchange.unbind', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    const source = await broker.exchange(channel, 'fanout')
    const destination = await broker.exchange(channel, 'fanout')
    await channel.call('queue.bind', { queue, exchange: destination })
    const binding = { source: `${source}\r\n`, destination: `\n${destination}` }
    await channel.call('exchange.bind', binding)
    channel.publish({ exchange: source }, 'routed')
    expect((await channel.get(queue))?.body).toEqual(Buffer.from('routed'))
    await channel.call('exchange.unbind', binding)
    channel.publish({ exchange: source }, 'lost')
    expect(await channel.get(queue)).toBeUndefined()
  })

  it('queue.delete', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('queue.delete', { queue: `${queue}\n` })
    channel.send('queue.declare', { queue, passive: true })
    await channel.expectClose(404, /^NOT_FOUND/, 'queue.declare')
  })
})

describe('a name with a line break is another, for', () => {
  it.each(['queue.purge', 'basic.get', 'basic.consume'] as const)('%s', async method => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.send(method, { queue: `${queue}\n` })
    await channel.expectClose(404, `NOT_FOUND - no ${broker.queueText(`${queue}\n`)}`, method)
  })
})
