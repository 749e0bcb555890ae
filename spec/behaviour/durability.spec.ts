/** Messages across a restart: what was persistent in a durable queue is there again, as it was and where it was. */
import fc from 'fast-check'
import { encodeHeader } from '../../conformance/support/codec'
import type { Properties } from '../../conformance/support/methods'
import type { WireChannel } from '../../conformance/support/wire-channel'
import { encodeProperties } from '../../src/amqp/properties'
import { basicProperties } from '../amqp/arbitraries'
import { numbered, publishAll, restartingBroker } from './restarts'

const broker = restartingBroker()

const everyProperty: Properties = {
  contentType: 'application/json',
  contentEncoding: 'gzip',
  headers: { text: 'ü', number: 1.5, nested: { list: [1, 'two', null, true] } },
  deliveryMode: 2,
  priority: 9,
  correlationId: 'correlation',
  replyTo: 'reply',
  messageId: 'message',
  timestamp: 1_700_000_000,
  type: 'type',
  userId: 'guest',
  appId: 'app',
  clusterId: 'cluster',
}

/** A confirm channel, and a durable queue called q. */
async function declared(queue = 'q'): Promise<WireChannel> {
  const channel = await broker.confirmChannel()
  await channel.call('queue.declare', { queue, durable: true })
  return channel
}

/** Takes messages out of q without acknowledging them: their bodies and delivery tags. */
async function taken(channel: WireChannel, count: number): Promise<{ body: string; tag: unknown }[]> {
  const messages: { body: string; tag: unknown }[] = []
  while (messages.length < count) {
    const got = await channel.get('q')
    if (got === undefined) throw new Error(`q had ${messages.length} messages`)
    messages.push({ body: got.body.toString(), tag: got.deliveryTag })
  }
  return messages
}

/** Everything in q, with the messages that were delivered before marked by a star. */
async function marked(channel: WireChannel): Promise<string[]> {
  const bodies: string[] = []
  for (let got = await channel.get('q', true); got !== undefined; got = await channel.get('q', true)) {
    bodies.push(got.redelivered ? `${got.body}*` : `${got.body}`)
  }
  return bodies
}

async function acknowledge(channel: WireChannel, tags: readonly unknown[]): Promise<void> {
  for (const deliveryTag of tags) channel.send('basic.ack', { deliveryTag: deliveryTag as never })
  await channel.sync()
}

