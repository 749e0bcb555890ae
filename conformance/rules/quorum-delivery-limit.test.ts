/** Quorum queues: x-delivery-count, and x-delivery-limit, after which a message is dead-lettered or dropped. */
import { useBroker } from '../support/broker'
import { DeadLetters, deathList, deathsOf } from '../support/dead-letters'
import type { Table } from '../support/methods'
import { typedHeaders } from '../support/typed-headers'
import { isVersion3 } from '../support/version'
import type { Delivery, WireChannel } from '../support/wire-channel'

const broker = useBroker()

const quorum = { 'x-queue-type': 'quorum' }

async function quorumQueue(own: Table = {}): Promise<{ channel: WireChannel; queue: string }> {
  const channel = await broker.channel()
  const fields = { durable: true, exclusive: false, arguments: { ...quorum, ...own } }
  return { channel, queue: await broker.queue(channel, fields) }
}

function deadLetters(own: Table): Promise<DeadLetters> {
  return DeadLetters.of(broker, { ...quorum, ...own }, { durable: true, exclusive: false })
}

const countOf = (delivery: Delivery) => delivery.properties.headers?.['x-delivery-count']

/** Consumes, and gives each delivery back as often as it takes to have `count` of them, which it returns. */
async function returnedAgain(channel: WireChannel, queue: string, count: number): Promise<Delivery[]> {
  await channel.call('basic.consume', { queue })
  const deliveries: Delivery[] = []
  for (;;) {
    const delivery = await channel.delivery()
    deliveries.push(delivery)
    if (deliveries.length === count) return deliveries
    giveBack(channel, delivery)
  }
}

function giveBack(channel: WireChannel, { deliveryTag }: { deliveryTag: number }): void {
  channel.send('basic.nack', { deliveryTag, requeue: true })
}

describe('x-delivery-count', () => {
  it('is not there the first time, and then counts the deliveries before', async () => {
    const { channel, queue } = await quorumQueue()
    channel.publish({ routingKey: queue }, 'again')
    const deliveries = await returnedAgain(channel, queue, 4)
    expect(deliveries.map(countOf)).toEqual([undefined, 1, 2, 3])
    expect(deliveries.map(({ redelivered }) => redelivered)).toEqual([false, true, true, true])
  })

  it('is a long among the other headers', async () => {
    const { channel, queue } = await quorumQueue()
    channel.publish({ routingKey: queue }, 'again', { headers: { own: 'kept' } })
    const [, second] = await returnedAgain(channel, queue, 2)
    const headers = typedHeaders(second?.propertyBytes ?? Buffer.of())
    expect(headers).toHaveLength(2)
    expect(headers).toContainEqual(['own', 'S', 'kept'])
    expect(headers).toContainEqual(['x-delivery-count', 'l', 1])
  })

  it('counts also what comes back because its channel was closed', async () => {
    const { channel, queue } = await quorumQueue()
    channel.publish({ routingKey: queue }, 'again')
    const other = await channel.wire.channel(2)
    await other.call('basic.consume', { queue })
    await other.delivery()
    await other.close()
    await channel.call('basic.consume', { queue })
    expect(countOf(await channel.delivery())).toBe(1)
  })

  it('is told by basic.get, too', async () => {
    const { channel, queue } = await quorumQueue()
    await channel.call('confirm.select')
    channel.publish({ routingKey: queue }, 'again')
    await channel.expect('basic.ack')
    const got = await channel.get(queue)
    channel.send('basic.nack', { deliveryTag: got?.deliveryTag ?? 0, requeue: true })
    await channel.expectCounts(queue, { messages: 1 })
    expect((await channel.get(queue))?.properties.headers).toEqual({ 'x-delivery-count': 1 })
  })

  it('is nothing that a classic queue tells', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: queue }, 'again')
    const deliveries = await returnedAgain(channel, queue, 3)
    expect(deliveries.map(countOf)).toEqual([undefined, undefined, undefined])
  })
})

