/** Class tx: publishings and acknowledgements that take effect together, per channel. */
import { useBroker } from '../support/broker'
import type { WireChannel } from '../support/wire-channel'

const broker = useBroker()

async function transactional(): Promise<{ channel: WireChannel; other: WireChannel; queue: string }> {
  const channel = await broker.channel()
  const other = await channel.wire.channel(2)
  const queue = await broker.queue(channel)
  await channel.call('tx.select')
  return { channel, other, queue }
}

describe('tx.select', () => {
  it('may be repeated', async () => {
    const { channel } = await transactional()
    await channel.call('tx.select')
  })

  it('repeated does not forget what is pending', async () => {
    const { channel, other, queue } = await transactional()
    channel.publish({ routingKey: queue }, 'pending')
    await channel.call('tx.select')
    await channel.call('tx.commit')
    expect(await other.drain(queue)).toEqual(['pending'])
  })

  it('after confirm.select closes the channel', async () => {
    const channel = await broker.channel()
    await channel.call('confirm.select')
    channel.send('tx.select')
    const text = 'PRECONDITION_FAILED - cannot switch from confirm to tx mode'
    await channel.expectClose(406, text, 'tx.select')
  })

  it('holds for its channel only', async () => {
    const { other, queue } = await transactional()
    other.publish({ routingKey: queue }, 'at once')
    expect(await other.drain(queue)).toEqual(['at once'])
  })
})

describe.each(['tx.commit', 'tx.rollback'] as const)('%s', method => {
  it('rule "transacted": on a channel without tx.select closes the channel', async () => {
    const channel = await broker.channel()
    channel.send(method)
    await channel.expectClose(406, 'PRECONDITION_FAILED - channel is not transactional', method)
  })

  it('of nothing is ok', async () => {
    const { channel } = await transactional()
    await channel.call(method)
    await channel.call(method)
  })
})

describe('a publishing in a transaction', () => {
  it('is not seen before the commit', async () => {
    const { channel, other, queue } = await transactional()
    channel.publish({ routingKey: queue }, 'pending')
    await channel.sync()
    expect(await other.get(queue)).toBeUndefined()
    await channel.call('tx.commit')
    expect(await other.drain(queue)).toEqual(['pending'])
  })

  it('is seen with all others of its transaction, in their order', async () => {
    const { channel, other, queue } = await transactional()
    const bodies = Array.from({ length: 100 }, (_, i) => `${i}`)
    for (const body of bodies) channel.publish({ routingKey: queue }, body)
    await channel.call('tx.commit')
    expect(await other.drain(queue)).toEqual(bodies)
  })

  it('is forgotten by a rollback', async () => {
    const { channel, other, queue } = await transactional()
    channel.publish({ routingKey: queue }, 'forgotten')
    await channel.call('tx.rollback')
    channel.publish({ routingKey: queue }, 'kept')
    await channel.call('tx.commit')
    expect(await other.drain(queue)).toEqual(['kept'])
  })

  it('is forgotten when the channel is closed', async () => {
    const { channel, other, queue } = await transactional()
    channel.publish({ routingKey: queue }, 'forgotten')
    await channel.close()
    expect(await other.get(queue)).toBeUndefined()
  })

  it('is committed once: the next transaction begins empty', async () => {
    const { channel, other, queue } = await transactional()
    channel.publish({ routingKey: queue }, 'once')
    await channel.call('tx.commit')
    await channel.call('tx.commit')
    expect(await other.drain(queue)).toEqual(['once'])
  })

  it('that is mandatory and has no route is returned at the commit, before commit-ok', async () => {
    const { channel } = await transactional()
    channel.publish({ routingKey: broker.name(), mandatory: true }, 'back')
    await channel.expectQuiet()
    channel.send('tx.commit')
    expect((await channel.returned()).body.toString()).toBe('back')
    await channel.expect('tx.commit-ok')
  })

  it('that is mandatory and rolled back is not returned', async () => {
    const { channel } = await transactional()
    channel.publish({ routingKey: broker.name(), mandatory: true })
    await channel.call('tx.rollback')
    await channel.call('tx.commit')
    await channel.expectQuiet()
  })

  it('to an unknown exchange closes the channel at once', async () => {
    const { channel } = await transactional()
    const exchange = broker.name()
    channel.publish({ exchange })
    await channel.expectClose(404, `NOT_FOUND - no ${broker.exchangeText(exchange)}`, 'basic.publish')
  })

  it('is routed when it is published, not at the commit', async () => {
    const { channel, other, queue } = await transactional()
    const exchange = await broker.exchange(other, 'fanout')
    channel.publish({ exchange }, 'too early')
    await channel.sync()
    await other.call('queue.bind', { queue, exchange })
    await channel.call('tx.commit')
    expect(await other.drain(queue)).toEqual([])
  })

  it('persistent, to a durable queue, is committed', async () => {
    const { channel, other } = await transactional()
    const queue = await broker.queue(other, { durable: true, exclusive: false })
    channel.publish({ routingKey: queue }, 'safe', { deliveryMode: 2 })
    await channel.call('tx.commit')
    expect(await other.drain(queue)).toEqual(['safe'])
  })
})

