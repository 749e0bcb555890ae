/** What queues do by themselves, if their arguments say so: retry after a while, rank, keep short, serve one worker. */
import type { Message } from '../adapter'
import { Inbox, numbers, type Stage } from '../stage'

export function describeQueues(stage: Stage): void {
  describe('a queue', () => {
    deadLetters(stage)
    limits(stage)
    ranks(stage)
  })
}

/** How often a message failed, as programs find it out. */
function failuresOf({ properties }: Message): number {
  const deaths = (properties.headers?.['x-death'] ?? []) as { reason: string; count: number }[]
  return deaths.find(({ reason }) => reason === 'rejected')?.count ?? 0
}

function deadLetters({ broker, channel }: Stage): void {
  it('has work that failed come back after a while, until the worker has had enough of it', async () => {
    const worker = await channel()
    const [work, wait, failed] = [broker.name('work'), broker.name('wait'), broker.name('failed')]
    const to = (queue: string) => ({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': queue })
    await worker.declareQueue(work, { arguments: to(wait) })
    await worker.declareQueue(wait, { arguments: { ...to(work), 'x-message-ttl': 50 } })
    await worker.declareQueue(failed)
    const parked = await Inbox.on(await channel(), failed, { noAck: true })
    const attempts: number[] = []
    await worker.consume(work, {}, message => {
      const failures = failuresOf(message)
      attempts.push(failures)
      if (failures < 3) return void worker.nack(message.deliveryTag, false)
      void worker.publish({ routingKey: failed, body: message.body })
      void worker.ack(message.deliveryTag)
    })
    await worker.publish({ routingKey: work, body: 'hopeless', properties: { messageId: 'id' } })
    await parked.holds(1)
    expect(parked.bodies).toEqual(['hopeless'])
    expect(attempts).toEqual([0, 1, 2, 3])
  })

  it('delays a message by its expiration', async () => {
    const publisher = await channel()
    const [delay, due] = [broker.name('delay'), broker.name('due')]
    const own = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': due }
    await publisher.declareQueue(delay, { arguments: own })
    await publisher.declareQueue(due)
    const inbox = await Inbox.on(publisher, due, { noAck: true })
    const start = performance.now()
    await publisher.publish({ routingKey: delay, body: 'later', properties: { expiration: '100' } })
    const [message] = await inbox.holds(1)
    expect(performance.now() - start).toBeGreaterThanOrEqual(99)
    expect(message).toMatchObject({ body: Buffer.from('later'), exchange: '', routingKey: due })
  })
}

function limits({ broker, channel }: Stage): void {
  it('keeps only the latest messages', async () => {
    const publisher = await channel()
    const queue = broker.name('latest')
    await publisher.declareQueue(queue, { arguments: { 'x-max-length': 3 } })
    await publisher.confirm()
    for (const body of numbers(10)) await publisher.publish({ routingKey: queue, body })
    const inbox = await Inbox.on(await channel(), queue, { noAck: true })
    await inbox.holds(3)
    expect(inbox.bodies).toEqual(['7', '8', '9'])
  })

  it('refuses what is too much, and keeps what it has', async () => {
    const publisher = await channel()
    const queue = broker.name('full')
    const own = { 'x-max-length': 1, 'x-overflow': 'reject-publish' }
    await publisher.declareQueue(queue, { arguments: own })
    await publisher.confirm()
    await publisher.publish({ routingKey: queue, body: 'taken' })
    const refused = publisher.publish({ routingKey: queue, body: 'refused' })
    await refused.catch(() => {}) // most libraries reject, not all tell
    const inbox = await Inbox.on(await channel(), queue, { noAck: true })
    await inbox.holds(1)
    expect(inbox.bodies).toEqual(['taken'])
  })
}

function ranks({ broker, channel }: Stage): void {
  it('gives out the most important messages first', async () => {
    const publisher = await channel()
    const queue = broker.name('ranked')
    await publisher.declareQueue(queue, { arguments: { 'x-max-priority': 10 } })
    await publisher.confirm()
    for (const priority of [1, 9, 5, 9, 0]) {
      await publisher.publish({ routingKey: queue, body: `${priority}`, properties: { priority } })
    }
    const inbox = await Inbox.on(await channel(), queue, { noAck: true })
    await inbox.holds(5)
    expect(inbox.bodies).toEqual(['9', '9', '5', '1', '0'])
  })

  it('serves one worker at a time, and the next when that one leaves', async () => {
    const publisher = await channel()
    const queue = broker.name('single')
    await publisher.declareQueue(queue, { arguments: { 'x-single-active-consumer': true } })
    const worker = await channel()
    const first = await Inbox.on(worker, queue, { noAck: true })
    const second = await Inbox.on(await channel(), queue, { noAck: true })
    for (const body of ['1', '2']) await publisher.publish({ routingKey: queue, body })
    await first.holds(2)
    await worker.cancel(first.consumerTag)
    await publisher.publish({ routingKey: queue, body: '3' })
    await second.holds(1)
    expect(second.bodies).toEqual(['3'])
  })
}
