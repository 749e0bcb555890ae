/** basic.ack, basic.nack and basic.reject: which deliveries they settle, and which tags are unknown. */
import { useBroker } from '../support/broker'
import type { WireChannel } from '../support/wire-channel'

const broker = useBroker()

const unknown = (tag: number) => `PRECONDITION_FAILED - unknown delivery tag ${tag}`

/** A channel that was given so many messages of a queue, with delivery tags from 1 and their numbers as bodies. */
async function delivered(count: number): Promise<{ channel: WireChannel; queue: string }> {
  const channel = await broker.channel()
  const queue = await broker.queue(channel)
  for (let i = 1; i <= count; i++) channel.publish({ routingKey: queue }, `${i}`)
  for (let i = 1; i <= count; i++) await channel.get(queue)
  return { channel, queue }
}

/** What is left of a channel's deliveries once it is closed, in the queue's order. */
async function remaining(channel: WireChannel, queue: string): Promise<string[]> {
  await channel.sync()
  const other = await channel.wire.channel(channel.number + 1)
  await channel.close()
  return await other.drain(queue)
}

describe('basic.ack', () => {
  it('settles one delivery', async () => {
    const { channel, queue } = await delivered(3)
    channel.send('basic.ack', { deliveryTag: 2 })
    expect(await remaining(channel, queue)).toEqual(['1', '3'])
  })

  it('field multiple: settles all deliveries up to the tag', async () => {
    const { channel, queue } = await delivered(5)
    channel.send('basic.ack', { deliveryTag: 3, multiple: true })
    expect(await remaining(channel, queue)).toEqual(['4', '5'])
  })

  it('field multiple: with tag 0 settles all deliveries', async () => {
    const { channel, queue } = await delivered(5)
    channel.send('basic.ack', { deliveryTag: 0, multiple: true })
    expect(await remaining(channel, queue)).toEqual([])
  })

  it('field multiple: steps over what is settled already', async () => {
    const { channel, queue } = await delivered(5)
    channel.send('basic.ack', { deliveryTag: 2 })
    channel.send('basic.ack', { deliveryTag: 4 })
    channel.send('basic.ack', { deliveryTag: 3, multiple: true })
    expect(await remaining(channel, queue)).toEqual(['5'])
  })

  it('field multiple: with tag 0 and nothing to settle is ok', async () => {
    const channel = await broker.channel()
    channel.send('basic.ack', { deliveryTag: 0, multiple: true })
    await channel.expectQuiet()
  })

  it('settles deliveries of several queues and consumers at once', async () => {
    const channel = await broker.channel()
    const queues = [await broker.queue(channel), await broker.queue(channel)]
    for (const queue of queues) {
      await channel.call('basic.consume', { queue })
      channel.publish({ routingKey: queue })
      await channel.delivery()
    }
    channel.send('basic.ack', { deliveryTag: 2, multiple: true })
    await channel.sync()
    await channel.close()
    const other = await channel.wire.channel(2)
    for (const queue of queues) expect(await other.get(queue)).toBeUndefined()
  })

  it('settles in any order', async () => {
    const { channel, queue } = await delivered(6)
    for (const deliveryTag of [5, 1, 6, 3]) channel.send('basic.ack', { deliveryTag })
    expect(await remaining(channel, queue)).toEqual(['2', '4'])
  })
})

describe('basic.nack', () => {
  it('drops one delivery', async () => {
    const { channel, queue } = await delivered(3)
    channel.send('basic.nack', { deliveryTag: 2, requeue: false })
    expect(await remaining(channel, queue)).toEqual(['1', '3'])
  })

  it('requeues one delivery', async () => {
    const { channel, queue } = await delivered(3)
    channel.send('basic.nack', { deliveryTag: 2, requeue: true })
    expect(await channel.drain(queue)).toEqual(['2'])
  })

  it('field multiple: requeues all deliveries up to the tag, in their order', async () => {
    const { channel, queue } = await delivered(5)
    channel.send('basic.nack', { deliveryTag: 3, multiple: true, requeue: true })
    expect(await channel.drain(queue)).toEqual(['1', '2', '3'])
  })

  it('field multiple: drops all deliveries up to the tag', async () => {
    const { channel, queue } = await delivered(5)
    channel.send('basic.nack', { deliveryTag: 3, multiple: true, requeue: false })
    expect(await remaining(channel, queue)).toEqual(['4', '5'])
  })

  it('field multiple: with tag 0 requeues all deliveries', async () => {
    const { channel, queue } = await delivered(4)
    channel.send('basic.nack', { deliveryTag: 0, multiple: true, requeue: true })
    expect(await channel.drain(queue)).toEqual(['1', '2', '3', '4'])
  })

  it('field multiple: with tag 0 and nothing to settle is ok', async () => {
    const channel = await broker.channel()
    channel.send('basic.nack', { deliveryTag: 0, multiple: true, requeue: true })
    await channel.expectQuiet()
  })
})

