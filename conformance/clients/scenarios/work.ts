/** Work queues: sharing, fairness, redelivery, consumers that come and go. */
import { Inbox, numbers, type Stage } from '../stage'

export function describeWork(stage: Stage): void {
  describe('a work queue', () => {
    sharing(stage)
    redelivery(stage)
    consumers(stage)
  })
}

function sharing({ broker, channel }: Stage): void {
  it('is shared by its workers, and empty when all is acknowledged', async () => {
    const publisher = await channel()
    const queue = broker.name('work')
    await publisher.declareQueue(queue, { durable: true })
    const workers = [await channel(), await channel()]
    const inboxes = []
    for (const worker of workers) {
      await worker.prefetch(10)
      inboxes.push(await Inbox.on(worker, queue))
    }
    for (const body of numbers(20))
      await publisher.publish({ routingKey: queue, body, properties: { persistent: true } })
    for (const inbox of inboxes) await inbox.holds(10)
    expect(inboxes.flatMap(inbox => inbox.bodies).sort()).toEqual(numbers(20).sort())
    for (const worker of workers) await worker.ack(10, true)
    for (const worker of workers) await worker.close()
    expect(await publisher.declareQueue(queue, { passive: true })).toMatchObject({
      messageCount: 0,
      consumerCount: 0,
    })
  })

  it('gives a slow worker no more than its prefetch', async () => {
    const publisher = await channel()
    const queue = broker.name('work')
    await publisher.declareQueue(queue)
    const slow = await channel()
    await slow.prefetch(1)
    const slowInbox = await Inbox.on(slow, queue)
    const fast = await channel()
    const fastInbox = await Inbox.on(fast, queue, { noAck: true })
    for (const body of numbers(10)) await publisher.publish({ routingKey: queue, body })
    await fastInbox.holds(9)
    await slowInbox.holds(1)
  })

  it('keeps the order of its messages', async () => {
    const publisher = await channel()
    const queue = broker.name('work')
    await publisher.declareQueue(queue)
    const inbox = await Inbox.on(await channel(), queue, { noAck: true })
    for (const body of numbers(500)) await publisher.publish({ routingKey: queue, body })
    await inbox.holds(500)
    expect(inbox.bodies).toEqual(numbers(500))
  })
}

function redelivery({ broker, channel, connect }: Stage): void {
  it('gives to another worker what the first had not acknowledged when it left', async () => {
    const publisher = await channel()
    const queue = broker.name('work')
    await publisher.declareQueue(queue)
    for (const body of numbers(3)) await publisher.publish({ routingKey: queue, body })
    const leaving = await connect()
    const first = await leaving.channel()
    const firstInbox = await Inbox.on(first, queue)
    const [message] = await firstInbox.holds(3)
    await first.ack(message?.deliveryTag ?? 0)
    await first.declareQueue(queue, { passive: true }) // by then the ack has left, which not every library's close waits for
    await leaving.close()
    const second = await Inbox.on(await channel(), queue)
    const messages = await second.holds(2)
    expect(second.bodies).toEqual(['1', '2'])
    expect(messages.map(({ redelivered }) => redelivered)).toEqual([true, true])
  })

  it('takes back what a worker refuses, or drops it', async () => {
    const worker = await channel()
    const queue = broker.name('work')
    await worker.declareQueue(queue)
    for (const body of ['again', 'never']) await worker.publish({ routingKey: queue, body })
    const inbox = await Inbox.on(worker, queue)
    const [again, never] = await inbox.holds(2)
    await worker.nack(never?.deliveryTag ?? 0, false)
    await worker.nack(again?.deliveryTag ?? 0, true)
    const messages = await inbox.holds(3)
    expect(messages[2]).toMatchObject({ redelivered: true, body: Buffer.from('again') })
  })

  it('can be asked for single messages', async () => {
    const worker = await channel()
    const queue = broker.name('work')
    await worker.declareQueue(queue)
    expect(await worker.get(queue)).toBeUndefined()
    await worker.confirm()
    for (const body of ['one', 'two']) await worker.publish({ routingKey: queue, body })
    const one = await worker.get(queue)
    expect(one).toMatchObject({
      body: Buffer.from('one'),
      routingKey: queue,
      exchange: '',
      redelivered: false,
    })
    await worker.ack(one?.deliveryTag ?? 0)
    expect(await worker.get(queue, true)).toMatchObject({ body: Buffer.from('two') })
    expect(await worker.get(queue)).toBeUndefined()
  })

  it('can be purged', async () => {
    const worker = await channel()
    const queue = broker.name('work')
    await worker.declareQueue(queue)
    await worker.confirm()
    for (const body of numbers(3)) await worker.publish({ routingKey: queue, body })
    expect(await worker.purgeQueue(queue)).toBe(3)
  })
}

function consumers({ broker, channel, connect }: Stage): void {
  it('stops giving to a worker that cancels', async () => {
    const worker = await channel()
    const queue = broker.name('work')
    await worker.declareQueue(queue)
    const inbox = await Inbox.on(worker, queue, { noAck: true })
    await worker.publish({ routingKey: queue, body: 'before' })
    await inbox.holds(1)
    await worker.cancel(inbox.consumerTag)
    await worker.confirm()
    await worker.publish({ routingKey: queue, body: 'after' })
    expect(await worker.get(queue, true)).toMatchObject({ body: Buffer.from('after') })
    await inbox.holds(1)
  })

  it('gives to the worker with the highest priority first', async () => {
    const worker = await channel()
    const queue = broker.name('work')
    await worker.declareQueue(queue)
    await worker.prefetch(2)
    const low = await Inbox.on(worker, queue, { arguments: { 'x-priority': 1 } })
    const high = await Inbox.on(worker, queue, { arguments: { 'x-priority': 10 } })
    for (const body of numbers(3)) await worker.publish({ routingKey: queue, body })
    await low.holds(1)
    await high.holds(2)
    expect(high.bodies).toEqual(['0', '1'])
  })

  it('takes a consumer tag, or chooses one', async () => {
    const worker = await channel()
    const queue = broker.name('work')
    await worker.declareQueue(queue)
    const named = await Inbox.on(worker, queue, { consumerTag: 'my-tag' })
    expect(named.consumerTag).toBe('my-tag')
    const unnamed = await Inbox.on(worker, queue)
    expect(unnamed.consumerTag).not.toBe('')
  })

  it('serves many channels of one connection', async () => {
    const publisher = await channel()
    const queue = broker.name('work')
    await publisher.declareQueue(queue)
    const connection = await connect()
    const channels = await Promise.all(numbers(20).map(() => connection.channel()))
    const inboxes = await Promise.all(channels.map(each => Inbox.on(each, queue, { noAck: true })))
    for (const body of numbers(40)) await publisher.publish({ routingKey: queue, body })
    for (const inbox of inboxes) await inbox.holds(2)
  })
}
