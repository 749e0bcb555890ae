/** With several mistakes in one method, which one a client hears of: RabbitMQ's order. */
import { useBroker } from '../support/broker'

const broker = useBroker()

describe('queue.declare looks', () => {
  it('at who may use the queue before its properties', async () => {
    const owner = await broker.channel()
    const queue = await broker.queue(owner)
    const other = await broker.channel()
    other.send('queue.declare', { queue, durable: true, autoDelete: true, exclusive: true })
    await other.expectClose(405, /^RESOURCE_LOCKED/, 'queue.declare')
  })

  it('at what the queue is before whether the arguments are valid', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { exclusive: false })
    channel.send('queue.declare', { queue, durable: true, arguments: { 'x-message-ttl': -1 } })
    await channel.expectClose(406, /inequivalent arg 'durable'/, 'queue.declare')
  })

  it('at whether the arguments are valid only if the queue is new', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.send('queue.declare', { queue, exclusive: true, arguments: { 'x-message-ttl': -1 } })
    await channel.expectClose(406, /inequivalent arg 'x-message-ttl'/, 'queue.declare')
  })
})

describe('queue.declare compares', () => {
  const order = [
    ['x-expires', 1_000_000],
    ['x-message-ttl', 1_000_000],
    ['x-dead-letter-exchange', ''],
    ['x-dead-letter-routing-key', 'key'],
    ['x-max-length', 5],
    ['x-max-length-bytes', 5],
    ['x-max-priority', 5],
    ['x-overflow', 'reject-publish'],
    ['x-single-active-consumer', true],
    ['x-queue-type', 'nonsense'],
    ['x-queue-master-locator', 'min-masters'],
  ] as const
  it.each(order.map(([name], at) => [name, order.slice(at)] as const))(
    '%s before what comes behind it',
    async (name, rest) => {
      const channel = await broker.channel()
      const queue = await broker.queue(channel)
      channel.send('queue.declare', {
        queue,
        exclusive: true,
        arguments: Object.fromEntries([...rest].reverse()),
      })
      await channel.expectClose(406, new RegExp(`inequivalent arg '${name}'`), 'queue.declare')
    },
  )
})

describe('basic.publish looks', () => {
  it('for the consumer of direct replies before user-id and expiration', async () => {
    const channel = await broker.channel()
    const replyTo = 'amq.rabbitmq.reply-to'
    channel.publish({ routingKey: broker.name() }, '', { replyTo, userId: 'eve', expiration: 'soon' })
    await channel.expectClose(406, /fast reply consumer does not exist/, 'basic.publish')
  })

  it('at the expiration of a direct request', async () => {
    const channel = await broker.channel()
    const replyTo = 'amq.rabbitmq.reply-to'
    await channel.call('basic.consume', { queue: replyTo, noAck: true })
    channel.publish({ routingKey: broker.name() }, '', { replyTo, expiration: 'soon' })
    await channel.expectClose(406, /invalid expiration 'soon'/, 'basic.publish')
  })

  it('at user-id before the headers CC and BCC', async () => {
    const channel = await broker.channel()
    channel.publish({ routingKey: broker.name() }, '', { userId: 'eve', headers: { CC: 'no array' } })
    await channel.expectClose(406, /user_id property set to 'eve'/, 'basic.publish')
  })

  it('at the expiration before the headers CC and BCC', async () => {
    const channel = await broker.channel()
    channel.publish({ routingKey: broker.name() }, '', { expiration: 'soon', headers: { BCC: 'no array' } })
    await channel.expectClose(406, /invalid expiration 'soon'/, 'basic.publish')
  })

  it('for the exchange before user-id', async () => {
    const channel = await broker.channel()
    channel.publish({ exchange: broker.name() }, '', { userId: 'eve' })
    await channel.expectClose(404, /no exchange/, 'basic.publish')
  })
})

describe('queue.bind looks', () => {
  it('at the default exchange before the queue', async () => {
    const channel = await broker.channel()
    channel.send('queue.bind', { queue: broker.name(), exchange: '' })
    await channel.expectClose(403, /operation not permitted on the default exchange/, 'queue.bind')
  })

  it('at the queue declared last before the exchange', async () => {
    const channel = await broker.channel()
    channel.send('queue.bind', { queue: '', exchange: '' })
    await channel.expectClose(404, 'NOT_FOUND - no previously declared queue', 'queue.bind')
  })

  it('at whether the exchange exists before who may use the queue', async () => {
    const owner = await broker.channel()
    const queue = await broker.queue(owner)
    const other = await broker.channel()
    const exchange = broker.name()
    other.send('queue.bind', { queue, exchange })
    await other.expectClose(404, `NOT_FOUND - no ${broker.exchangeText(exchange)}`, 'queue.bind')
  })
})

describe('queue.delete looks', () => {
  it('at who may use the queue before its conditions', async () => {
    const owner = await broker.channel()
    const queue = await broker.queue(owner)
    await owner.call('basic.consume', { queue })
    const other = await broker.channel()
    other.send('queue.delete', { queue, ifUnused: true })
    await other.expectClose(405, /^RESOURCE_LOCKED/, 'queue.delete')
  })
})

describe('exchange.declare looks', () => {
  it('at the reserved prefix before the arguments', async () => {
    const channel = await broker.channel()
    const own = { 'alternate-exchange': 5 }
    channel.send('exchange.declare', { exchange: 'amq.mine', type: 'direct', arguments: own })
    await channel.expectClose(403, /reserved prefix/, 'exchange.declare')
  })

  it('at the properties of an exchange that exists before the arguments', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'direct')
    const own = { 'alternate-exchange': 'other' }
    channel.send('exchange.declare', { exchange, type: 'fanout', arguments: own })
    await channel.expectClose(406, /inequivalent arg 'type'/, 'exchange.declare')
  })
})

describe('basic.consume looks', () => {
  it('at who may use the queue before the arguments', async () => {
    const owner = await broker.channel()
    const queue = await broker.queue(owner)
    const other = await broker.channel()
    other.send('basic.consume', { queue, arguments: { 'x-priority': 'high' } })
    await other.expectClose(405, /^RESOURCE_LOCKED/, 'basic.consume')
  })

  it('at the arguments before the exclusive use by others', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue, exclusive: true })
    channel.send('basic.consume', { queue, arguments: { 'x-priority': 'high' } })
    await channel.expectClose(406, /invalid arg 'x-priority'/, 'basic.consume')
  })
})

describe('basic.publish looks', () => {
  it('at whether the exchange is internal before the properties', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'fanout', { internal: true })
    channel.publish({ exchange }, 'body', { userId: 'someone', expiration: 'later' })
    await channel.expectClose(403, /cannot publish to internal/, 'basic.publish')
  })

  it('at all of its content before anything else', async () => {
    const channel = await broker.channel()
    channel.send('basic.publish', { exchange: broker.name(), immediate: true })
    channel.send('basic.qos')
    await channel.wire.expectClose(505, /expected content header/, 'basic.publish')
  })
})