describe('persistent messages in a durable queue', () => {
  it('are there after a restart, in their order', async () => {
    await publishAll(await declared(), 'q', numbered(100))
    await broker.restart()
    expect(await marked(await broker.channel())).toEqual(numbered(100))
  })

  it('have their exchange, routing key and all their properties', async () => {
    const before = await declared()
    await before.call('queue.bind', { queue: 'q', exchange: 'amq.topic', routingKey: '#' })
    before.publish({ exchange: 'amq.topic', routingKey: 'a.b' }, 'body', everyProperty)
    await before.expect('basic.ack')
    await broker.restart()
    const got = await (await broker.channel()).get('q')
    expect(got).toMatchObject({ exchange: 'amq.topic', routingKey: 'a.b', redelivered: false })
    expect(got?.propertyBytes).toEqual(encodeHeader(1, 0, everyProperty).subarray(19, -1))
    expect(got?.body.toString()).toBe('body')
  })

  it('come back byte for byte, whatever is in them', async () => {
    const persistent = basicProperties.map(({ userId: _, expiration: __, ...properties }) =>
      encodeProperties({ ...properties, deliveryMode: 2 }),
    )
    const messages = fc.sample(fc.tuple(persistent, fc.uint8Array({ maxLength: 300 })), {
      numRuns: 200,
      seed: 5,
    })
    const before = await declared()
    for (const [properties, body] of messages)
      before.publish({ routingKey: 'q' }, Buffer.from(body), properties)
    await before.sync()
    await broker.restart()
    const channel = await broker.channel()
    for (const [properties, body] of messages) {
      const got = await channel.get('q', true)
      expect([got?.propertyBytes.toString('hex'), got?.body.toString('hex')]).toEqual([
        properties.toString('hex'),
        Buffer.from(body).toString('hex'),
      ])
    }
  })

  it('may be empty, and of any size', async () => {
    const bodies = [0, 1, 32 * 1024 - 1, 32 * 1024, 256 * 1024, 1, 5_000_000, 0, 20_000_000].map(
      (bytes, index) => Buffer.alloc(bytes, `${index}`),
    )
    await publishAll(await declared(), 'q', bodies)
    await broker.restart()
    const channel = await broker.channel()
    for (const body of bodies) expect((await channel.get('q', true))?.body.equals(body)).toBe(true)
  })

  it('are counted before any of them was read back', async () => {
    await publishAll(await declared(), 'q', numbered(10_000))
    await broker.restart()
    const channel = await broker.channel()
    const { messageCount } = await channel.call('queue.declare', { queue: 'q', durable: true })
    expect(messageCount).toBe(10_000)
  })

  it('stand before what is published after the restart', async () => {
    await publishAll(await declared(), 'q', numbered(5))
    await broker.restart()
    await publishAll(await declared(), 'q', numbered(5, 5))
    await broker.restart()
    await publishAll(await declared(), 'q', numbered(5, 10))
    expect(await marked(await broker.channel())).toEqual(numbered(15))
  })

  it('are there in each of the queues they went to', async () => {
    const before = await broker.confirmChannel()
    for (const queue of ['a', 'b', 'c']) {
      await before.call('queue.declare', { queue, durable: queue !== 'b' })
      await before.call('queue.bind', { queue, exchange: 'amq.fanout' })
    }
    before.publish({ exchange: 'amq.fanout' }, Buffer.alloc(100_000, 'x'), { deliveryMode: 2 })
    await before.expect('basic.ack')
    await broker.restart()
    const channel = await broker.channel()
    for (const queue of ['a', 'c']) expect((await channel.get(queue))?.body).toHaveLength(100_000)
  })
})

describe('transient messages in a durable queue', () => {
  it('are gone after a restart, and the persistent ones between them are not', async () => {
    const before = await declared()
    for (let number = 0; number < 9; number++) {
      before.publish({ routingKey: 'q' }, `${number}`, { deliveryMode: number % 3 === 0 ? 2 : 1 })
    }
    await before.sync()
    await broker.restart()
    expect(await marked(await broker.channel())).toEqual(['0', '3', '6'])
  })
})

describe('messages that were acknowledged', () => {
  it('stay gone after a restart, and the others keep their order', async () => {
    await publishAll(await declared(), 'q', numbered(10))
    const before = await broker.channel()
    const messages = await taken(before, 8)
    await acknowledge(
      before,
      [7, 0, 1, 4].map(index => messages[index]?.tag),
    )
    await broker.restart()
    expect(await marked(await broker.channel())).toEqual(['2*', '3*', '5*', '6*', '8', '9'])
  })

  it('stay gone after many restarts, with more acknowledged and published in between', async () => {
    let expected: string[] = []
    for (let round = 0; round < 6; round++) {
      const channel = await declared()
      const more = numbered(7, round * 7)
      await publishAll(channel, 'q', more)
      expected.push(...more)
      const messages = await taken(channel, 5)
      expect(messages.map(({ body }) => body)).toEqual(expected.slice(0, 5))
      await acknowledge(
        channel,
        [4, 1, 3].map(index => messages[index]?.tag),
      )
      expected = expected.filter((_, index) => ![4, 1, 3].includes(index))
      await broker.restart()
    }
    expect(await (await broker.channel()).drain('q')).toEqual(expected)
  })

  it.each(['basic.reject', 'basic.nack'] as const)('and those dropped by %s', async method => {
    await publishAll(await declared(), 'q', numbered(3))
    const before = await broker.channel()
    const [first] = await taken(before, 1)
    before.send(method, { deliveryTag: first?.tag as never, requeue: false })
    await before.sync()
    await broker.restart()
    expect(await marked(await broker.channel())).toEqual(['1', '2'])
  })

  it('and those delivered without acknowledgement', async () => {
    await publishAll(await declared(), 'q', numbered(3))
    const before = await broker.channel()
    await before.get('q', true)
    await broker.restart()
    expect(await marked(await broker.channel())).toEqual(['1', '2'])
  })
})