describe('basic.reject', () => {
  it('drops the delivery', async () => {
    const { channel, queue } = await delivered(3)
    channel.send('basic.reject', { deliveryTag: 1, requeue: false })
    expect(await remaining(channel, queue)).toEqual(['2', '3'])
  })

  it('requeues the delivery', async () => {
    const { channel, queue } = await delivered(3)
    channel.send('basic.reject', { deliveryTag: 1, requeue: true })
    expect(await channel.get(queue)).toMatchObject({ redelivered: true, body: Buffer.from('1') })
  })

  it('field requeue, rule "01": gives it to the same consumer again if there is no other', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await channel.call('basic.consume', { queue })
    channel.publish({ routingKey: queue }, 'work')
    channel.send('basic.reject', { deliveryTag: (await channel.delivery()).deliveryTag, requeue: true })
    expect(await channel.delivery()).toMatchObject({
      deliveryTag: 2,
      redelivered: true,
      body: Buffer.from('work'),
    })
  })
})

describe.each(['basic.ack', 'basic.nack', 'basic.reject'] as const)(
  '%s of a delivery tag that is unknown',
  method => {
    it('on a channel without deliveries closes the channel', async () => {
      const channel = await broker.channel()
      channel.send(method, { deliveryTag: 82 })
      await channel.expectClose(406, unknown(82), method)
    })

    it('since it was not given yet closes the channel', async () => {
      const { channel } = await delivered(2)
      channel.send(method, { deliveryTag: 3 })
      await channel.expectClose(406, unknown(3), method)
    })

    it('basic.ack, field multiple, rule "exists": since it was settled closes the channel', async () => {
      const { channel } = await delivered(2)
      channel.send('basic.ack', { deliveryTag: 1 })
      channel.send(method, { deliveryTag: 1 })
      await channel.expectClose(406, unknown(1), method)
    })

    it('since it was settled by a multiple ack closes the channel', async () => {
      const { channel } = await delivered(3)
      channel.send('basic.ack', { deliveryTag: 2, multiple: true })
      channel.send(method, { deliveryTag: 1 })
      await channel.expectClose(406, unknown(1), method)
    })

    it('since it is zero closes the channel', async () => {
      const { channel } = await delivered(1)
      channel.send(method, { deliveryTag: 0 })
      await channel.expectClose(406, unknown(0), method)
    })

    it('delivery-tag, rule "channel-local": since it is another channel\'s closes the channel', async () => {
      const { channel, queue } = await delivered(1)
      const other = await channel.wire.channel(2)
      other.send(method, { deliveryTag: 1 })
      await other.expectClose(406, unknown(1), method)
      expect(await remaining(channel, queue)).toEqual(['1'])
    })

    it('requeues what the channel had not acknowledged', async () => {
      const { channel, queue } = await delivered(2)
      channel.send(method, { deliveryTag: 9 })
      await channel.expectClose(406, unknown(9), method)
      const other = await channel.wire.channel(2)
      expect(await other.drain(queue)).toEqual(['1', '2'])
    })
  },
)

describe.each(['basic.ack', 'basic.nack'] as const)(
  '%s, field multiple, up to a tag that is unknown',
  method => {
    it('closes the channel on one without deliveries', async () => {
      const channel = await broker.channel()
      channel.send(method, { deliveryTag: 5, multiple: true })
      await channel.expectClose(406, unknown(5), method)
    })

    it('closes the channel if the tag was not given yet', async () => {
      const { channel } = await delivered(2)
      channel.send(method, { deliveryTag: 3, multiple: true })
      await channel.expectClose(406, unknown(3), method)
    })

    it('closes the channel if all up to it is settled', async () => {
      const { channel } = await delivered(3)
      channel.send(method, { deliveryTag: 2, multiple: true })
      channel.send(method, { deliveryTag: 1, multiple: true })
      await channel.expectClose(406, unknown(1), method)
    })
  },
)
