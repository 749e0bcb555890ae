/** exchange.delete, and exchanges that delete themselves. */
import { useBroker } from '../support/broker'
import type { WireChannel } from '../support/wire-channel'

const broker = useBroker()

const METHOD = 'exchange.delete'

async function expectGone(channel: WireChannel, exchange: string): Promise<void> {
  channel.send('exchange.declare', { exchange, type: 'direct', passive: true })
  await channel.expectClose(404, `NOT_FOUND - no ${broker.exchangeText(exchange)}`, 'exchange.declare')
}

async function expectThere(channel: WireChannel, exchange: string): Promise<void> {
  await channel.call('exchange.declare', { exchange, type: 'direct', passive: true })
}

describe('exchange.delete', () => {
  it('deletes the exchange and its bindings', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'direct')
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange, routingKey: 'key' })
    await channel.call(METHOD, { exchange })
    await channel.call('exchange.declare', { exchange, type: 'direct' })
    channel.publish({ exchange, routingKey: 'key', mandatory: true })
    await channel.returned()
    expect(await channel.get(queue)).toBeUndefined()
  })

  it('deletes the bindings of which it is the destination', async () => {
    const channel = await broker.channel()
    const source = await broker.exchange(channel, 'fanout')
    const destination = await broker.exchange(channel, 'fanout')
    const queue = await broker.queue(channel)
    await channel.call('exchange.bind', { source, destination })
    await channel.call('queue.bind', { queue, exchange: destination })
    await channel.call(METHOD, { exchange: destination })
    channel.publish({ exchange: source, mandatory: true })
    await channel.returned()
  })

  it('field exchange, rule "exists": of an unknown exchange is ok, as in RabbitMQ', async () => {
    const channel = await broker.channel()
    await channel.call(METHOD, { exchange: broker.name() })
    await channel.call(METHOD, { exchange: broker.name(), ifUnused: true })
  })

  it.each([
    'amq.direct',
    'amq.topic',
    'amq.fanout',
    'amq.headers',
    'amq.match',
    'amq.rabbitmq.trace',
    'amq.nothing',
  ])('of %s is refused', async exchange => {
    const channel = await broker.channel()
    channel.send(METHOD, { exchange })
    const text = `ACCESS_REFUSED - deletion of system ${broker.exchangeText(exchange)} not allowed`
    await channel.expectClose(403, text, METHOD)
  })

  it('field if-unused: of an exchange without bindings deletes it', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'direct')
    await channel.call(METHOD, { exchange, ifUnused: true })
    await expectGone(channel, exchange)
  })

  it('field if-unused, rule "in-use": of an exchange with bindings closes the channel', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'direct')
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange })
    channel.send(METHOD, { exchange, ifUnused: true })
    await channel.expectClose(406, `PRECONDITION_FAILED - ${broker.exchangeText(exchange)} in use`, METHOD)
    await channel.call('channel.open')
    await expectThere(channel, exchange)
  })

  it('field if-unused: of an exchange that is only a destination deletes it', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'direct')
    const source = await broker.exchange(channel, 'direct')
    await channel.call('exchange.bind', { source, destination: exchange })
    await channel.call(METHOD, { exchange, ifUnused: true })
    await expectGone(channel, exchange)
  })
})

describe('an auto-delete exchange', () => {
  it('stays while it was never bound', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'direct', { autoDelete: true })
    channel.publish({ exchange })
    await expectThere(channel, exchange)
  })

  it('goes with its last binding', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'direct', { autoDelete: true })
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange, routingKey: 'one' })
    await channel.call('queue.bind', { queue, exchange, routingKey: 'two' })
    await channel.call('queue.unbind', { queue, exchange, routingKey: 'one' })
    await expectThere(channel, exchange)
    await channel.call('queue.unbind', { queue, exchange, routingKey: 'two' })
    await expectGone(channel, exchange)
  })

  it('goes with the last queue bound to it', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'fanout', { autoDelete: true })
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange })
    await channel.call('queue.delete', { queue })
    await expectGone(channel, exchange)
  })

  it('goes with the last exchange bound to it', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'fanout', { autoDelete: true })
    const destination = await broker.exchange(channel, 'fanout')
    await channel.call('exchange.bind', { source: exchange, destination })
    await channel.call(METHOD, { exchange: destination })
    await expectGone(channel, exchange)
  })

  it('goes when exclusive queues bound to it go with their connection', async () => {
    const channel = await broker.channel()
    const other = await broker.channel()
    const exchange = await broker.exchange(channel, 'fanout', { autoDelete: true })
    await other.call('queue.bind', { queue: await broker.queue(other), exchange })
    await other.wire.call('connection.close')
    await expectGone(channel, exchange)
  })

  it('stays when a binding goes of which it is the destination', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'fanout', { autoDelete: true })
    const source = await broker.exchange(channel, 'fanout')
    await channel.call('exchange.bind', { source, destination: exchange })
    await channel.call('exchange.unbind', { source, destination: exchange })
    await expectThere(channel, exchange)
  })

  it('takes a chain of auto-delete exchanges with it', async () => {
    const channel = await broker.channel()
    const first = await broker.exchange(channel, 'fanout', { autoDelete: true })
    const second = await broker.exchange(channel, 'fanout', { autoDelete: true })
    const queue = await broker.queue(channel)
    await channel.call('exchange.bind', { source: first, destination: second })
    await channel.call('queue.bind', { queue, exchange: second })
    await channel.call('queue.delete', { queue })
    await expectGone(channel, second)
    await channel.call('channel.open')
    await expectGone(channel, first)
  })
})
