/** x-max-priority: the higher the property priority, the sooner; among equals, the order of publishing. */
import { useBroker } from '../support/broker'
import { DeadLetters } from '../support/dead-letters'
import type { Table } from '../support/methods'
import type { WireChannel } from '../support/wire-channel'

const broker = useBroker()

const typed = (type: string, value: unknown) => ({ '!': type, value })

async function prioritized(maxPriority: unknown, more: Table = {}) {
  const channel = await broker.channel()
  const queue = await broker.queue(channel, { arguments: { 'x-max-priority': maxPriority, ...more } })
  return { channel, queue }
}

/** `3b` is a message b with priority 3, `-b` one without priority. */
function publishAll(channel: WireChannel, routingKey: string, messages: string): number {
  const bodies = messages.split(' ')
  for (const body of bodies) {
    const priority = Number.parseInt(body, 10)
    channel.publish({ routingKey }, body, Number.isNaN(priority) ? {} : { priority })
  }
  return bodies.length
}

async function drained(channel: WireChannel, queue: string): Promise<string> {
  return (await channel.drain(queue)).join(' ')
}

describe('a queue with x-max-priority gives out', () => {
  it.each([
    ['higher priorities first', '1 5 3 2 4', '5 4 3 2 1'],
    ['messages of one priority in their order', '2a 2b 2c', '2a 2b 2c'],
    ['each priority in its order', '1a 2a 1b 3a 2b 1c 3b', '3a 3b 2a 2b 1a 1b 1c'],
    ['messages without priority like those of priority 0', '-a 0b -c 1d 0e', '1d -a 0b -c 0e'],
    ['priorities beyond the limit like the limit', '10a 255b 9c 100d 10e', '10a 255b 100d 10e 9c'],
  ])('%s', async (_, published, expected) => {
    const { channel, queue } = await prioritized(10)
    publishAll(channel, queue, published)
    expect(await drained(channel, queue)).toBe(expected)
  })

  it('all there are, also with gaps between the priorities', async () => {
    const { channel, queue } = await prioritized(typed('unsignedbyte', 255))
    publishAll(channel, queue, '0 255 128 1 254 127')
    expect(await drained(channel, queue)).toBe('255 254 128 127 1 0')
  })

  it('messages in their order, if the limit is 0', async () => {
    const { channel, queue } = await prioritized(0)
    publishAll(channel, queue, '0 5 3 255 1')
    expect(await drained(channel, queue)).toBe('0 5 3 255 1')
  })

  it('two kinds of messages, if the limit is 1', async () => {
    const { channel, queue } = await prioritized(1)
    publishAll(channel, queue, '-a 1b 0c 9d 1e')
    expect(await drained(channel, queue)).toBe('1b 9d 1e -a 0c')
  })

  it('the priority as it was published', async () => {
    const { channel, queue } = await prioritized(5)
    publishAll(channel, queue, '200a -b')
    expect((await channel.get(queue))?.properties).toEqual({ priority: 200 })
    expect((await channel.get(queue))?.properties).toEqual({})
  })

  it('thousands of messages in order', async () => {
    const { channel, queue } = await prioritized(3)
    const bodies = Array.from({ length: 2000 }, (_, i) => `${i % 4}-${i}`)
    publishAll(channel, queue, bodies.join(' '))
    const expected = [3, 2, 1, 0].flatMap(priority => bodies.filter(body => body.startsWith(`${priority}-`)))
    expect(await drained(channel, queue)).toBe(expected.join(' '))
  })
})

describe('a queue without x-max-priority', () => {
  it('does not look at priorities', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    publishAll(channel, queue, '1 9 5')
    expect(await drained(channel, queue)).toBe('1 9 5')
  })
})

describe('a consumer of a queue with x-max-priority', () => {
  it('is given the highest priority there is, whenever it has room', async () => {
    const { channel, queue } = await prioritized(10)
    await channel.call('basic.qos', { prefetchCount: 1 })
    await channel.call('basic.consume', { queue })
    publishAll(channel, queue, '1a')
    const first = await channel.delivery() // the only one there was
    const count = publishAll(channel, queue, '1b 5c 3d')
    await channel.expectCounts(queue, { messages: count })
    const bodies = [first.body.toString()]
    for (let { deliveryTag } = first; bodies.length < 4; ) {
      channel.send('basic.ack', { deliveryTag })
      const delivery = await channel.delivery()
      bodies.push(delivery.body.toString())
      deliveryTag = delivery.deliveryTag
    }
    expect(bodies).toEqual(['1a', '5c', '3d', '1b'])
  })

  it('is given all without waiting, if it has room: what came first comes first', async () => {
    const { channel, queue } = await prioritized(10)
    await channel.call('basic.consume', { queue })
    for (const body of ['1', '9', '5']) {
      publishAll(channel, queue, body)
      expect((await channel.delivery()).body.toString()).toBe(body)
    }
  })
})

