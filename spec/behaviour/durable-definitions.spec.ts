/** Exchanges, queues and bindings across a restart: what is durable is there again, just as it was; the rest is not. */
import type { WireChannel } from '../../conformance/support/wire-channel'
import { restartingBroker } from './restarts'

const broker = restartingBroker()

/** A value of a type that amqplib would not choose by itself. */
const typed = (type: string, value: unknown) => ({ '!': type, value })

/** Every type a field can have. */
const everyType = {
  bool: true,
  byte: typed('byte', -100),
  unsignedbyte: typed('unsignedbyte', 200),
  short: typed('short', -30000),
  unsignedshort: typed('unsignedshort', 60000),
  int: typed('int', -2_000_000_000),
  unsignedint: typed('unsignedint', 4_000_000_000),
  long: typed('long', -(2 ** 52)),
  float: typed('float', 1.5),
  double: typed('double', 0.1),
  decimal: typed('decimal', { places: 2, digits: 314 }),
  timestamp: typed('timestamp', 1_700_000_000),
  text: 'ünïcode',
  bytes: Buffer.from([0, 255, 128]),
  table: { inner: { innermost: 1 }, empty: {} },
  array: [1, 'two', [3], { four: 4 }],
  nothing: null,
}

async function isThere(method: 'queue' | 'exchange', name: string): Promise<boolean> {
  const channel = await broker.channel()
  if (method === 'queue') channel.send('queue.declare', { queue: name, passive: true })
  else channel.send('exchange.declare', { exchange: name, type: 'direct', passive: true })
  try {
    await channel.answer(`${method}.declare-ok`)
    return true
  } catch (error) {
    expect(String(error)).toContain('404')
    return false
  }
}

/** What comes out of a queue after a message was published. */
async function routed(
  channel: WireChannel,
  queue: string,
  to: { exchange: string; routingKey?: string },
  headers = {},
): Promise<string[]> {
  channel.publish(to, 'here', { headers })
  await channel.sync()
  return await channel.drain(queue)
}

describe('what is declared durable', () => {
  it.each(['direct', 'fanout', 'topic', 'headers'])('is there after a restart: a %s exchange', async type => {
    const before = await broker.channel()
    await before.call('exchange.declare', { exchange: 'e', type, durable: true })
    await broker.restart()
    const channel = await broker.channel()
    await channel.call('exchange.declare', { exchange: 'e', type, durable: true })
    channel.send('exchange.declare', { exchange: 'e', type, durable: false })
    await channel.expectClose(406, /inequivalent arg 'durable'/, 'exchange.declare')
  })

  it('is there after a restart with its flags: internal and auto-delete exchanges, auto-delete queues', async () => {
    const before = await broker.channel()
    await before.call('exchange.declare', { exchange: 'i', type: 'fanout', durable: true, internal: true })
    await before.call('exchange.declare', { exchange: 'a', type: 'fanout', durable: true, autoDelete: true })
    await before.call('queue.declare', { queue: 'q', durable: true, autoDelete: true })
    await broker.restart()
    const channel = await broker.channel()
    await channel.call('exchange.declare', { exchange: 'i', type: 'fanout', durable: true, internal: true })
    await channel.call('exchange.declare', { exchange: 'a', type: 'fanout', durable: true, autoDelete: true })
    await channel.call('queue.declare', { queue: 'q', durable: true, autoDelete: true })
    await channel.call('queue.bind', { queue: 'q', exchange: 'a' })
    await channel.call('basic.consume', { queue: 'q', consumerTag: 'c' })
    await channel.call('basic.cancel', { consumerTag: 'c' })
    expect(await isThere('queue', 'q')).toBe(false)
    expect(await isThere('exchange', 'a')).toBe(false)
    expect(await isThere('exchange', 'i')).toBe(true)
  })

  it('is there after a restart with its arguments', async () => {
    const before = await broker.channel()
    const args = { 'x-message-ttl': 60_000, 'x-max-length': 7, 'x-mine': everyType }
    await before.call('queue.declare', { queue: 'q', durable: true, arguments: args })
    await broker.restart()
    const channel = await broker.channel()
    await channel.call('queue.declare', { queue: 'q', durable: true, arguments: args })
    channel.send('queue.declare', { queue: 'q', durable: true, arguments: { ...args, 'x-max-length': 8 } })
    await channel.expectClose(
      406,
      /inequivalent arg 'x-max-length'.* received '8' but current is '7'/,
      'queue.declare',
    )
  })

  it('is there after several restarts, and in every one what came in the one before', async () => {
    for (let round = 0; round < 4; round++) {
      const channel = await broker.channel()
      for (let earlier = 0; earlier < round; earlier++) {
        await channel.call('queue.declare', { queue: `q${earlier}`, passive: true })
      }
      await channel.call('queue.declare', { queue: `q${round}`, durable: true })
      await broker.restart()
    }
  })
})

