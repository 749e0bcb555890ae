/** x-message-ttl and the property expiration: when messages expire, and when they only could. */
import { useBroker } from '../support/broker'
import { DeadLetters } from '../support/dead-letters'
import type { Table } from '../support/methods'
import type { WireChannel } from '../support/wire-channel'

const broker = useBroker()

/** Long enough never to pass within a test. */
const LONG = '600000'

async function stage(queueArguments: Table = {}): Promise<{ channel: WireChannel; queue: string }> {
  const channel = await broker.channel()
  const queue = await broker.queue(channel, { arguments: queueArguments })
  return { channel, queue }
}

/** Waits as long as a message with this TTL lives in a queue made for that. */
async function outlive({ wire }: WireChannel, ttlMs: number): Promise<void> {
  const channel = await wire.channel(9)
  const clock = await broker.queue(channel, { arguments: { 'x-message-ttl': ttlMs } })
  await publishConfirmed(channel, clock, 'tick')
  await channel.expectCounts(clock, { messages: 0 })
}

/** Returns when the queue has the message. */
async function publishConfirmed(channel: WireChannel, routingKey: string, body: string, expiration?: string) {
  await channel.call('confirm.select')
  channel.publish({ routingKey }, body, expiration === undefined ? {} : { expiration })
  await channel.expect('basic.ack')
}

describe('a message in a queue with x-message-ttl', () => {
  it('is gone after that time, without a dead letter exchange for good', async () => {
    const { channel, queue } = await stage({ 'x-message-ttl': 100 })
    await publishConfirmed(channel, queue, 'short-lived')
    await channel.expectCounts(queue, { messages: 0 })
    expect(await channel.get(queue)).toBeUndefined()
  })

  it('is not gone before that time', async () => {
    const dead = await DeadLetters.of(broker, { 'x-message-ttl': 150 })
    const start = performance.now()
    dead.publish('timed')
    await dead.next()
    expect(performance.now() - start).toBeGreaterThanOrEqual(149)
  })

  it('is delivered, if a consumer comes in time', async () => {
    const { channel, queue } = await stage({ 'x-message-ttl': 60_000 })
    channel.publish({ routingKey: queue }, 'in time')
    await channel.call('basic.consume', { queue })
    expect((await channel.delivery()).body.toString()).toBe('in time')
  })

  it('is delivered as it was: it has no expiration of its own', async () => {
    const { channel, queue } = await stage({ 'x-message-ttl': 60_000 })
    channel.publish({ routingKey: queue }, 'plain', { messageId: 'id' })
    expect((await channel.get(queue))?.properties).toEqual({ messageId: 'id' })
  })

  it('expires together with hundreds of others, in order', async () => {
    const dead = await DeadLetters.of(broker, { 'x-message-ttl': 50 })
    const bodies = Array.from({ length: 500 }, (_, i) => `${i}`)
    for (const body of bodies) dead.publish(body)
    expect(await dead.bodies(500)).toEqual(bodies)
  })
})

describe('a message with expiration', () => {
  it('is gone after that time', async () => {
    const { channel, queue } = await stage()
    await publishConfirmed(channel, queue, 'short-lived', '100')
    await channel.expectCounts(queue, { messages: 0 })
    expect(await channel.get(queue)).toBeUndefined()
  })

  it('keeps the property when it is delivered', async () => {
    const { channel, queue } = await stage()
    channel.publish({ routingKey: queue }, 'kept', { expiration: LONG })
    expect((await channel.get(queue))?.properties).toEqual({ expiration: LONG })
  })

  it('expires by x-message-ttl, if that is shorter', async () => {
    const dead = await DeadLetters.of(broker, { 'x-message-ttl': 50 })
    dead.publish('first', { expiration: LONG })
    expect(await dead.bodies(1)).toEqual(['first'])
  })

  it('expires by its own, if that is shorter', async () => {
    const dead = await DeadLetters.of(broker, { 'x-message-ttl': 600_000 })
    dead.publish('first', { expiration: '50' })
    expect(await dead.bodies(1)).toEqual(['first'])
  })

  it('in each queue of a fanout expires by itself', async () => {
    const dead = await DeadLetters.of(broker)
    const { channel, queue } = dead
    const exchange = await broker.exchange(channel, 'fanout')
    const lasting = await broker.queue(channel)
    for (const each of [queue, lasting]) await channel.call('queue.bind', { queue: each, exchange })
    channel.publish({ routingKey: lasting }, 'long-lived')
    channel.publish({ exchange }, 'short-lived', { expiration: '50' })
    expect(await dead.bodies(1)).toEqual(['short-lived'])
    await channel.expectCounts(lasting, { messages: 2 })
  })
})