describe('a message that comes back to a queue with x-max-priority', () => {
  it('takes its old place in its priority', async () => {
    const { channel, queue } = await prioritized(10)
    publishAll(channel, queue, '5a 5b 1c')
    const got = await channel.get(queue)
    publishAll(channel, queue, '5d 9e')
    channel.send('basic.reject', { deliveryTag: got?.deliveryTag ?? 0, requeue: true })
    expect(await drained(channel, queue)).toBe('9e 5a 5b 5d 1c')
  })

  it('does so with many others', async () => {
    const { channel, queue } = await prioritized(10)
    const count = publishAll(channel, queue, '1a 5b 1c 9d 5e 0f')
    for (let i = 0; i < count; i++) await channel.get(queue)
    publishAll(channel, queue, '5g 0h')
    channel.send('basic.nack', { deliveryTag: count, multiple: true, requeue: true })
    expect(await drained(channel, queue)).toBe('9d 5b 5e 5g 1a 1c 0f 0h')
  })

  it('does so when its channel is closed', async () => {
    const { channel, queue } = await prioritized(10)
    publishAll(channel, queue, '1a 5b 1c 9d')
    const other = await channel.wire.channel(2)
    for (let i = 0; i < 3; i++) await other.get(queue)
    await other.close()
    expect(await drained(channel, queue)).toBe('9d 5b 1a 1c')
  })

  it('is marked as redelivered', async () => {
    const { channel, queue } = await prioritized(10)
    publishAll(channel, queue, '5')
    const got = await channel.get(queue)
    channel.send('basic.nack', { deliveryTag: got?.deliveryTag ?? 0, requeue: true })
    expect(await channel.get(queue)).toMatchObject({ redelivered: true, properties: { priority: 5 } })
  })
})

describe('a queue with x-max-priority counts', () => {
  it('its messages of all priorities', async () => {
    const { channel, queue } = await prioritized(10)
    const count = publishAll(channel, queue, '1 2 2 9 -')
    await channel.expectCounts(queue, { messages: count })
    expect((await channel.get(queue))?.messageCount).toBe(count - 1)
    expect(await channel.call('queue.purge', { queue })).toEqual({ messageCount: count - 1 })
    expect(await channel.get(queue)).toBeUndefined()
  })
})

describe('x-max-priority with x-max-length', () => {
  it('drops at the head, which is the highest priority', async () => {
    const dead = await DeadLetters.of(broker, { 'x-max-priority': 10, 'x-max-length': 2 })
    publishAll(dead.channel, dead.queue, '1a 5b 3c 2d')
    expect(await dead.bodies(2)).toEqual(['5b', '3c'])
    expect(await drained(dead.channel, dead.queue)).toBe('2d 1a')
  })

  it('drops the oldest of the highest priority', async () => {
    const dead = await DeadLetters.of(broker, { 'x-max-priority': 10, 'x-max-length': 3 })
    publishAll(dead.channel, dead.queue, '1a 5b 5c 5d')
    expect(await dead.bodies(1)).toEqual(['5b'])
    expect(await drained(dead.channel, dead.queue)).toBe('5c 5d 1a')
  })

  it('and x-overflow reject-publish refuses what comes, however high', async () => {
    const own = { 'x-max-length': 1, 'x-overflow': 'reject-publish' }
    const { channel, queue } = await prioritized(10, own)
    await channel.call('confirm.select')
    publishAll(channel, queue, '1a')
    expect((await channel.confirmation()).answer).toBe('ack')
    publishAll(channel, queue, '9b')
    expect((await channel.confirmation()).answer).toBe('nack')
    expect(await drained(channel, queue)).toBe('1a')
  })
})

describe('x-max-priority with expiration', () => {
  /** Returns when messages that live for 50 ms have expired. */
  async function outliveShort(): Promise<void> {
    const clock = await DeadLetters.of(broker, { 'x-message-ttl': 150 })
    clock.publish('tick')
    await clock.next()
  }

  // RabbitMQ keeps them until they get to the head; a broker may let them go in their time.
  it('never delivers those of a lower priority that expired behind a higher one that lasts', async () => {
    const dead = await DeadLetters.of(broker, { 'x-max-priority': 10 })
    dead.publish('eternal', { priority: 5 })
    dead.publish('short-lived', { priority: 1, expiration: '50' })
    await outliveShort()
    expect(await dead.channel.drain(dead.queue)).toEqual(['eternal'])
    expect(await dead.bodies(1)).toEqual(['short-lived'])
  })

  it('and x-message-ttl lets all expire', async () => {
    const dead = await DeadLetters.of(broker, { 'x-max-priority': 10, 'x-message-ttl': 100 })
    publishAll(dead.channel, dead.queue, '1a 5b 3c')
    const bodies = await dead.bodies(3)
    expect([...bodies].sort()).toEqual(['1a', '3c', '5b'])
  })
})
