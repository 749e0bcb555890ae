/** x-delayed-message, RabbitMQ's plugin rabbitmq_delayed_message_exchange: messages that are routed when their time comes. */
import { useBroker } from '../support/broker'
import { describeType } from '../support/exchange-types'

const broker = useBroker()

async function delayed(type = 'direct') {
  const channel = await broker.channel()
  const exchange = await broker.exchange(channel, 'x-delayed-message', {
    arguments: { 'x-delayed-type': type },
  })
  const queue = await broker.queue(channel)
  await channel.call('queue.bind', { queue, exchange, routingKey: 'key' })
  const publish = (
    body: string,
    delay: number | string | undefined,
    more: { mandatory?: boolean; routingKey?: string } = {},
  ) =>
    channel.publish(
      { exchange, routingKey: 'key', ...more },
      body,
      delay === undefined ? {} : { headers: { 'x-delay': delay } },
    )
  return { channel, exchange, queue, publish }
}

describeType('x-delayed-message', () => {
  it('lets messages go when their time comes, whatever the order they came in', async () => {
    const { channel, queue, publish } = await delayed()
    await channel.call('basic.consume', { queue, noAck: true })
    publish('late', 400)
    publish('soon', 150)
    publish('now', undefined)
    const bodies = (await channel.deliveries(3)).map(({ body }) => body.toString())
    expect(bodies).toEqual(['now', 'soon', 'late'])
  })

  it('does not let one go early', async () => {
    const { channel, queue, publish } = await delayed()
    await channel.call('basic.consume', { queue, noAck: true })
    const published = Date.now()
    publish('later', 300)
    await channel.delivery()
    expect(Date.now() - published).toBeGreaterThanOrEqual(299)
  })

  it.each([[0], [-5], ['soon']])('does not delay for x-delay %p', async delay => {
    const { channel, queue, publish } = await delayed()
    publish('now', delay)
    await channel.expectCounts(queue, { messages: 1 })
  })

  it('takes a number that is written as text', async () => {
    const { channel, queue, publish } = await delayed()
    await channel.call('basic.consume', { queue, noAck: true })
    publish('text', '100')
    publish('now', undefined)
    expect((await channel.deliveries(2)).map(({ body }) => body.toString())).toEqual(['now', 'text'])
  })

  it('routes by its inner type', async () => {
    const { channel, exchange, publish } = await delayed('topic')
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange, routingKey: 'a.*' })
    publish('topic', 50, { routingKey: 'a.b' })
    await channel.expectCounts(queue, { messages: 1 })
  })

  it('confirms a message that it keeps for later', async () => {
    const { channel, queue, publish } = await delayed()
    await channel.call('confirm.select')
    publish('later', 60_000)
    await channel.expect('basic.ack')
    await channel.expectCounts(queue, { messages: 0 })
  })

  it('cannot be declared without x-delayed-type', async () => {
    const channel = await broker.channel()
    channel.send('exchange.declare', { exchange: broker.name('x'), type: 'x-delayed-message' })
    await channel.expectClose(406, /x-delayed-type/, 'exchange.declare')
  })
})
