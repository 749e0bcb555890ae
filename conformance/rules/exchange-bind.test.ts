/** exchange.bind and exchange.unbind, RabbitMQ's bindings between exchanges. */
import { useBroker } from '../support/broker'

const broker = useBroker()

const refused = 'ACCESS_REFUSED - operation not permitted on the default exchange'

describe('exchange.bind', () => {
  it('routes from the source by way of the destination', async () => {
    const channel = await broker.channel()
    const source = await broker.exchange(channel, 'topic')
    const destination = await broker.exchange(channel, 'direct')
    const queue = await broker.queue(channel)
    await channel.call('exchange.bind', { source, destination, routingKey: '#.red' })
    await channel.call('queue.bind', { queue, exchange: destination, routingKey: 'light.red' })
    channel.publish({ exchange: source, routingKey: 'light.red' }, 'yes')
    channel.publish({ exchange: source, routingKey: 'dark.red' }, 'not bound to the queue')
    channel.publish({ exchange: source, routingKey: 'light.blue' }, 'not bound to the exchange')
    expect(await channel.get(queue)).toMatchObject({
      exchange: source,
      routingKey: 'light.red',
      body: Buffer.from('yes'),
      messageCount: 0,
    })
  })

  it('delivers once to a queue that is reached on several ways', async () => {
    const channel = await broker.channel()
    const source = await broker.exchange(channel, 'fanout')
    const queue = await broker.queue(channel)
    for (let i = 0; i < 3; i++) {
      const destination = await broker.exchange(channel, 'fanout')
      await channel.call('exchange.bind', { source, destination })
      await channel.call('queue.bind', { queue, exchange: destination })
    }
    await channel.call('queue.bind', { queue, exchange: source })
    channel.publish({ exchange: source }, 'once')
    expect(await channel.drain(queue)).toEqual(['once'])
  })

  it('may go in circles', async () => {
    const channel = await broker.channel()
    const one = await broker.exchange(channel, 'fanout')
    const two = await broker.exchange(channel, 'fanout')
    const three = await broker.exchange(channel, 'fanout')
    const queue = await broker.queue(channel)
    await channel.call('exchange.bind', { source: one, destination: two })
    await channel.call('exchange.bind', { source: two, destination: three })
    await channel.call('exchange.bind', { source: three, destination: one })
    await channel.call('queue.bind', { queue, exchange: three })
    for (const exchange of [one, two, three]) channel.publish({ exchange }, 'once')
    expect(await channel.drain(queue)).toEqual(['once', 'once', 'once'])
  })

  it('may bind an exchange to itself', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'fanout')
    const queue = await broker.queue(channel)
    await channel.call('exchange.bind', { source: exchange, destination: exchange })
    await channel.call('queue.bind', { queue, exchange })
    channel.publish({ exchange }, 'once')
    expect(await channel.drain(queue)).toEqual(['once'])
  })

  it('may be repeated', async () => {
    const channel = await broker.channel()
    const source = await broker.exchange(channel, 'fanout')
    const destination = await broker.exchange(channel, 'fanout')
    await channel.call('exchange.bind', { source, destination })
    await channel.call('exchange.bind', { source, destination })
  })

  it('may have an internal exchange at both ends, to which no one publishes', async () => {
    const channel = await broker.channel()
    const source = await broker.exchange(channel, 'fanout')
    const inner = await broker.exchange(channel, 'fanout', { internal: true })
    const queue = await broker.queue(channel)
    await channel.call('exchange.bind', { source, destination: inner })
    await channel.call('queue.bind', { queue, exchange: inner })
    channel.publish({ exchange: source }, 'through')
    expect(await channel.drain(queue)).toEqual(['through'])
  })

  it('says first that the source is unknown', async () => {
    const channel = await broker.channel()
    const source = broker.name('source')
    channel.send('exchange.bind', { source, destination: broker.name('destination') })
    await channel.expectClose(404, `NOT_FOUND - no ${broker.exchangeText(source)}`, 'exchange.bind')
  })

  it('says that the destination is unknown', async () => {
    const channel = await broker.channel()
    const source = await broker.exchange(channel, 'fanout')
    const destination = broker.name('destination')
    channel.send('exchange.bind', { source, destination })
    await channel.expectClose(404, `NOT_FOUND - no ${broker.exchangeText(destination)}`, 'exchange.bind')
  })

  it('says that the source is unknown', async () => {
    const channel = await broker.channel()
    const source = broker.name('source')
    const destination = await broker.exchange(channel, 'fanout')
    channel.send('exchange.bind', { source, destination })
    await channel.expectClose(404, `NOT_FOUND - no ${broker.exchangeText(source)}`, 'exchange.bind')
  })

  it.each([
    ['source', { source: '', destination: 'amq.fanout' }],
    ['destination', { source: 'amq.fanout', destination: '' }],
  ])('is not permitted with the default exchange as %s', async (_, fields) => {
    const channel = await broker.channel()
    channel.send('exchange.bind', fields)
    await channel.expectClose(403, refused, 'exchange.bind')
  })
})

describe('exchange.unbind', () => {
  it('ends the routing', async () => {
    const channel = await broker.channel()
    const source = await broker.exchange(channel, 'direct')
    const destination = await broker.exchange(channel, 'fanout')
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange: destination })
    await channel.call('exchange.bind', { source, destination, routingKey: 'one' })
    await channel.call('exchange.bind', { source, destination, routingKey: 'two' })
    await channel.call('exchange.unbind', { source, destination, routingKey: 'one' })
    channel.publish({ exchange: source, routingKey: 'one' }, 'no')
    channel.publish({ exchange: source, routingKey: 'two' }, 'yes')
    expect(await channel.drain(queue)).toEqual(['yes'])
  })

  it('tells bindings apart by their arguments', async () => {
    const channel = await broker.channel()
    const source = await broker.exchange(channel, 'fanout')
    const destination = await broker.exchange(channel, 'fanout')
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange: destination })
    await channel.call('exchange.bind', { source, destination, arguments: { a: 1 } })
    await channel.call('exchange.unbind', { source, destination, arguments: { a: 2 } })
    channel.publish({ exchange: source }, 'still there')
    expect(await channel.drain(queue)).toEqual(['still there'])
    await channel.call('exchange.unbind', { source, destination, arguments: { a: 1 } })
    channel.publish({ exchange: source, mandatory: true }, 'gone')
    await channel.returned()
  })

  it('of an unknown binding is ok', async () => {
    const channel = await broker.channel()
    const source = await broker.exchange(channel, 'fanout')
    const destination = await broker.exchange(channel, 'fanout')
    await channel.call('exchange.unbind', { source, destination, routingKey: 'never' })
  })

  it('with an unknown exchange is ok', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'fanout')
    await channel.call('exchange.unbind', { source: broker.name(), destination: exchange })
    await channel.call('exchange.unbind', { source: exchange, destination: broker.name() })
  })

  it('is not permitted with the default exchange', async () => {
    const channel = await broker.channel()
    channel.send('exchange.unbind', { source: '', destination: 'amq.fanout' })
    await channel.expectClose(403, refused, 'exchange.unbind')
  })
})
