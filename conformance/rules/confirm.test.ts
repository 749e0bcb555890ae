/** Class confirm: publisher acknowledgements, RabbitMQ's extension. */

import { useBroker } from '../support/broker'
import type { WireChannel } from '../support/wire-channel'

const broker = useBroker()

async function confirming(): Promise<WireChannel> {
  const channel = await broker.channel()
  await channel.call('confirm.select')
  return channel
}

/** Reads acks until all messages up to `last` are confirmed, each once; returns the acks. */
async function confirmed(channel: WireChannel, last: number) {
  const open = new Set(Array.from({ length: last }, (_, i) => i + 1))
  const acks: { deliveryTag: number; multiple: boolean }[] = []
  while (open.size > 0) {
    const ack = await channel.expect('basic.ack')
    acks.push(ack)
    const tags = ack.multiple ? [...open].filter(tag => tag <= ack.deliveryTag) : [ack.deliveryTag]
    expect(tags.length).toBeGreaterThan(0)
    for (const tag of tags) expect(open.delete(tag)).toBe(true)
  }
  return acks
}

describe('confirm.select', () => {
  it('may be repeated', async () => {
    const channel = await confirming()
    await channel.call('confirm.select')
  })

  it('field nowait: is not answered', async () => {
    const channel = await broker.channel()
    channel.send('confirm.select', { nowait: true })
    await channel.expectQuiet()
    channel.publish({ routingKey: broker.name() })
    expect(await channel.expect('basic.ack')).toEqual({ deliveryTag: 1, multiple: false })
  })

  it('after tx.select closes the channel', async () => {
    const channel = await broker.channel()
    await channel.call('tx.select')
    channel.send('confirm.select')
    const text = 'PRECONDITION_FAILED - cannot switch from tx to confirm mode'
    await channel.expectClose(406, text, 'confirm.select')
  })

  it('holds for its channel only', async () => {
    const channel = await confirming()
    const other = await channel.wire.channel(2)
    other.publish({ routingKey: broker.name() })
    await other.expectQuiet()
  })

  it('is forgotten when the channel is closed', async () => {
    const channel = await confirming()
    await channel.close()
    await channel.call('channel.open')
    channel.publish({ routingKey: broker.name() })
    await channel.expectQuiet()
  })
})