describe('what is not declared durable', () => {
  it('is gone after a restart', async () => {
    const before = await broker.channel()
    await before.call('exchange.declare', { exchange: 'e', type: 'direct' })
    await before.call('queue.declare', { queue: 'q' })
    await broker.restart()
    expect(await isThere('exchange', 'e')).toBe(false)
    expect(await isThere('queue', 'q')).toBe(false)
  })

  it('takes its bindings with it, and no others', async () => {
    const before = await broker.channel()
    await before.call('queue.declare', { queue: 'durable', durable: true })
    await before.call('queue.declare', { queue: 'transient' })
    await before.call('exchange.declare', { exchange: 'transient', type: 'fanout' })
    for (const queue of ['durable', 'transient']) {
      await before.call('queue.bind', { queue, exchange: 'amq.direct', routingKey: 'key' })
      await before.call('queue.bind', { queue, exchange: 'transient', routingKey: 'key' })
    }
    await broker.restart()
    const channel = await broker.channel()
    await channel.call('queue.declare', { queue: 'transient' })
    await channel.call('exchange.declare', { exchange: 'transient', type: 'fanout' })
    expect(await routed(channel, 'durable', { exchange: 'amq.direct', routingKey: 'key' })).toEqual(['here'])
    expect(await routed(channel, 'durable', { exchange: 'transient' })).toEqual([])
    expect(await routed(channel, 'transient', { exchange: 'amq.direct', routingKey: 'key' })).toEqual([])
  })
})

describe('an exclusive queue', () => {
  it('is gone after a restart, also when it is durable', async () => {
    const before = await broker.channel()
    await before.call('queue.declare', { queue: 'q', durable: true, exclusive: true })
    await before.call('queue.bind', { queue: 'q', exchange: 'amq.fanout' })
    await broker.restart()
    expect(await isThere('queue', 'q')).toBe(false)
  })
})

describe('a binding', () => {
  async function bound(): Promise<WireChannel> {
    const channel = await broker.channel()
    await channel.call('queue.declare', { queue: 'q', durable: true })
    return channel
  }

  it('routes again after a restart, under its key', async () => {
    const before = await bound()
    await before.call('queue.bind', { queue: 'q', exchange: 'amq.topic', routingKey: 'a.*.#' })
    await broker.restart()
    const channel = await broker.channel()
    expect(await routed(channel, 'q', { exchange: 'amq.topic', routingKey: 'a.b.c.d' })).toEqual(['here'])
    expect(await routed(channel, 'q', { exchange: 'amq.topic', routingKey: 'b.a' })).toEqual([])
  })

  it('leads from exchange to exchange again after a restart', async () => {
    const before = await bound()
    await before.call('exchange.declare', { exchange: 'one', type: 'topic', durable: true })
    await before.call('exchange.declare', { exchange: 'two', type: 'fanout', durable: true, internal: true })
    await before.call('exchange.bind', { source: 'one', destination: 'two', routingKey: 'a.#' })
    await before.call('queue.bind', { queue: 'q', exchange: 'two' })
    await broker.restart()
    const channel = await broker.channel()
    expect(await routed(channel, 'q', { exchange: 'one', routingKey: 'a.b' })).toEqual(['here'])
    expect(await routed(channel, 'q', { exchange: 'one', routingKey: 'b' })).toEqual([])
  })

  it.each(Object.entries(everyType))('has its arguments again after a restart: %s', async (name, value) => {
    const args = { 'x-match': 'all', [name]: value }
    const before = await bound()
    await before.call('queue.bind', { queue: 'q', exchange: 'amq.headers', arguments: args })
    await broker.restart()
    const channel = await broker.channel()
    const to = { exchange: 'amq.headers' }
    expect(await routed(channel, 'q', to, { [name]: value })).toEqual(['here'])
    await channel.call('queue.unbind', {
      queue: 'q',
      exchange: 'amq.headers',
      arguments: { 'x-match': 'all' },
    })
    expect(await routed(channel, 'q', to, { [name]: value })).toEqual(['here'])
    await channel.call('queue.unbind', { queue: 'q', exchange: 'amq.headers', arguments: args })
    expect(await routed(channel, 'q', to, { [name]: value })).toEqual([])
  })

  it('stays unbound after a restart', async () => {
    const before = await bound()
    const binding = { queue: 'q', exchange: 'amq.direct', routingKey: 'key', arguments: { a: 1 } }
    await before.call('queue.bind', binding)
    await before.call('queue.bind', { ...binding, routingKey: 'another' })
    await before.call('queue.unbind', binding)
    await broker.restart()
    const channel = await broker.channel()
    expect(await routed(channel, 'q', { exchange: 'amq.direct', routingKey: 'key' })).toEqual([])
    expect(await routed(channel, 'q', { exchange: 'amq.direct', routingKey: 'another' })).toEqual(['here'])
  })
})

