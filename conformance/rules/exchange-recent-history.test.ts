/** The exchange type of RabbitMQ's plugin rabbitmq_recent_history_exchange. */
import { useBroker } from '../support/broker'
import { describeType } from '../support/exchange-types'
import type { Properties, Table } from '../support/methods'
import type { WireChannel } from '../support/wire-channel'

const broker = useBroker()

const TYPE = 'x-recent-history'

/** An exchange with a queue bound to it, and what was published since. */
async function exchangeThatSaw(
  channel: WireChannel,
  bodies: readonly string[],
  args: Table = {},
  properties: Properties = {},
): Promise<string> {
  const exchange = await broker.exchange(channel, TYPE, { arguments: args })
  const queue = await broker.queue(channel)
  await channel.call('queue.bind', { queue, exchange })
  for (const body of bodies) channel.publish({ exchange, routingKey: `key.${body}` }, body, properties)
  expect(await channel.drain(queue)).toEqual(bodies)
  return exchange
}

/** What a queue has after it was bound. */
async function boundAnew(channel: WireChannel, exchange: string, messages: number): Promise<string[]> {
  const queue = await broker.queue(channel)
  await channel.call('queue.bind', { queue, exchange })
  await channel.expectCounts(queue, { messages })
  return await channel.drain(queue)
}

const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `${from + i}`)

describeType(TYPE, () => {
  it('gives a new binding the last twenty messages', async () => {
    const channel = await broker.channel()
    const exchange = await exchangeThatSaw(channel, numbered(0, 30))
    expect(await boundAnew(channel, exchange, 20)).toEqual(numbered(10, 30))
    expect(await boundAnew(channel, exchange, 20)).toEqual(numbered(10, 30))
  })

  it('gives it as many as x-recent-history-length says', async () => {
    const channel = await broker.channel()
    const exchange = await exchangeThatSaw(channel, numbered(0, 30), { 'x-recent-history-length': 3 })
    expect(await boundAnew(channel, exchange, 3)).toEqual(numbered(27, 30))
  })

  it('gives it messages just as they were', async () => {
    const channel = await broker.channel()
    const properties = { messageId: 'mine', headers: { colour: 'red' } }
    const exchange = await exchangeThatSaw(channel, ['one'], {}, properties)
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange })
    await channel.expectCounts(queue, { messages: 1 })
    const got = await channel.get(queue, true)
    expect(got).toMatchObject({ exchange, routingKey: 'key.one', redelivered: false, properties })
  })

  it('gives nothing to a binding that was there, and all to a second one of the same queue', async () => {
    const channel = await broker.channel()
    const exchange = await exchangeThatSaw(channel, ['one', 'two'])
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange })
    await channel.expectCounts(queue, { messages: 2 })
    await channel.call('queue.bind', { queue, exchange })
    await channel.call('queue.bind', { queue, exchange, routingKey: 'other' })
    await channel.expectCounts(queue, { messages: 4 })
    expect(await channel.drain(queue)).toEqual(['one', 'two', 'one', 'two'])
  })

  it('gives them to a consumer that is there already', async () => {
    const channel = await broker.channel()
    const exchange = await exchangeThatSaw(channel, ['one', 'two'])
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue, noAck: true })
    await channel.call('queue.bind', { queue, exchange })
    const deliveries = await channel.deliveries(2)
    expect(deliveries.map(({ body }) => body.toString())).toEqual(['one', 'two'])
  })

  it('keeps what found no queue', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, TYPE)
    channel.publish({ exchange, mandatory: true }, 'early')
    await channel.returned()
    expect(await boundAnew(channel, exchange, 1)).toEqual(['early'])
  })

  it('does not keep what says x-recent-history-no-store', async () => {
    const channel = await broker.channel()
    const secret = { headers: { 'x-recent-history-no-store': true } }
    const exchange = await exchangeThatSaw(channel, ['secret'], {}, secret)
    channel.publish({ exchange }, 'open', { headers: { 'x-recent-history-no-store': false } })
    channel.publish({ exchange }, 'also open', { headers: { 'x-recent-history-no-store': 'true' } })
    expect(await boundAnew(channel, exchange, 2)).toEqual(['open', 'also open'])
  })

  it('does not keep what was refused', async () => {
    const channel = await broker.channel()
    const exchange = await exchangeThatSaw(channel, ['kept'])
    const other = await broker.channel()
    other.publish({ exchange }, 'refused', { userId: 'somebody else' })
    await other.answer('channel.close')
    expect(await boundAnew(channel, exchange, 1)).toEqual(['kept'])
  })

  it('keeps a message without its BCC', async () => {
    const channel = await broker.channel()
    const headers = { BCC: ['hidden'], seen: 1 }
    const exchange = await exchangeThatSaw(channel, ['one'], {}, { headers })
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange })
    await channel.expectCounts(queue, { messages: 1 })
    expect((await channel.get(queue, true))?.properties.headers).toEqual({ seen: 1 })
  })

  it('gives its messages to an exchange that is bound, which passes them on', async () => {
    const channel = await broker.channel()
    const source = await exchangeThatSaw(channel, ['one', 'two', 'three'])
    const destination = await broker.exchange(channel, 'topic')
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange: destination, routingKey: 'key.#' })
    await channel.call('exchange.bind', { source, destination })
    await channel.expectCounts(queue, { messages: 3 })
    expect((await channel.drain(queue)).sort()).toEqual(['one', 'three', 'two']) // RabbitMQ: the newest first
  })

  it('passes on to all that is bound, whatever the keys', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, TYPE)
    const queues = [await broker.queue(channel), await broker.queue(channel)]
    for (const queue of queues) await channel.call('queue.bind', { queue, exchange, routingKey: queue })
    channel.publish({ exchange, routingKey: 'any' }, 'all')
    for (const queue of queues) expect(await channel.drain(queue)).toEqual(['all'])
  })

  it.each([
    ['0', 0],
    ['-1', -1],
    ['<<"5">>', '5'],
    ['1.5', 1.5],
    ['true', true],
  ])('refuses the length %s', async (shown, length) => {
    const channel = await broker.channel()
    const own = { 'x-recent-history-length': length }
    channel.send('exchange.declare', { exchange: broker.name(), type: TYPE, arguments: own })
    const text = `PRECONDITION_FAILED - Invalid argument ${shown}, 'x-recent-history-length' must be a positive integer`
    await channel.expectClose(406, text, 'exchange.declare')
  })
})