describe('only the head of a queue expires', () => {
  it('so that a message behind one that lives longer is still counted', async () => {
    const { channel, queue } = await stage()
    channel.publish({ routingKey: queue }, 'long-lived', { expiration: LONG })
    channel.publish({ routingKey: queue }, 'short-lived', { expiration: '50' })
    await outlive(channel, 150)
    expect(await channel.counts(queue)).toEqual({ messages: 2, consumers: 0 })
  })

  it('but no message is delivered that has expired: it goes when it gets there', async () => {
    const { channel, queue } = await stage()
    channel.publish({ routingKey: queue }, 'long-lived', { expiration: LONG })
    channel.publish({ routingKey: queue }, 'short-lived', { expiration: '50' })
    channel.publish({ routingKey: queue }, 'eternal')
    await outlive(channel, 150)
    expect(await channel.drain(queue)).toEqual(['long-lived', 'eternal'])
  })

  it('and is dead-lettered when it gets there', async () => {
    const dead = await DeadLetters.of(broker)
    dead.publish('eternal')
    dead.publish('short-lived', { expiration: '50' })
    await outlive(dead.channel, 150)
    await dead.letters.expectQuiet()
    expect((await dead.channel.get(dead.queue, true))?.body.toString()).toBe('eternal')
    expect(await dead.bodies(1)).toEqual(['short-lived'])
  })

  it('and goes in its time, if it gets there before', async () => {
    const dead = await DeadLetters.of(broker)
    dead.publish('eternal')
    dead.publish('short-lived', { expiration: '300' })
    expect((await dead.channel.get(dead.queue, true))?.body.toString()).toBe('eternal')
    expect(await dead.bodies(1)).toEqual(['short-lived'])
  })

  it('also by the hand of a consumer, which sees nothing that has expired', async () => {
    const { channel, queue } = await stage()
    channel.publish({ routingKey: queue }, 'eternal')
    for (let i = 0; i < 5; i++) channel.publish({ routingKey: queue }, 'short-lived', { expiration: '50' })
    channel.publish({ routingKey: queue }, 'last')
    await outlive(channel, 150)
    await channel.call('basic.qos', { prefetchCount: 1 })
    await channel.call('basic.consume', { queue })
    const { deliveryTag, body } = await channel.delivery()
    expect(body.toString()).toBe('eternal')
    channel.send('basic.ack', { deliveryTag })
    expect((await channel.delivery()).body.toString()).toBe('last')
  })

  it('and one that lives shorter before it goes in its time', async () => {
    const { channel, queue } = await stage()
    channel.publish({ routingKey: queue }, 'short-lived', { expiration: '50' })
    await publishConfirmed(channel, queue, 'eternal')
    await channel.expectCounts(queue, { messages: 1 })
    expect(await channel.drain(queue)).toEqual(['eternal'])
  })
})

describe('a message that was delivered and not acknowledged', () => {
  it('does not expire', async () => {
    const dead = await DeadLetters.of(broker, { 'x-message-ttl': 50 })
    dead.publish('held')
    const got = await dead.channel.get(dead.queue)
    await outlive(dead.channel, 150)
    await dead.letters.expectQuiet()
    dead.channel.send('basic.ack', { deliveryTag: got?.deliveryTag ?? 0 })
    await dead.channel.sync()
    await dead.letters.expectQuiet()
  })

  it('keeps its time: it expires when it comes back too late', async () => {
    const dead = await DeadLetters.of(broker, { 'x-message-ttl': 300 })
    dead.publish('held')
    const got = await dead.channel.get(dead.queue)
    await outlive(dead.channel, 350)
    const start = performance.now()
    dead.channel.send('basic.nack', { deliveryTag: got?.deliveryTag ?? 0, requeue: true })
    expect(await dead.bodies(1)).toEqual(['held'])
    expect(performance.now() - start).toBeLessThan(300)
  })

  it('keeps its own expiration, too', async () => {
    const { channel, queue } = await stage()
    channel.publish({ routingKey: queue }, 'held', { expiration: '100' })
    const got = await channel.get(queue)
    await outlive(channel, 150)
    channel.send('basic.reject', { deliveryTag: got?.deliveryTag ?? 0, requeue: true })
    expect(await channel.get(queue)).toBeUndefined()
  })

  it('may come back in time', async () => {
    const { channel, queue } = await stage({ 'x-message-ttl': 60_000 })
    channel.publish({ routingKey: queue }, 'held')
    const got = await channel.get(queue)
    channel.send('basic.nack', { deliveryTag: got?.deliveryTag ?? 0, requeue: true })
    expect(await channel.get(queue)).toMatchObject({ redelivered: true })
  })
})

