/** Deduplication as RabbitMQ's plugin rabbitmq-message-deduplication has it: by an exchange, and by a queue. */
import { useBroker } from '../support/broker'
import { describeType } from '../support/exchange-types'
import type { WireChannel } from '../support/wire-channel'

const broker = useBroker()

function publish(
  channel: WireChannel,
  to: { exchange?: string; routingKey?: string },
  key: string,
  body: string,
) {
  channel.publish(to, body, { headers: { 'x-deduplication-header': key } })
}

describeType('x-message-deduplication', () => {
  it('lets the first of those with the same key through', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'x-message-deduplication', {
      arguments: { 'x-cache-size': 10 },
    })
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange })
    for (const [key, body] of ['a1', 'b1', 'a2', 'b2', 'c1'])
      publish(channel, { exchange }, key!, `${key}${body}`)
    channel.publish({ exchange }, 'without')
    channel.publish({ exchange }, 'without')
    await channel.sync()
    expect(await channel.drain(queue)).toEqual(['a1', 'b1', 'c1', 'without', 'without'])
  })

  it('forgets the oldest key for one too many', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'x-message-deduplication', {
      arguments: { 'x-cache-size': 2 },
    })
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange })
    for (const key of 'abca') publish(channel, { exchange }, key, key)
    await channel.sync()
    expect(await channel.drain(queue)).toEqual(['a', 'b', 'c', 'a'])
  })

  it('confirms a duplicate', async () => {
    const channel = await broker.channel()
    await channel.call('confirm.select')
    const exchange = await broker.exchange(channel, 'x-message-deduplication', {
      arguments: { 'x-cache-size': 10 },
    })
    for (const body of ['first', 'second']) {
      publish(channel, { exchange }, 'same', body)
      await channel.expect('basic.ack')
    }
  })

  it('comes with queues that drop what repeats a message they still have', async () => {
    const channel = await broker.channel()
    const routingKey = await broker.queue(channel, { arguments: { 'x-message-deduplication': true } })
    for (const body of ['first', 'second']) publish(channel, { routingKey }, 'same', body)
    await channel.sync()
    expect(await channel.drain(routingKey)).toEqual(['first'])
    publish(channel, { routingKey }, 'same', 'third')
    await channel.sync()
    expect(await channel.drain(routingKey)).toEqual(['third'])
  })
})
