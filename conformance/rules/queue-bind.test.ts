/** queue.bind and queue.unbind. */
import { useBroker } from '../support/broker'

const broker = useBroker()

const noQueue = (name: string) => `NOT_FOUND - no ${broker.queueText(name)}`
const noExchange = (name: string) => `NOT_FOUND - no ${broker.exchangeText(name)}`
const refused = 'ACCESS_REFUSED - operation not permitted on the default exchange'

describe('queue.bind', () => {
  it('rule "duplicates": may be repeated, and routes once', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'direct')
    const queue = await broker.queue(channel)
    const binding = { queue, exchange, routingKey: 'key', arguments: { a: 1 } }
    await channel.call('queue.bind', binding)
    await channel.call('queue.bind', binding)
    channel.publish({ exchange, routingKey: 'key' }, 'once')
    expect(await channel.drain(queue)).toEqual(['once'])
    await channel.call('queue.unbind', binding)
    channel.publish({ exchange, routingKey: 'key', mandatory: true })
    await channel.returned()
  })

  it('rule "transient-exchange": binds a durable queue to a transient exchange', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'direct', { durable: false })
    const queue = await broker.queue(channel, { durable: true, exclusive: false })
    await channel.call('queue.bind', { queue, exchange })
  })

  it('binds a transient queue to a durable exchange', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'direct', { durable: true })
    const queue = await broker.queue(channel, { durable: false })
    await channel.call('queue.bind', { queue, exchange })
  })

  it('rule "binding-count": binds a queue a hundred times', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'direct')
    const queue = await broker.queue(channel)
    for (let i = 0; i < 100; i++) await channel.call('queue.bind', { queue, exchange, routingKey: `${i}` })
    for (let i = 0; i < 100; i++) channel.publish({ exchange, routingKey: `${i}` }, `${i}`)
    expect(await channel.drain(queue)).toHaveLength(100)
  })

  it('binds to exchanges that were there from the start', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange: 'amq.topic', routingKey: `${queue}.#` })
    channel.publish({ exchange: 'amq.topic', routingKey: `${queue}.a.b` }, 'hello')
    expect(await channel.drain(queue)).toEqual(['hello'])
  })

  it('field queue, rule "queue-known": empty means the queue declared last on the channel', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'fanout')
    const first = await broker.queue(channel)
    const last = await broker.queue(channel)
    await channel.call('queue.bind', { queue: '', exchange })
    channel.publish({ exchange }, 'hello')
    expect(await channel.drain(last)).toEqual(['hello'])
    expect(await channel.drain(first)).toEqual([])
  })

  it('field queue: empty means also a queue declared last passively', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'fanout')
    const first = await broker.queue(channel)
    await broker.queue(channel)
    await channel.call('queue.declare', { queue: first, passive: true })
    await channel.call('queue.bind', { queue: '', exchange })
    channel.publish({ exchange }, 'hello')
    expect(await channel.drain(first)).toEqual(['hello'])
  })

  it('fields queue and routing-key: both empty mean the name of the queue declared last', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'direct')
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue: '', exchange, routingKey: '' })
    channel.publish({ exchange, routingKey: queue }, 'by name')
    channel.publish({ exchange, routingKey: '' }, 'by empty key')
    expect(await channel.drain(queue)).toEqual(['by name'])
  })

  it('field routing-key: empty alone is an empty key', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'direct')
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange, routingKey: '' })
    channel.publish({ exchange, routingKey: queue }, 'by name')
    channel.publish({ exchange, routingKey: '' }, 'by empty key')
    expect(await channel.drain(queue)).toEqual(['by empty key'])
  })

  it('field queue, rule "queue-known": empty without a queue declared before closes the channel', async () => {
    const channel = await broker.channel()
    channel.send('queue.bind', { queue: '', exchange: 'amq.fanout' })
    await channel.expectClose(404, 'NOT_FOUND - no previously declared queue', 'queue.bind')
  })

  it('field queue, rule "must-exist": an unknown queue closes the channel', async () => {
    const channel = await broker.channel()
    const queue = broker.name()
    channel.send('queue.bind', { queue, exchange: 'amq.fanout' })
    await channel.expectClose(404, noQueue(queue), 'queue.bind')
  })

  it('field exchange, rule "exchange-existence": an unknown exchange closes the channel', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    const exchange = broker.name()
    channel.send('queue.bind', { queue, exchange })
    await channel.expectClose(404, noExchange(exchange), 'queue.bind')
  })

  it('with both unknown says that the exchange is', async () => {
    const channel = await broker.channel()
    const exchange = broker.name()
    channel.send('queue.bind', { queue: broker.name(), exchange })
    await channel.expectClose(404, noExchange(exchange), 'queue.bind')
  })

  it('field exchange, rule "default-exchange": is refused on the default exchange, as in RabbitMQ', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.send('queue.bind', { queue, exchange: '', routingKey: 'key' })
    await channel.expectClose(403, refused, 'queue.bind')
  })

  it('to an internal exchange is welcome', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'fanout', { internal: true })
    await channel.call('queue.bind', { queue: await broker.queue(channel), exchange })
  })
})

describe('queue.unbind', () => {
  it('ends the routing of this key only', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'direct')
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange, routingKey: 'one' })
    await channel.call('queue.bind', { queue, exchange, routingKey: 'two' })
    await channel.call('queue.unbind', { queue, exchange, routingKey: 'one' })
    channel.publish({ exchange, routingKey: 'one' }, 'one')
    channel.publish({ exchange, routingKey: 'two' }, 'two')
    expect(await channel.drain(queue)).toEqual(['two'])
  })

  it('leaves messages where they are', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'fanout')
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange })
    channel.publish({ exchange }, 'kept')
    await channel.call('queue.unbind', { queue, exchange })
    expect(await channel.drain(queue)).toEqual(['kept'])
  })

  it('tells bindings apart by their arguments', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'fanout')
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange, arguments: { a: 1 } })
    await channel.call('queue.unbind', { queue, exchange })
    channel.publish({ exchange }, 'still bound')
    await channel.call('queue.unbind', { queue, exchange, arguments: { a: 1 } })
    channel.publish({ exchange }, 'no longer')
    expect(await channel.drain(queue)).toEqual(['still bound'])
  })

  it('field queue, rule "queue-known": empty means the queue declared last on the channel', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'fanout')
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange, routingKey: queue })
    await channel.call('queue.unbind', { queue: '', exchange })
    channel.publish({ exchange, mandatory: true })
    await channel.returned()
  })

  it('field queue, rule "queue-known": empty without a queue declared before closes the channel', async () => {
    const channel = await broker.channel()
    channel.send('queue.unbind', { queue: '', exchange: 'amq.fanout' })
    await channel.expectClose(404, 'NOT_FOUND - no previously declared queue', 'queue.unbind')
  })

  it('of an unknown binding is ok', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('queue.unbind', { queue, exchange: 'amq.fanout', routingKey: 'never' })
  })

  it('rules "must-exist": of an unknown queue or exchange is ok, as in RabbitMQ', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('queue.unbind', { queue: broker.name(), exchange: 'amq.fanout' })
    await channel.call('queue.unbind', { queue, exchange: broker.name() })
  })

  it('is refused on the default exchange', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.send('queue.unbind', { queue, exchange: '', routingKey: queue })
    await channel.expectClose(403, refused, 'queue.unbind')
  })
})
