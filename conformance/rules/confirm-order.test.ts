/** The answers to a publisher in confirm mode: each message has one, after its basic.return, and nacks name the right ones. */
import { useBroker } from '../support/broker'
import { DeadLetters } from '../support/dead-letters'
import type { Table } from '../support/methods'
import type { WireChannel } from '../support/wire-channel'

const broker = useBroker()

const full = { 'x-max-length': 0, 'x-overflow': 'reject-publish' }

async function confirming(): Promise<WireChannel> {
  const channel = await broker.channel()
  await channel.call('confirm.select')
  return channel
}

/** Reads answers until each of `count` messages has one: those that were acknowledged and those that were not. */
async function answers(channel: WireChannel, count: number) {
  const open = new Set(Array.from({ length: count }, (_, i) => i + 1))
  const told = { ack: [] as number[], nack: [] as number[] }
  while (open.size > 0) {
    const { answer, deliveryTag, multiple } = await channel.confirmation()
    const tags = multiple ? [...open].filter(tag => tag <= deliveryTag) : [deliveryTag]
    expect(tags.length).toBeGreaterThan(0)
    for (const tag of tags) expect(open.delete(tag)).toBe(true)
    told[answer].push(...tags)
  }
  const ascending = (tags: number[]) => tags.sort((a, b) => a - b)
  return { ack: ascending(told.ack), nack: ascending(told.nack) }
}

describe('a publisher in confirm mode', () => {
  it('is answered for every message once, and told exactly which were refused', async () => {
    const channel = await confirming()
    const refusing = await broker.queue(channel, { arguments: full })
    const open = await broker.queue(channel)
    const keys = [open, refusing, open, broker.name('nowhere'), refusing]
    const expected = { ack: [] as number[], nack: [] as number[] }
    for (let tag = 1; tag <= 500; tag++) {
      const routingKey = keys[tag % keys.length] ?? open
      channel.publish({ routingKey }, `${tag}`)
      expected[routingKey === refusing ? 'nack' : 'ack'].push(tag)
    }
    expect(await answers(channel, 500)).toEqual(expected)
    await channel.expectQuiet()
  })

  it('is answered likewise when persistent messages to durable queues are among them', async () => {
    const channel = await confirming()
    const durable = { durable: true, exclusive: false }
    const refusing = await broker.queue(channel, { ...durable, arguments: full })
    const open = await broker.queue(channel, durable)
    const expected = { ack: [] as number[], nack: [] as number[] }
    for (let tag = 1; tag <= 200; tag++) {
      const refused = tag % 3 === 0
      channel.publish({ routingKey: refused ? refusing : open }, `${tag}`, { deliveryMode: 1 + (tag % 2) })
      expected[refused ? 'nack' : 'ack'].push(tag)
    }
    expect(await answers(channel, 200)).toEqual(expected)
  })

  it('is given back a message without a route before its ack, between messages that are refused', async () => {
    const channel = await confirming()
    const refusing = await broker.queue(channel, { arguments: full })
    const nowhere = broker.name('nowhere')
    const heard: string[] = []
    for (const routingKey of [refusing, nowhere, refusing, nowhere]) {
      channel.publish({ routingKey, mandatory: true })
      if (routingKey === nowhere) heard.push(`returned ${(await channel.returned()).replyText}`)
      const { answer, deliveryTag } = await channel.confirmation()
      heard.push(`${answer} ${deliveryTag}`)
    }
    expect(heard).toEqual(['nack 1', 'returned NO_ROUTE', 'ack 2', 'nack 3', 'returned NO_ROUTE', 'ack 4'])
  })

  it('is not given back a mandatory message that is refused', async () => {
    const channel = await confirming()
    const refusing = await broker.queue(channel, { arguments: full })
    channel.publish({ routingKey: refusing, mandatory: true })
    expect(await channel.confirmation()).toMatchObject({ answer: 'nack', deliveryTag: 1 })
    await channel.expectQuiet()
  })

  it('hears one nack of a message that several queues refuse', async () => {
    const channel = await confirming()
    const exchange = await broker.exchange(channel, 'fanout')
    for (let i = 0; i < 3; i++) {
      const queue = await broker.queue(channel, { arguments: full })
      await channel.call('queue.bind', { queue, exchange })
    }
    channel.publish({ exchange })
    expect(await channel.confirmation()).toMatchObject({ answer: 'nack', deliveryTag: 1 })
    await channel.expectQuiet()
  })

  it('hears of a queue that refuses behind an alternate exchange', async () => {
    const channel = await confirming()
    const alternate = await broker.exchange(channel, 'fanout')
    const exchange = await broker.exchange(channel, 'direct', {
      arguments: { 'alternate-exchange': alternate },
    })
    const queue = await broker.queue(channel, { arguments: full })
    await channel.call('queue.bind', { queue, exchange: alternate })
    channel.publish({ exchange, routingKey: 'unknown', mandatory: true })
    expect((await channel.confirmation()).answer).toBe('nack')
  })

  it('does not hear of a queue that refuses a dead letter', async () => {
    const channel = await confirming()
    const refusing = await broker.queue(channel, { arguments: full })
    const own = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': refusing, 'x-max-length': 0 }
    const queue = await broker.queue(channel, { arguments: own })
    channel.publish({ routingKey: queue })
    expect(await channel.confirmation()).toMatchObject({ answer: 'ack', deliveryTag: 1 })
    await channel.expectQuiet()
  })

  it('gets its ack, whatever becomes of the message: it may be dead-lettered before', async () => {
    const dead = await DeadLetters.of(broker, { 'x-message-ttl': 0 })
    await dead.channel.call('confirm.select')
    dead.publish('dead')
    expect(await dead.channel.confirmation()).toMatchObject({ answer: 'ack', deliveryTag: 1 })
    expect(await dead.bodies(1)).toEqual(['dead'])
  })

  it.each<[what: string, queueArguments: Table]>([
    ['that may expire', { 'x-message-ttl': 60_000, 'x-expires': 600_000 }],
    ['with priorities', { 'x-max-priority': 5 }],
    ['with a length that is not reached', { 'x-max-length': 1000, 'x-overflow': 'reject-publish' }],
    ['with a length that is', { 'x-max-length': 10, 'x-dead-letter-exchange': 'amq.fanout' }],
    ['with a single active consumer', { 'x-single-active-consumer': true }],
  ])('gets acks from a queue %s', async (_, queueArguments) => {
    const channel = await confirming()
    const queue = await broker.queue(channel, { arguments: queueArguments })
    for (let tag = 1; tag <= 100; tag++) channel.publish({ routingKey: queue }, `${tag}`)
    expect((await answers(channel, 100)).nack).toEqual([])
  })
})