describe('an acknowledgement in a transaction', () => {
  async function consumed(count: number) {
    const { channel, other, queue } = await transactional()
    for (let i = 1; i <= count; i++) other.publish({ routingKey: queue }, `${i}`)
    await other.expectCounts(queue, { messages: count })
    for (let i = 1; i <= count; i++) await channel.get(queue)
    return { channel, other, queue }
  }

  it('takes effect at the commit', async () => {
    const { channel, other, queue } = await consumed(2)
    channel.send('basic.ack', { deliveryTag: 1 })
    await channel.call('tx.commit')
    await channel.close()
    expect(await other.drain(queue)).toEqual(['2'])
  })

  it('is undone by a rollback: the message may be acknowledged again', async () => {
    const { channel, other, queue } = await consumed(1)
    channel.send('basic.ack', { deliveryTag: 1 })
    await channel.call('tx.rollback')
    channel.send('basic.ack', { deliveryTag: 1 })
    await channel.call('tx.commit')
    await channel.close()
    expect(await other.get(queue)).toBeUndefined()
  })

  it('that is not committed is lost with the channel, and the message comes back', async () => {
    const { channel, other, queue } = await consumed(1)
    channel.send('basic.ack', { deliveryTag: 1 })
    await channel.close()
    expect(await other.get(queue)).toMatchObject({ redelivered: true })
  })

  it('a rollback leaves messages with their consumer', async () => {
    const { channel, other, queue } = await consumed(1)
    await channel.call('tx.rollback')
    expect(await other.get(queue)).toBeUndefined()
  })

  it.each([
    ['basic.reject', { deliveryTag: 1, requeue: true }],
    ['basic.nack', { deliveryTag: 1, requeue: true }],
  ] as const)('%s requeues at the commit and not before', async (method, fields) => {
    const { channel, other, queue } = await consumed(1)
    channel.send(method, fields)
    await channel.sync()
    expect(await other.get(queue)).toBeUndefined()
    await channel.call('tx.commit')
    expect(await other.get(queue)).toMatchObject({ redelivered: true })
  })

  it('makes room in the prefetch at the commit', async () => {
    const { channel, other, queue } = await transactional()
    await channel.call('basic.qos', { prefetchCount: 1 })
    await channel.call('basic.consume', { queue })
    for (let i = 0; i < 2; i++) other.publish({ routingKey: queue }, `${i}`)
    const { deliveryTag } = await channel.delivery()
    channel.send('basic.ack', { deliveryTag })
    await channel.expectQuiet()
    channel.send('tx.commit')
    await channel.answer('tx.commit-ok')
    expect((await channel.delivery()).body.toString()).toBe('1')
  })

  it('basic.ack, field multiple, rule "exists": of an unknown tag closes the channel at once', async () => {
    const { channel } = await transactional()
    channel.send('basic.ack', { deliveryTag: 7 })
    await channel.expectClose(406, 'PRECONDITION_FAILED - unknown delivery tag 7', 'basic.ack')
  })

  it('a second time closes the channel at once', async () => {
    const { channel } = await consumed(1)
    channel.send('basic.ack', { deliveryTag: 1 })
    channel.send('basic.ack', { deliveryTag: 1 })
    await channel.expectClose(406, 'PRECONDITION_FAILED - unknown delivery tag 1', 'basic.ack')
  })

  it('takes effect together with publishings', async () => {
    const { channel, other, queue } = await consumed(1)
    const next = await broker.queue(other)
    channel.send('basic.ack', { deliveryTag: 1 })
    channel.publish({ routingKey: next }, 'done')
    await channel.call('tx.commit')
    await channel.close()
    expect(await other.get(queue)).toBeUndefined()
    expect(await other.drain(next)).toEqual(['done'])
  })
})
