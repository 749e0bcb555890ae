/** What exchanges and queues know of duplicates, across restarts. */
import type { WireChannel } from '../../conformance/support/wire-channel'
import { restartingBroker } from './restarts'

const broker = restartingBroker()

async function declared(args: object = {}, durable = true): Promise<WireChannel> {
  const channel = await broker.confirmChannel()
  const all = { 'x-cache-size': 1000, ...args }
  await channel.call('exchange.declare', {
    exchange: 'x',
    type: 'x-message-deduplication',
    durable,
    arguments: all,
  })
  await channel.call('queue.declare', { queue: 'q', durable: true })
  await channel.call('queue.bind', { queue: 'q', exchange: 'x', routingKey: '' })
  return channel
}

async function deduplicatedQueue(): Promise<WireChannel> {
  const channel = await broker.confirmChannel()
  const args = { 'x-message-deduplication': true }
  await channel.call('queue.declare', { queue: 'q', durable: true, arguments: args })
  return channel
}

/** A message whose key is its body. */
async function publish(channel: WireChannel, to: 'x' | '', key: string, deliveryMode = 2): Promise<void> {
  channel.publish({ exchange: to, routingKey: 'q' }, key, {
    deliveryMode,
    headers: { 'x-deduplication-header': key },
  })
  await channel.expect('basic.ack')
}

/** Takes everything out of q. */
async function taken(channel: WireChannel): Promise<string[]> {
  const bodies: string[] = []
  for (let got = await channel.get('q', true); got !== undefined; got = await channel.get('q', true))
    bodies.push(got.body.toString())
  return bodies
}

describe('a durable exchange that drops duplicates', () => {
  it('knows after a restart what it had seen', async () => {
    const before = await declared()
    await publish(before, 'x', 'a')
    expect(await taken(before)).toEqual(['a'])
    await broker.restart()
    const channel = await broker.confirmChannel()
    for (const key of ['a', 'b', 'b']) await publish(channel, 'x', key)
    expect(await taken(channel)).toEqual(['b'])
  })

  it('forgets the oldest first also after a restart, and for good', async () => {
    const before = await declared({ 'x-cache-size': 3 })
    for (const key of ['a', 'b', 'c', 'd']) await publish(before, 'x', key)
    await broker.restart()
    const after = await broker.confirmChannel()
    await taken(after)
    for (const key of ['e', 'c', 'a']) await publish(after, 'x', key)
    await broker.restart()
    const last = await broker.confirmChannel()
    for (const key of ['e', 'a', 'd', 'c']) await publish(last, 'x', key)
    expect(await taken(last)).toEqual(['e', 'a', 'c'])
  })

  it('starts anew when it was deleted in between', async () => {
    const before = await declared()
    await publish(before, 'x', 'a')
    await before.call('exchange.delete', { exchange: 'x' })
    await declared()
    await broker.restart()
    const channel = await broker.confirmChannel()
    await publish(channel, 'x', 'a')
    expect(await taken(channel)).toEqual(['a', 'a'])
  })

  it('starts anew with x-cache-persistence: memory', async () => {
    await publish(await declared({ 'x-cache-persistence': 'memory' }), 'x', 'a')
    await broker.restart()
    const channel = await broker.confirmChannel()
    await publish(channel, 'x', 'a')
    expect(await taken(channel)).toEqual(['a', 'a'])
  })
})

describe('a durable queue that drops duplicates', () => {
  it('knows after a restart which keys its messages have', async () => {
    const before = await deduplicatedQueue()
    for (const key of ['a', 'b']) await publish(before, '', key)
    await before.get('q', true)
    await broker.restart()
    const channel = await broker.confirmChannel()
    for (const key of ['b', 'a', 'b']) await publish(channel, '', key)
    expect(await taken(channel)).toEqual(['b', 'a'])
    for (const key of ['b', 'a']) await publish(channel, '', key)
    expect(await taken(channel)).toEqual(['b', 'a'])
  })

  it('knows only those of persistent messages, for only they are left', async () => {
    const before = await deduplicatedQueue()
    await publish(before, '', 'a', 1)
    await publish(before, '', 'b')
    await broker.restart()
    const channel = await broker.confirmChannel()
    for (const key of ['a', 'b']) await publish(channel, '', key)
    expect(await taken(channel)).toEqual(['b', 'a'])
  })

  it('knows nothing of what was purged, or of an earlier queue of its name', async () => {
    const before = await deduplicatedQueue()
    for (const key of ['a', 'b']) await publish(before, '', key)
    await before.call('queue.purge', { queue: 'q' })
    await publish(before, '', 'b')
    await broker.restart()
    const after = await broker.confirmChannel()
    for (const key of ['a', 'b']) await publish(after, '', key)
    expect(await taken(after)).toEqual(['b', 'a'])
    await publish(after, '', 'c')
    await after.call('queue.delete', { queue: 'q' })
    await deduplicatedQueue()
    await broker.restart()
    const last = await broker.confirmChannel()
    await publish(last, '', 'c')
    expect(await taken(last)).toEqual(['c'])
  })

  it('remembers ten thousand of them', async () => {
    const before = await deduplicatedQueue()
    const publishAll = async (channel: WireChannel) => {
      for (let key = 0; key < 10_000; key++) {
        const headers = { 'x-deduplication-header': key }
        channel.publish({ routingKey: 'q' }, 'm', { deliveryMode: 2, headers })
      }
      for (let confirmed = 0; confirmed < 10_000; )
        confirmed = Number((await channel.expect('basic.ack')).deliveryTag)
    }
    await publishAll(before)
    await broker.restart()
    const channel = await broker.confirmChannel()
    await publishAll(channel)
    expect((await channel.call('queue.declare', { queue: 'q', passive: true })).messageCount).toBe(10_000)
  }, 20_000)
})
