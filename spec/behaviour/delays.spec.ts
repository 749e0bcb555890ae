/** Delayed messages across restarts: what was persistent is released when it would have been, or at once when that is over. */
import { eventually } from '../../conformance/support/eventually'
import type { Properties } from '../../conformance/support/methods'
import type { WireChannel } from '../../conformance/support/wire-channel'
import { numbered, restartingBroker } from './restarts'

const broker = restartingBroker()

async function declared(durable = true): Promise<WireChannel> {
  const channel = await broker.confirmChannel()
  const args = { 'x-delayed-type': 'direct' }
  await channel.call('exchange.declare', {
    exchange: 'later',
    type: 'x-delayed-message',
    durable,
    arguments: args,
  })
  await channel.call('queue.declare', { queue: 'q', durable: true })
  await channel.call('queue.bind', { queue: 'q', exchange: 'later', routingKey: 'key' })
  return channel
}

async function publishAll(
  channel: WireChannel,
  delays: readonly [body: string, delay: number][],
  more: Properties = {},
) {
  for (const [body, delay] of delays) {
    const properties = { deliveryMode: 2, ...more, headers: { 'x-delay': delay } }
    channel.publish({ exchange: 'later', routingKey: 'key' }, body, properties)
  }
  for (let confirmed = 0; confirmed < delays.length; ) {
    const { deliveryTag, multiple } = await channel.expect('basic.ack')
    confirmed = multiple ? Number(deliveryTag) : confirmed + 1
  }
}

async function countIn(channel: WireChannel, queue: string): Promise<number> {
  return Number((await channel.call('queue.declare', { queue, passive: true })).messageCount)
}

async function bodiesIn(channel: WireChannel): Promise<string[]> {
  const bodies: string[] = []
  for (let got = await channel.get('q', true); got !== undefined; got = await channel.get('q', true))
    bodies.push(got.body.toString())
  return bodies
}

describe('delayed messages that are persistent', () => {
  it('wait on after a restart, are counted, and can be cancelled', async () => {
    await publishAll(await declared(), [
      ['a', 3_600_000],
      ['b', 7_200_000],
    ])
    await broker.restart()
    const channel = await broker.channel()
    expect(await countIn(channel, 'amq.delayed.later')).toBe(2)
    expect(await countIn(channel, 'q')).toBe(0)
    expect(await channel.call('queue.purge', { queue: 'amq.delayed.later' })).toEqual({ messageCount: 2 })
    await broker.restart()
    expect(await countIn(await broker.channel(), 'amq.delayed.later')).toBe(0)
  })

  it('are released in the order they are due in, though the broker was down when they were', async () => {
    const delays = numbered(20).map((body, index): [string, number] => [body, 1100 - 50 * index])
    await publishAll(await declared(), delays)
    await broker.stop()
    await new Promise(resolve => setTimeout(resolve, 1200)) // nothing runs that could tell
    await broker.start()
    const channel = await broker.channel()
    await eventually(async () => expect(await countIn(channel, 'q')).toBe(20))
    expect(await bodiesIn(channel)).toEqual(numbered(20).reverse())
    await broker.restart()
    const after = await broker.channel()
    expect(await countIn(after, 'amq.delayed.later')).toBe(0)
    expect(await countIn(after, 'q')).toBe(0)
  })

  it('are released on time after a restart, once and with a negative delay', async () => {
    await publishAll(await declared(), [
      ['late', 3_600_000],
      ['soon', 1000],
    ])
    await broker.restart()
    const channel = await broker.channel()
    await eventually(async () => expect(await countIn(channel, 'q')).toBe(1))
    const got = await channel.get('q')
    expect(got).toMatchObject({ exchange: 'later', routingKey: 'key', redelivered: false })
    expect(got?.properties.headers).toEqual({ 'x-delay': -1000 })
    expect(await countIn(channel, 'amq.delayed.later')).toBe(1)
  })

  it('go with their exchange, also when that is the last thing that happens', async () => {
    const channel = await declared()
    await publishAll(channel, [['a', 500]])
    await channel.call('exchange.delete', { exchange: 'later' })
    await broker.restart()
    const after = await declared()
    expect(await countIn(after, 'amq.delayed.later')).toBe(0)
  })
})

describe('delayed messages that are not persistent, or whose exchange is not durable', () => {
  it('are gone after a restart', async () => {
    await publishAll(await declared(), [['a', 3_600_000]], { deliveryMode: 1 })
    await broker.restart()
    const channel = await broker.channel()
    expect(await countIn(channel, 'amq.delayed.later')).toBe(0)
    await channel.call('exchange.delete', { exchange: 'later' })
    await publishAll(await declared(false), [['b', 3_600_000]])
    await broker.restart()
    expect(await countIn(await declared(false), 'amq.delayed.later')).toBe(0)
  })
})
