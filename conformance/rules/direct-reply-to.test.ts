/** RabbitMQ's direct reply-to: answers without a queue of one's own. */
import { useBroker } from '../support/broker'
import { byVersion } from '../support/version'
import type { WireChannel } from '../support/wire-channel'

const broker = useBroker()

const REPLY_TO = 'amq.rabbitmq.reply-to'

async function requester(): Promise<WireChannel> {
  const channel = await broker.channel()
  await channel.call('basic.consume', { queue: REPLY_TO, consumerTag: 'replies', noAck: true })
  return channel
}

/** The address that a server finds in a request of this channel. */
async function addressOf(channel: WireChannel): Promise<string> {
  const server = await broker.channel()
  const queue = await broker.queue(server)
  channel.publish({ routingKey: queue }, 'request', { replyTo: REPLY_TO, correlationId: '1' })
  await channel.sync()
  await server.expectCounts(queue, { messages: 1 })
  return (await server.get(queue, true))?.properties.replyTo ?? ''
}

describe('direct reply-to', () => {
  it('rewrites reply-to into an address of its own', async () => {
    const address = await addressOf(await requester())
    expect(address).toMatch(/^amq\.rabbitmq\.reply-to\..+/)
  })

  it('delivers what is published to that address', async () => {
    const channel = await requester()
    const routingKey = await addressOf(channel)
    const server = await broker.channel()
    server.publish({ routingKey }, 'answer', { correlationId: '1' })
    const answer = await channel.delivery()
    expect(answer).toMatchObject({ consumerTag: 'replies', redelivered: false, exchange: '', routingKey })
    expect(answer.body.toString()).toBe('answer')
    expect(answer.properties).toEqual({ correlationId: '1' })
  })

  // Before 4.2 an answer was delivered and then, without a queue for it, returned as well.
  byVersion({ '3': it.skip, '4.0': it.skip, '4.1': it.skip, default: it })(
    'never returns a mandatory answer',
    async () => {
      const routingKey = await addressOf(await requester())
      const server = await broker.channel()
      server.publish({ routingKey, mandatory: true }, 'answer')
      await server.expectQuiet()
    },
  )

  it('has an address for each channel', async () => {
    const channel = await requester()
    const other = await requester()
    expect(await addressOf(channel)).not.toBe(await addressOf(other))
  })

  it('lets a server ask whether the requester is still there', async () => {
    const queue = await addressOf(await requester())
    const server = await broker.channel()
    expect(await server.call('queue.declare', { queue, passive: true })).toMatchObject({
      queue,
      consumerCount: 1,
    })
  })

  it('lets a server find out that the requester is gone', async () => {
    const channel = await requester()
    const queue = await addressOf(channel)
    await channel.wire.call('connection.close')
    const server = await broker.channel()
    server.send('queue.declare', { queue, passive: true })
    await server.expectClose(404, /^NOT_FOUND - no queue 'amq\.rabbitmq\.reply-to\./, 'queue.declare')
  })

  it('does not know an address with another token', async () => {
    const address = await addressOf(await requester())
    const server = await broker.channel()
    const queue = `${address.slice(0, -1)}${address.endsWith('A') ? 'B' : 'A'}`
    server.send('queue.declare', { queue, passive: true })
    await server.expectClose(404, /^NOT_FOUND - no queue/, 'queue.declare')
  })

  it('drops what is published to a requester that is gone', async () => {
    const channel = await requester()
    const routingKey = await addressOf(channel)
    await channel.wire.call('connection.close')
    const server = await broker.channel()
    server.publish({ routingKey }, 'too late')
    await server.expectQuiet()
  })

  it('ends when the consumer is cancelled, and may begin again', async () => {
    const channel = await requester()
    await channel.call('basic.cancel', { consumerTag: 'replies' })
    await channel.call('basic.consume', { queue: REPLY_TO, noAck: true })
  })

  it('leaves reply-to of any other name alone', async () => {
    const channel = await requester()
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: queue }, '', { replyTo: 'my.queue' })
    expect((await channel.get(queue))?.properties).toEqual({ replyTo: 'my.queue' })
  })

  it('needs no-ack', async () => {
    const channel = await broker.channel()
    channel.send('basic.consume', { queue: REPLY_TO, noAck: false })
    const text = 'PRECONDITION_FAILED - reply consumer cannot acknowledge'
    await channel.expectClose(406, text, 'basic.consume')
  })

  it('needs no-ack also where there is a consumer already', async () => {
    const channel = await requester()
    channel.send('basic.consume', { queue: REPLY_TO, consumerTag: 'more' })
    const text = 'PRECONDITION_FAILED - reply consumer cannot acknowledge'
    await channel.expectClose(406, text, 'basic.consume')
  })

  it('does not look at what else its consumer asks for', async () => {
    const channel = await broker.channel()
    const asked = { exclusive: true, arguments: { 'x-priority': 'high' } }
    await channel.call('basic.consume', { queue: REPLY_TO, noAck: true, ...asked })
  })

  it('allows one consumer for each channel', async () => {
    const channel = await requester()
    channel.send('basic.consume', { queue: REPLY_TO, noAck: true })
    await channel.expectClose(406, 'PRECONDITION_FAILED - reply consumer already set', 'basic.consume')
  })

  it('needs a consumer before a request', async () => {
    const channel = await broker.channel()
    channel.publish({ routingKey: broker.name() }, '', { replyTo: REPLY_TO })
    const text = 'PRECONDITION_FAILED - fast reply consumer does not exist'
    await channel.expectClose(406, text, 'basic.publish')
  })

  it('answers a declaration of the name itself, passive or not, and reserves nothing', async () => {
    const channel = await broker.channel()
    await channel.call('queue.declare', { queue: REPLY_TO, passive: true })
    await channel.call('queue.declare', { queue: REPLY_TO })
  })

  it('is no queue to get messages from', async () => {
    const channel = await requester()
    channel.send('basic.get', { queue: REPLY_TO })
    await channel.expectClose(404, `NOT_FOUND - no ${broker.queueText(REPLY_TO)}`, 'basic.get')
  })
})