describe('messages that were delivered', () => {
  it('are redelivered after a restart, and after the next one', async () => {
    await publishAll(await declared(), 'q', numbered(4))
    await taken(await broker.channel(), 2)
    await broker.restart()
    await publishAll(await declared(), 'q', ['4'])
    await broker.restart()
    expect(await marked(await broker.channel())).toEqual(['0*', '1*', '2', '3', '4'])
  })

  it('and put back stand where they were', async () => {
    await publishAll(await declared(), 'q', numbered(5))
    const before = await broker.channel()
    const messages = await taken(before, 4)
    for (const index of [2, 0]) {
      before.send('basic.nack', { deliveryTag: messages[index]?.tag as never, requeue: true })
    }
    await before.sync()
    await acknowledge(before, [messages[1]?.tag])
    await broker.restart()
    expect(await marked(await broker.channel())).toEqual(['0*', '2*', '3*', '4'])
  })
})

describe('a queue that was purged', () => {
  it('stays empty, but for what was out with consumers and what came later', async () => {
    const before = await declared()
    await publishAll(before, 'q', numbered(2000))
    await taken(before, 2)
    expect(await before.call('queue.purge', { queue: 'q' })).toEqual({ messageCount: 1998 })
    await publishAll(before, 'q', ['later'])
    await broker.restart()
    expect(await marked(await broker.channel())).toEqual(['0*', '1*', 'later'])
  })

  it('stays empty when it was purged before anything was read back', async () => {
    await publishAll(await declared(), 'q', numbered(20_000))
    await broker.restart()
    const between = await broker.channel()
    expect(await between.call('queue.purge', { queue: 'q' })).toEqual({ messageCount: 20_000 })
    await broker.restart()
    expect(await marked(await broker.channel())).toEqual([])
  })
})

describe('a transaction', () => {
  it('is there after a restart when it was committed, publishes and acknowledgements', async () => {
    await publishAll(await declared(), 'q', numbered(3))
    const before = await broker.channel()
    await before.call('tx.select')
    const [first] = await taken(before, 1)
    before.publish({ routingKey: 'q' }, 'committed', { deliveryMode: 2 })
    before.send('basic.ack', { deliveryTag: first?.tag as never })
    await before.call('tx.commit')
    before.publish({ routingKey: 'q' }, 'never', { deliveryMode: 2 })
    const [second] = await taken(before, 1)
    before.send('basic.ack', { deliveryTag: second?.tag as never })
    await before.sync()
    await broker.restart()
    expect(await marked(await broker.channel())).toEqual(['1*', '2', 'committed'])
  })
})

describe('20,000 messages of 1 KiB', () => {
  const bodies = numbered(20_000).map(number => number.padEnd(1024, '.'))

  it('are consumed in order after a restart, with a prefetch and acknowledgements, and then gone', async () => {
    await publishAll(await declared(), 'q', bodies)
    await broker.restart()
    const channel = await broker.channel()
    await channel.call('basic.qos', { prefetchCount: 500 })
    await channel.call('basic.consume', { queue: 'q' })
    for (let at = 0; at < bodies.length; at += 100) {
      const batch = await channel.deliveries(100)
      expect(batch.map(({ body }) => body.toString())).toEqual(bodies.slice(at, at + 100))
      expect(batch.some(({ redelivered }) => redelivered)).toBe(false)
      channel.send('basic.ack', { deliveryTag: batch.at(-1)!.deliveryTag, multiple: true })
    }
    await channel.sync()
    await broker.restart()
    expect(await (await broker.channel()).get('q')).toBeUndefined()
  }, 30_000)

  it('are taken one by one with basic.get, also from parts that must be read back', async () => {
    await publishAll(await declared(), 'q', bodies)
    await broker.restart()
    expect(await (await broker.channel()).drain('q')).toEqual(bodies)
  }, 30_000)
})
