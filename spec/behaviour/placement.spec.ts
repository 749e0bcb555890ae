/** Where hashing exchanges send a message across a restart: to the queue it went to before. */
import type { WireChannel } from '../../conformance/support/wire-channel'
import { numbered, restartingBroker } from './restarts'

const broker = restartingBroker()
const keys = numbered(60)

/** Names whose order is not that of their bindings. */
const queues = ['mole', 'adder', 'zander', 'bat', 'lynx']

async function bindAll(channel: WireChannel, type: string): Promise<void> {
  await channel.call('exchange.declare', { exchange: 'x', type, durable: true })
  for (const [index, queue] of queues.entries()) {
    await channel.call('queue.declare', { queue, durable: true })
    await channel.call('queue.bind', { queue, exchange: 'x', routingKey: String(1 + (index % 3)) })
  }
}

/** Which keys each queue gets. */
async function placement(channel: WireChannel): Promise<Record<string, string[]>> {
  for (const routingKey of keys) channel.publish({ exchange: 'x', routingKey }, routingKey)
  await channel.sync()
  const placed: Record<string, string[]> = {}
  for (const queue of queues) placed[queue] = await channel.drain(queue)
  return placed
}

describe.each(['x-consistent-hash', 'x-modulus-hash'])('an exchange of type %s', type => {
  it('sends a message where it went before a restart', async () => {
    const channel = await broker.channel()
    await bindAll(channel, type)
    const before = await placement(channel)
    expect(Object.values(before).flat()).toHaveLength(keys.length)
    await broker.restart()
    expect(await placement(await broker.channel())).toEqual(before)
  })

  it('does so after bindings that went and came again, each to the end', async () => {
    const channel = await broker.channel()
    await bindAll(channel, type)
    await channel.call('queue.unbind', { queue: 'adder', exchange: 'x', routingKey: '2' })
    await channel.call('queue.bind', { queue: 'adder', exchange: 'x', routingKey: '2' })
    await channel.call('queue.bind', { queue: 'mole', exchange: 'x', routingKey: '5' })
    await channel.call('queue.unbind', { queue: 'mole', exchange: 'x', routingKey: '1' })
    const before = await placement(channel)
    await broker.restart()
    expect(await placement(await broker.channel())).toEqual(before)
  })
})

it('forgets what a recent history exchange remembers, as RabbitMQ 3 does', async () => {
  const before = await broker.channel()
  await before.call('exchange.declare', { exchange: 'x', type: 'x-recent-history', durable: true })
  before.publish({ exchange: 'x' }, 'past', { deliveryMode: 2 })
  await before.sync()
  await broker.restart()
  const after = await broker.channel()
  await after.call('queue.declare', { queue: 'q' })
  await after.call('queue.bind', { queue: 'q', exchange: 'x' })
  expect(await after.drain('q')).toEqual([])
  after.publish({ exchange: 'x' }, 'present')
  await after.sync()
  expect(await after.drain('q')).toEqual(['present'])
})