describe('a channel in confirm mode', () => {
  it('acknowledges messages, counting from 1', async () => {
    const channel = await confirming()
    const queue = await broker.queue(channel)
    for (let tag = 1; tag <= 3; tag++) {
      channel.publish({ routingKey: queue })
      expect(await channel.expect('basic.ack')).toEqual({ deliveryTag: tag, multiple: false })
    }
  })

  it('counts from the first message after confirm.select', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: queue })
    channel.publish({ routingKey: queue })
    await channel.call('confirm.select')
    channel.publish({ routingKey: queue })
    expect((await channel.expect('basic.ack')).deliveryTag).toBe(1)
  })

  it('does not start again when confirm.select is repeated', async () => {
    const channel = await confirming()
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: queue })
    await channel.expect('basic.ack')
    await channel.call('confirm.select')
    channel.publish({ routingKey: queue })
    expect((await channel.expect('basic.ack')).deliveryTag).toBe(2)
  })

  it('acknowledges what has no route', async () => {
    const channel = await confirming()
    channel.publish({ routingKey: broker.name() })
    expect(await channel.expect('basic.ack')).toEqual({ deliveryTag: 1, multiple: false })
  })

  it('returns a mandatory message before it acknowledges it', async () => {
    const channel = await confirming()
    channel.publish({ routingKey: broker.name(), mandatory: true }, 'back')
    expect((await channel.returned()).body.toString()).toBe('back')
    expect(await channel.expect('basic.ack')).toEqual({ deliveryTag: 1, multiple: false })
  })

  it('returns each of many mandatory messages before its acknowledgement', async () => {
    const channel = await confirming()
    const routingKey = broker.name()
    for (let tag = 1; tag <= 100; tag++) channel.publish({ routingKey, mandatory: true }, `${tag}`)
    const returned = new Set<number>()
    for (let acked = 0; acked < 100; ) {
      await channel.sync()
      for (; channel.unread.length > 0; ) {
        if (channel.unread[0]?.name === 'basic.return') {
          returned.add(Number((await channel.returned()).body.toString()))
          continue
        }
        const { deliveryTag, multiple } = await channel.expect('basic.ack')
        for (let tag = multiple ? 1 : deliveryTag; tag <= deliveryTag; tag++) expect(returned).toContain(tag)
        acked = multiple ? deliveryTag : acked + 1
      }
    }
    expect(returned.size).toBe(100)
  })

  it.each([
    ['transient messages to a transient queue', { durable: false }, 1],
    ['persistent messages to a transient queue', { durable: false }, 2],
    ['transient messages to a durable queue', { durable: true, exclusive: false }, 1],
    ['persistent messages to a durable queue', { durable: true, exclusive: false }, 2],
  ])('acknowledges each of 500 %s once', async (_, fields, deliveryMode) => {
    const channel = await confirming()
    const queue = await broker.queue(channel, fields)
    for (let i = 0; i < 500; i++) channel.publish({ routingKey: queue }, `${i}`, { deliveryMode })
    await confirmed(channel, 500)
    expect((await channel.counts(queue)).messages).toBe(500)
  })

  it('acknowledges many at once when it has many to acknowledge', async () => {
    const channel = await confirming()
    const queue = await broker.queue(channel)
    let coalesced = false
    for (let burst = 1; burst <= 20 && !coalesced; burst++) {
      channel.wire.socket.cork()
      for (let i = 0; i < 640; i++) channel.publish({ routingKey: queue })
      channel.wire.socket.uncork()
      const acks = []
      for (let last = 0; last < burst * 640; ) {
        const ack = await channel.expect('basic.ack')
        acks.push(ack)
        last = Math.max(last, ack.deliveryTag)
      }
      coalesced = acks.some(({ multiple }) => multiple)
    }
    expect(coalesced).toBe(true)
  })

  it('acknowledges when all queues of a fanout have the message', async () => {
    const channel = await confirming()
    const exchange = await broker.exchange(channel, 'fanout')
    const queues = [await broker.queue(channel), await broker.queue(channel), await broker.queue(channel)]
    for (const queue of queues) await channel.call('queue.bind', { queue, exchange })
    for (let i = 0; i < 10; i++) channel.publish({ exchange })
    await confirmed(channel, 10)
    for (const queue of queues) expect((await channel.counts(queue)).messages).toBe(10)
  })

  it('acknowledges whether or not a consumer did', async () => {
    const channel = await confirming()
    const consumer = await channel.wire.channel(2)
    const queue = await broker.queue(channel)
    await consumer.call('basic.consume', { queue })
    channel.publish({ routingKey: queue })
    await consumer.delivery()
    await channel.expect('basic.ack')
  })

  it('acknowledges large messages', async () => {
    const channel = await confirming()
    const queue = await broker.queue(channel, { durable: true, exclusive: false })
    channel.publish({ routingKey: queue }, Buffer.alloc(2_000_000), { deliveryMode: 2 })
    expect(await channel.expect('basic.ack')).toEqual({ deliveryTag: 1, multiple: false })
  })

  it('counts a refused message no more than any other: the channel is closed', async () => {
    const channel = await confirming()
    const exchange = broker.name()
    channel.publish({ exchange })
    await channel.expectClose(404, `NOT_FOUND - no ${broker.exchangeText(exchange)}`, 'basic.publish')
  })

  it('acknowledges its own deliveries and publishings apart', async () => {
    const channel = await confirming()
    const consumer = await channel.wire.channel(2)
    await consumer.call('confirm.select')
    const queue = await broker.queue(channel)
    await consumer.call('basic.consume', { queue })
    for (let i = 0; i < 3; i++) channel.publish({ routingKey: queue })
    const deliveries = await consumer.deliveries(3)
    consumer.send('basic.ack', { deliveryTag: deliveries[2]?.deliveryTag ?? 0, multiple: true })
    await consumer.expectQuiet()
    consumer.publish({ routingKey: broker.name() })
    expect(await consumer.expect('basic.ack')).toEqual({ deliveryTag: 1, multiple: false })
  })

  it('has confirmed persistent messages that another connection can see', async () => {
    const channel = await confirming()
    const queue = await broker.queue(channel, { durable: true, exclusive: false })
    channel.publish({ routingKey: queue }, 'safe', { deliveryMode: 2 })
    await channel.expect('basic.ack')
    await channel.wire.destroy()
    const other = await broker.channel()
    expect(await other.drain(queue)).toEqual(['safe'])
  })
})