describe('an alternate exchange', () => {
  it('gets what the exchange cannot route again after a restart', async () => {
    const before = await broker.channel()
    const args = { 'alternate-exchange': 'rest' }
    await before.call('exchange.declare', { exchange: 'e', type: 'direct', durable: true, arguments: args })
    await before.call('exchange.declare', { exchange: 'rest', type: 'fanout', durable: true })
    await before.call('queue.declare', { queue: 'q', durable: true })
    await before.call('queue.bind', { queue: 'q', exchange: 'rest' })
    await broker.restart()
    expect(await routed(await broker.channel(), 'q', { exchange: 'e', routingKey: 'nowhere' })).toEqual([
      'here',
    ])
  })
})

describe('what is deleted', () => {
  it('stays deleted after a restart, with its bindings', async () => {
    const before = await broker.channel()
    await before.call('exchange.declare', { exchange: 'e', type: 'fanout', durable: true })
    await before.call('queue.declare', { queue: 'q', durable: true })
    await before.call('queue.declare', { queue: 'other', durable: true })
    for (const queue of ['q', 'other']) {
      await before.call('queue.bind', { queue, exchange: 'e' })
      await before.call('queue.bind', { queue, exchange: 'amq.fanout' })
    }
    await before.call('exchange.delete', { exchange: 'e' })
    await before.call('queue.delete', { queue: 'q' })
    await broker.restart()
    expect(await isThere('exchange', 'e')).toBe(false)
    expect(await isThere('queue', 'q')).toBe(false)
    const channel = await broker.channel()
    await channel.call('queue.declare', { queue: 'q', durable: true })
    await channel.call('exchange.declare', { exchange: 'e', type: 'fanout', durable: true })
    channel.publish({ exchange: 'e' }, 'nowhere')
    channel.publish({ exchange: 'amq.fanout' }, 'here')
    await channel.sync()
    expect(await channel.drain('q')).toEqual([])
    expect(await channel.drain('other')).toEqual(['here'])
  })

  it('is another one after a restart when it was declared again', async () => {
    const before = await broker.confirmChannel()
    await before.call('queue.declare', { queue: 'q', durable: true })
    before.publish({ routingKey: 'q' }, 'of the first', { deliveryMode: 2 })
    await before.expect('basic.ack')
    await before.call('queue.delete', { queue: 'q' })
    await before.call('queue.declare', { queue: 'q', durable: true, arguments: { 'x-max-length': 5 } })
    before.publish({ routingKey: 'q' }, 'of the second', { deliveryMode: 2 })
    await before.expect('basic.ack')
    await broker.restart()
    const channel = await broker.channel()
    await channel.call('queue.declare', { queue: 'q', durable: true, arguments: { 'x-max-length': 5 } })
    expect(await channel.drain('q')).toEqual(['of the second'])
  })
})
