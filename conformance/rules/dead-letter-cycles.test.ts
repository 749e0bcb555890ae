/** Dead letters that come back to a queue they died in: by themselves they go round once, by a consumer's hand forever. */
import { useBroker } from '../support/broker'
import { DeadLetters, deathList, reject } from '../support/dead-letters'
import type { Properties, Table } from '../support/methods'

const broker = useBroker()

/** A queue whose dead letters come back to it, while a second queue hears of them, too. */
async function cycle(queueArguments: Table) {
  const dead = await DeadLetters.of(broker, queueArguments)
  const { channel, queue, exchange } = dead
  await channel.call('queue.bind', { queue, exchange })
  return dead
}

describe('a message that comes back to its queue by itself', () => {
  it.each<[reason: string, queueArguments: Table, properties: Properties]>([
    ['expires by x-message-ttl', { 'x-message-ttl': 50 }, {}],
    ['expires by its expiration', {}, { expiration: '50' }],
    ['is too much for x-max-length', { 'x-max-length': 0 }, {}],
    ['is too large for x-max-length-bytes', { 'x-max-length-bytes': 3 }, {}],
  ])('is dropped there, not elsewhere: it %s', async (_, queueArguments, properties) => {
    const dead = await cycle(queueArguments)
    dead.publish('first', properties)
    expect(await dead.bodies(1)).toEqual(['first'])
    dead.publish('second', properties)
    expect(await dead.bodies(1)).toEqual(['second']) // and not 'first' again
    await dead.letters.expectQuiet()
    expect(await dead.channel.counts(dead.queue)).toEqual({ messages: 0, consumers: 0 })
  })

  it('is dropped also after a way through other queues', async () => {
    const channel = await broker.channel()
    const [first, second] = [broker.name('first'), broker.name('second')]
    const observer = await broker.queue(channel)
    const exchange = await broker.exchange(channel, 'fanout')
    const to = (target: string, via = '') => ({
      'x-dead-letter-exchange': via,
      'x-dead-letter-routing-key': target,
      'x-message-ttl': 50,
    })
    await broker.queue(channel, { queue: first, arguments: to(second) })
    await broker.queue(channel, { queue: second, arguments: to(first, exchange) })
    for (const queue of [first, observer]) await channel.call('queue.bind', { queue, exchange })
    channel.publish({ routingKey: first }, 'round')
    await channel.call('basic.consume', { queue: observer, noAck: true })
    expect(deathList(await channel.delivery())).toEqual([`expired ${second} 1`, `expired ${first} 1`])
    channel.publish({ routingKey: first }, 'round again')
    expect((await channel.delivery()).body.toString()).toBe('round again')
    await channel.expectQuiet()
  })
})

describe('a message that a consumer rejects', () => {
  it('comes back to its queue as often as it is rejected', async () => {
    const dead = await cycle({})
    const { channel, queue } = dead
    await channel.call('basic.consume', { queue })
    dead.publish('again')
    for (let count = 0; count <= 3; count++) {
      const delivery = await channel.delivery()
      expect(deathList(delivery)).toEqual(count === 0 ? [] : [`rejected ${queue} ${count}`])
      channel.send('basic.reject', { deliveryTag: delivery.deliveryTag, requeue: false })
    }
  })

  it('comes back through a queue where it waits, as often as it is rejected', async () => {
    const channel = await broker.channel()
    const work = broker.name('work')
    const wait = broker.name('wait')
    const to = (queue: string) => ({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': queue })
    await broker.queue(channel, { queue: work, arguments: to(wait) })
    await broker.queue(channel, { queue: wait, arguments: { ...to(work), 'x-message-ttl': 50 } })
    await channel.call('basic.consume', { queue: work })
    channel.publish({ routingKey: work }, 'work')
    for (let count = 0; count <= 3; count++) {
      const delivery = await channel.delivery()
      expect(deathList(delivery)).toEqual(
        count === 0 ? [] : [`expired ${wait} ${count}`, `rejected ${work} ${count}`],
      )
      channel.send('basic.reject', { deliveryTag: delivery.deliveryTag, requeue: false })
    }
  })

  it('is not protected by an older rejection: from there on it went round by itself', async () => {
    const dead = await cycle({ 'x-message-ttl': 200 })
    const { channel, queue } = dead
    dead.publish('back')
    await reject(channel, queue)
    expect(deathList(await dead.next())).toEqual([`rejected ${queue} 1`])
    expect(deathList(await dead.next())).toEqual([`expired ${queue} 1`, `rejected ${queue} 1`])
    dead.publish('the next')
    expect((await dead.next()).body.toString()).toBe('the next')
    await dead.letters.expectQuiet()
  })
})

describe('the default exchange as dead letter exchange, without a key', () => {
  it('leads a rejected message back to its queue', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { arguments: { 'x-dead-letter-exchange': '' } })
    channel.publish({ routingKey: queue }, 'back')
    await reject(channel, queue)
    await channel.expectCounts(queue, { messages: 1 })
    expect(deathList((await channel.get(queue)) ?? { properties: {} })).toEqual([`rejected ${queue} 1`])
  })

  it('drops an expired message', async () => {
    const channel = await broker.channel()
    const own = { 'x-dead-letter-exchange': '', 'x-message-ttl': 50 }
    const queue = await broker.queue(channel, { arguments: own })
    await channel.call('confirm.select')
    channel.publish({ routingKey: queue }, 'gone')
    await channel.expect('basic.ack')
    await channel.expectCounts(queue, { messages: 0 })
    channel.publish({ routingKey: queue }, 'the next')
    expect(await channel.drain(queue)).toEqual(['the next'])
  })
})

describe('a long chain of queues', () => {
  it('is gone through to its end: fifty queues, each with length 0', async () => {
    const channel = await broker.channel()
    const end = await broker.queue(channel)
    let next = end
    for (let i = 0; i < 50; i++) {
      const own = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': next, 'x-max-length': 0 }
      next = await broker.queue(channel, { arguments: own })
    }
    channel.publish({ routingKey: next }, 'through')
    await channel.expectCounts(end, { messages: 1 })
    const got = await channel.get(end)
    expect(got?.body.toString()).toBe('through')
    expect(deathList(got ?? { properties: {} })).toHaveLength(50)
  })
})