describe('a message that comes back more often than x-delivery-limit', () => {
  it('is dead-lettered, for the reason delivery_limit', async () => {
    const dead = await deadLetters({ 'x-delivery-limit': 2 })
    const { channel, queue } = dead
    dead.publish('poison', { messageId: 'id' })
    const deliveries = await returnedAgain(channel, queue, 3)
    for (const delivery of deliveries.slice(-1)) giveBack(channel, delivery)
    const letter = await dead.next()
    expect(letter).toMatchObject({ body: Buffer.from('poison'), properties: { messageId: 'id' } })
    expect(deathList(letter)).toEqual([`delivery_limit ${queue} 1`])
    expect(deathsOf(letter)).toMatchObject([{ exchange: '', 'routing-keys': [queue] }])
    expect(letter.properties.headers).toMatchObject({ 'x-first-death-reason': 'delivery_limit' })
    await channel.expectCounts(queue, { messages: 0 })
  })

  it('is dropped without a dead letter exchange', async () => {
    const { channel, queue } = await quorumQueue({ 'x-delivery-limit': 1 })
    for (const body of ['poison', 'next']) channel.publish({ routingKey: queue }, body)
    await channel.call('basic.qos', { prefetchCount: 1 })
    const deliveries = await returnedAgain(channel, queue, 3)
    expect(deliveries.map(({ body }) => body.toString())).toEqual(['poison', 'poison', 'next'])
  })

  it('is not delivered a second time, if the limit is 0', async () => {
    const dead = await deadLetters({ 'x-delivery-limit': 0 })
    dead.publish('once')
    giveBack(dead.channel, (await returnedAgain(dead.channel, dead.queue, 1))[0] as Delivery)
    expect(deathList(await dead.next())).toEqual([`delivery_limit ${dead.queue} 1`])
  })

  it('is dead-lettered also when it comes back because its channels were closed', async () => {
    const dead = await deadLetters({ 'x-delivery-limit': 1 })
    dead.publish('crash')
    for (const number of [3, 4]) {
      const other = await dead.channel.wire.channel(number)
      await other.call('basic.consume', { queue: dead.queue })
      await other.delivery()
      await other.close()
    }
    expect(deathList(await dead.next())).toEqual([`delivery_limit ${dead.queue} 1`])
  })

  it('is dead-lettered alone: those delivered with it are not', async () => {
    const dead = await deadLetters({ 'x-delivery-limit': 0 })
    const { channel, queue } = dead
    for (const body of ['1', '2', '3']) dead.publish(body)
    await channel.call('basic.consume', { queue })
    const deliveries = await channel.deliveries(3)
    giveBack(channel, deliveries[1] as Delivery)
    expect(await dead.bodies(1)).toEqual(['2'])
    channel.send('basic.ack', { deliveryTag: 0, multiple: true })
    await channel.sync()
    await dead.letters.expectQuiet()
  })

  it('is dead-lettered as rejected, if that comes first', async () => {
    const dead = await deadLetters({ 'x-delivery-limit': 5 })
    dead.publish('rejected')
    const [, second] = await returnedAgain(dead.channel, dead.queue, 2)
    dead.channel.send('basic.reject', { deliveryTag: second?.deliveryTag ?? 0, requeue: false })
    expect(deathList(await dead.next())).toEqual([`rejected ${dead.queue} 1`])
  })
})

describe('a quorum queue without x-delivery-limit', () => {
  if (isVersion3) {
    it('has none: a message may come back for ever', async () => {
      const { channel, queue } = await quorumQueue()
      channel.publish({ routingKey: queue }, 'again')
      expect(countOf((await returnedAgain(channel, queue, 30)).at(-1) as Delivery)).toBe(29)
    })
    return
  }

  it('has one of 20', async () => {
    const dead = await deadLetters({})
    dead.publish('poison')
    const deliveries = await returnedAgain(dead.channel, dead.queue, 21)
    giveBack(dead.channel, deliveries[20] as Delivery)
    expect(deathList(await dead.next())).toEqual([`delivery_limit ${dead.queue} 1`])
  })

  it('has none with x-delivery-limit of -1', async () => {
    const { channel, queue } = await quorumQueue({ 'x-delivery-limit': -1 })
    channel.publish({ routingKey: queue }, 'again')
    expect(countOf((await returnedAgain(channel, queue, 30)).at(-1) as Delivery)).toBe(29)
  })
})

describe('a quorum queue', () => {
  it.each<[reason: string, queueArguments: Table]>([
    ['expired', { 'x-message-ttl': 50 }],
    ['maxlen', { 'x-max-length': 0 }],
  ])('dead-letters for the reason %s, too', async (reason, queueArguments) => {
    const dead = await deadLetters(queueArguments)
    dead.publish('dead')
    expect(deathList(await dead.next())).toEqual([`${reason} ${dead.queue} 1`])
  })

  it('dead-letters with x-dead-letter-strategy at-least-once, too', async () => {
    const own = { 'x-dead-letter-strategy': 'at-least-once', 'x-overflow': 'reject-publish' }
    const dead = await deadLetters(own)
    expect(deathList(await dead.ofRejected({ deliveryMode: 2 }))).toEqual([`rejected ${dead.queue} 1`])
    expect(await dead.channel.get(dead.queue)).toBeUndefined()
  })

  it('may have a single active consumer, and the next takes over', async () => {
    const { channel, queue } = await quorumQueue({ 'x-single-active-consumer': true })
    const consumers = [await channel.wire.channel(2), await channel.wire.channel(3)] as const
    for (const consumer of consumers) await consumer.call('basic.consume', { queue })
    channel.publish({ routingKey: queue }, '1')
    await consumers[0].delivery()
    await consumers[1].expectQuiet()
    await consumers[0].close()
    expect(await consumers[1].delivery()).toMatchObject({ redelivered: true, body: Buffer.from('1') })
  })

  it('with a single active consumer does not allow basic.get', async () => {
    const { channel, queue } = await quorumQueue({ 'x-single-active-consumer': true })
    channel.send('basic.get', { queue })
    const text = `RESOURCE_LOCKED - cannot obtain access to locked ${broker.queueText(queue)}. basic.get operations are not supported by quorum queues with single active consumer`
    await channel.expectClose(405, text, 'basic.get')
  })
})