describe.each<[title: string, queueArguments: Table, expiration: { expiration?: string }]>([
  ['x-message-ttl of 0', { 'x-message-ttl': 0 }, {}],
  ['an expiration of 0', {}, { expiration: '0' }],
])('with %s', (_, queueArguments, properties) => {
  it('a message is delivered, if a consumer is ready', async () => {
    const { channel, queue } = await stage(queueArguments)
    await channel.call('basic.consume', { queue })
    for (const body of ['1', '2']) channel.publish({ routingKey: queue }, body, properties)
    const deliveries = await channel.deliveries(2)
    expect(deliveries.map(({ body }) => body.toString())).toEqual(['1', '2'])
  })

  it('a message is gone at once, if none is', async () => {
    const dead = await DeadLetters.of(broker, queueArguments)
    dead.publish('gone', properties)
    expect(await dead.channel.get(dead.queue)).toBeUndefined()
    expect(await dead.bodies(1)).toEqual(['gone'])
  })

  it('a message is gone, if the consumer has no room', async () => {
    const dead = await DeadLetters.of(broker, queueArguments)
    await dead.channel.call('basic.qos', { prefetchCount: 1 })
    await dead.channel.call('basic.consume', { queue: dead.queue })
    for (const body of ['1', '2']) dead.publish(body, properties)
    expect((await dead.channel.delivery()).body.toString()).toBe('1')
    expect(await dead.bodies(1)).toEqual(['2'])
  })

  it('a message is confirmed, and not returned', async () => {
    const { channel, queue } = await stage(queueArguments)
    await channel.call('confirm.select')
    channel.publish({ routingKey: queue, mandatory: true }, 'gone', properties)
    expect(await channel.expect('basic.ack')).toEqual({ deliveryTag: 1, multiple: false })
    await channel.expectQuiet()
  })
})

describe('an expiration that is no number of milliseconds closes the channel', () => {
  it.each([
    ['soon', 'no_integer'],
    ['', 'no_integer'],
    ['-1', '{value_negative,-1}'],
    ['5x', '{leftover_string,"x"}'],
    ['1.5', '{leftover_string,".5"}'],
    [' 5', 'no_integer'],
    ['5 ', '{leftover_string," "}'],
    ['315360000001', '{value_too_large,315360000001}'],
  ])('%j', async (expiration, reason) => {
    const { channel, queue } = await stage()
    channel.publish({ routingKey: queue }, 'never', { expiration })
    const text = `PRECONDITION_FAILED - invalid expiration '${expiration}': ${reason}`
    await channel.expectClose(406, text, 'basic.publish')
    const other = await channel.wire.channel(2)
    expect(await other.counts(queue)).toEqual({ messages: 0, consumers: 0 })
  })

  it('of any length', async () => {
    const channel = await broker.channel()
    const expiration = '9'.repeat(20)
    channel.publish({ routingKey: broker.name() }, 'never', { expiration })
    const text = /^PRECONDITION_FAILED - invalid expiration '9{20}': \{value_too_large,\s*9{20}\}$/ // RabbitMQ breaks the line
    await channel.expectClose(406, text, 'basic.publish')
  })

  it('also where the message has no route', async () => {
    const channel = await broker.channel()
    channel.publish({ routingKey: broker.name() }, 'never', { expiration: 'soon' })
    const text = "PRECONDITION_FAILED - invalid expiration 'soon': no_integer"
    await channel.expectClose(406, text, 'basic.publish')
  })

  it.each(['0005', '+5', '315360000000'])('but not %j', async expiration => {
    const { channel, queue } = await stage()
    await channel.call('basic.consume', { queue })
    channel.publish({ routingKey: queue }, 'fine', { expiration })
    expect((await channel.delivery()).body.toString()).toBe('fine')
  })
})
