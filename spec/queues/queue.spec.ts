import { NO_POSITION } from '../../src/queues/entries'
import { FakeConsumer } from '../support/fake-consumer'
import { ManualTurn } from '../support/manual-turn'
import { bodyOf, messageOfSize, messageWith, overwriteChunkOf } from '../support/messages'
import { arrangedQueue, getFrom } from '../support/queues'

const NOW = 0
const persistent = (body: string) => messageWith(body, { persistent: true })

describe('a message that comes to a queue', () => {
  it('is handed over in the bytes it came in, when nothing waits and a consumer has credit', () => {
    const { queue } = arrangedQueue()
    const consumer = new FakeConsumer()
    queue.addConsumer(consumer)
    const message = messageWith('a')
    const seen: unknown[] = []
    consumer.onDelivery = (_, delivered) => seen.push(delivered)
    queue.enqueue(message)
    expect(seen).toEqual([message])
    expect(seen[0]).toBe(message)
    expect([queue.messageCount, queue.unacknowledgedCount]).toEqual([0, 1])
  })

  it('waits when there is no consumer, and is delivered in the turn after one came', () => {
    const { queue, turn } = arrangedQueue()
    const message = messageWith('a')
    queue.enqueue(message)
    overwriteChunkOf(message)
    const consumer = new FakeConsumer()
    queue.addConsumer(consumer)
    expect(consumer.bodies).toEqual([])
    turn.run()
    expect(consumer.bodies).toEqual(['a'])
  })

  it('does not overtake what waits', () => {
    const { queue, turn } = arrangedQueue()
    queue.enqueue(messageWith('first'))
    const consumer = new FakeConsumer()
    queue.addConsumer(consumer)
    queue.enqueue(messageWith('second'))
    expect(consumer.bodies).toEqual([])
    turn.run()
    expect(consumer.bodies).toEqual(['first', 'second'])
  })

  it('does not overtake one that was put back', () => {
    const { queue, turn } = arrangedQueue()
    const consumer = new FakeConsumer({ credit: 2 })
    queue.addConsumer(consumer)
    queue.enqueue(messageWith('first'))
    queue.requeue(consumer.deliveries[0]!.position)
    queue.enqueue(messageWith('second'))
    consumer.credit = 2
    queue.creditReturned()
    turn.run()
    expect(consumer.bodies).toEqual(['first', 'first', 'second'])
  })
})

describe('a delivery to a consumer', () => {
  it('is out until it is settled', () => {
    const { queue } = arrangedQueue()
    const consumer = new FakeConsumer()
    queue.addConsumer(consumer)
    queue.enqueue(messageWith('a'))
    expect(queue.unacknowledgedCount).toBe(1)
    queue.settle(consumer.deliveries[0]!.position)
    expect([queue.messageCount, queue.unacknowledgedCount]).toEqual([0, 0])
    expect(queue.counters).toEqual({ enqueued: 1, delivered: 1, settled: 1, requeued: 0, unacked: 0 })
  })

  it('settles itself when the consumer asked for no acknowledgements, straight away or from the backlog', () => {
    const { queue, turn } = arrangedQueue()
    queue.enqueue(messageWith('waited'))
    const consumer = new FakeConsumer({ noAck: true })
    queue.addConsumer(consumer)
    turn.run()
    queue.enqueue(messageWith('did not wait'))
    expect(consumer.bodies).toEqual(['waited', 'did not wait'])
    expect(queue.unacknowledgedCount).toBe(0)
    expect(queue.counters).toEqual({ enqueued: 2, delivered: 2, settled: 2, requeued: 0, unacked: 0 })
  })

  it('goes to the consumers in turn', () => {
    const { queue, turn } = arrangedQueue()
    const consumers = ['a', 'b', 'c'].map(tag => new FakeConsumer({ tag }))
    for (let i = 0; i < 4; i++) queue.enqueue(messageWith(`${i}`))
    for (const consumer of consumers) queue.addConsumer(consumer)
    turn.run()
    for (let i = 4; i < 7; i++) queue.enqueue(messageWith(`${i}`))
    expect(consumers.map(({ bodies }) => bodies.join(''))).toEqual(['036', '14', '25'])
  })

  it('waits for credit, without asking again and again', () => {
    const { queue, turn } = arrangedQueue()
    const consumer = new FakeConsumer({ credit: 0 })
    queue.addConsumer(consumer)
    for (let i = 0; i < 1000; i++) queue.enqueue(messageWith(`${i}`))
    turn.runAll()
    expect(consumer.timesAsked).toBeLessThan(5)
    consumer.credit = 2
    queue.creditReturned()
    expect(consumer.bodies).toEqual([])
    turn.run()
    expect(consumer.bodies).toEqual(['0', '1'])
  })

  it('costs no turn when credit returns and nothing waits', () => {
    const { queue, turn } = arrangedQueue()
    const marked = jest.spyOn(turn, 'deliver')
    queue.creditReturned()
    expect(marked).not.toHaveBeenCalled()
  })

  it('leaves room for other queues after 4096 in one turn, and goes on in the next', () => {
    const turn = new ManualTurn()
    const [long, short] = [arrangedQueue({}, turn), arrangedQueue({}, turn)]
    for (let i = 0; i < 10_000; i++) long.queue.enqueue(messageWith('a'))
    short.queue.enqueue(messageWith('b'))
    const [busy, other] = [new FakeConsumer(), new FakeConsumer()]
    long.queue.addConsumer(busy)
    short.queue.addConsumer(other)
    const perTurn = [1, 2, 3].map(() => {
      turn.run()
      return [busy.deliveries.length, other.deliveries.length]
    })
    expect(perTurn).toEqual([
      [4096, 1],
      [8192, 1],
      [10_000, 1],
    ])
    expect(turn.runAll()).toBe(1)
  })

  it('marks the queue for the turn once, however often there is cause', () => {
    const { queue, turn } = arrangedQueue()
    const marked = jest.spyOn(turn, 'deliver')
    queue.enqueue(messageWith('a'))
    for (let i = 0; i < 3; i++) queue.addConsumer(new FakeConsumer())
    queue.creditReturned()
    expect(marked).toHaveBeenCalledTimes(1)
  })
})

describe('basic.get', () => {
  it('takes the first message that waits, whether consumers have credit or not', () => {
    const { queue } = arrangedQueue()
    queue.addConsumer(new FakeConsumer({ credit: 0 }))
    for (const body of ['a', 'b']) queue.enqueue(messageWith(body))
    const got = getFrom(queue)!
    expect([bodyOf(got.message), queue.isRedelivered(got.position)]).toEqual(['a', false])
    expect([queue.messageCount, queue.unacknowledgedCount, queue.counters.delivered]).toEqual([1, 1, 1])
  })

  it('finds nothing in an empty queue, and nothing that is out', () => {
    const { queue } = arrangedQueue()
    expect(getFrom(queue)).toBeUndefined()
    queue.enqueue(messageWith('a'))
    getFrom(queue)
    expect(getFrom(queue)).toBeUndefined()
    expect([queue.counters.delivered, queue.unacknowledgedCount]).toEqual([1, 1])
  })
})

describe('a message that is put back', () => {
  it('returns to where it was and is marked as redelivered', () => {
    const { queue, turn } = arrangedQueue()
    for (const body of ['a', 'b', 'c']) queue.enqueue(messageWith(body))
    const [, second] = [getFrom(queue)!, getFrom(queue)!]
    queue.requeue(second.position)
    const consumer = new FakeConsumer()
    queue.addConsumer(consumer)
    turn.run()
    expect(consumer.deliveries.map(({ body, redelivered }) => [body, redelivered])).toEqual([
      ['b', true],
      ['c', false],
    ])
    expect(queue.counters.requeued).toBe(1)
  })

  it('is delivered again in the next turn, not at once', () => {
    const { queue, turn } = arrangedQueue()
    const consumer = new FakeConsumer()
    queue.addConsumer(consumer)
    queue.enqueue(messageWith('a'))
    turn.run()
    queue.requeue(consumer.deliveries[0]!.position)
    expect(consumer.bodies).toEqual(['a'])
    turn.run()
    expect(consumer.deliveries.map(({ redelivered }) => redelivered)).toEqual([false, true])
  })
})

describe('a purge', () => {
  it('drops what waits, put back or not, and leaves what is out', () => {
    const { queue } = arrangedQueue()
    for (const body of ['a', 'b', 'c', 'd']) queue.enqueue(messageWith(body))
    const [first, second] = [getFrom(queue)!, getFrom(queue)!]
    queue.requeue(second.position)
    expect(queue.purge()).toBe(3)
    expect([queue.messageCount, queue.unacknowledgedCount]).toEqual([0, 1])
    expect(queue.purge()).toBe(0)
    queue.requeue(first.position)
    expect(bodyOf(getFrom(queue)!.message)).toBe('a')
  })
})

describe('the ticket of a message', () => {
  it.each([
    ['persistent in a durable queue', true, true, true],
    ['transient in a durable queue', true, false, false],
    ['persistent in a transient queue', false, true, false],
  ])('is that of the batch, or nothing to wait for: %s', (_, durable, isPersistent, isKept) => {
    const { queue, store } = arrangedQueue({ durable })
    const message = () => messageWith('a', { persistent: isPersistent })
    const ticket = isKept ? store.gathering : NOW
    expect([queue.enqueue(message()), queue.enqueue(message())]).toEqual([ticket, ticket])
    const [first, second] = [getFrom(queue)!, getFrom(queue)!]
    store.commit()
    expect([queue.settle(first.position), queue.requeue(second.position)]).toEqual(
      isKept ? [store.gathering, store.gathering] : [NOW, NOW],
    )
    expect(store.calls).toEqual(isKept ? ['append 7/0', 'append 7/1', 'settle 7/0', 'markDelivered 7'] : [])
  })

  it('is there also when a consumer took the message at once: only settling makes it unneeded', () => {
    const { queue, store } = arrangedQueue()
    queue.addConsumer(new FakeConsumer())
    expect(queue.enqueue(persistent('a'))).toBe(store.gathering)
    store.commit()
    expect([...store.kept.values()]).toEqual([expect.stringMatching(/a$/)])
  })

  it('is nothing to wait for when a consumer took it without acknowledgement', () => {
    const { queue, store } = arrangedQueue()
    const consumer = new FakeConsumer({ noAck: true })
    queue.addConsumer(consumer)
    expect(queue.enqueue(persistent('a'))).toBe(NOW)
    expect([consumer.deliveries[0]?.position, store.calls]).toEqual([NO_POSITION, []])
  })

  it('is paid back by noAck deliveries from the backlog, and by a purge', () => {
    const { queue, turn, store } = arrangedQueue()
    for (const body of ['a', 'b']) queue.enqueue(persistent(body))
    store.commit()
    expect(store.kept.size).toBe(2)
    queue.addConsumer(new FakeConsumer({ noAck: true, credit: 1 }))
    turn.run()
    queue.purge()
    expect([store.kept.size, queue.unacknowledgedCount]).toEqual([0, 0])
  })
})

describe('what the store is given', () => {
  it('is the record as it came, until the commit, whatever follows it', () => {
    const { queue, store } = arrangedQueue()
    const parts = { exchange: 'x', routingKey: 'key', properties: Buffer.from('PP') }
    const message = messageWith('body', { ...parts, persistent: true })
    queue.enqueue(message)
    overwriteChunkOf(message)
    for (let i = 0; i < 10_000; i++) queue.enqueue(messageWith('others'))
    store.commit()
    expect(store.kept.get('7/0')).toBe('\x01x\x03keyPPbody')
  })

  it('is the shared record of a large one', () => {
    const { queue, store } = arrangedQueue()
    queue.enqueue(messageOfSize(100_000, { routingKey: 'key', persistent: true }))
    store.commit()
    expect(store.kept.get('7/0')).toBe('\0\x03key\0\0'.padEnd(100_000, 'b'))
  })
})

describe('a queue that is deleted', () => {
  it('cancels its consumers and delivers no more', () => {
    const { queue, turn } = arrangedQueue()
    const consumers = [new FakeConsumer({ priority: 1 }), new FakeConsumer()]
    queue.enqueue(messageWith('a'))
    for (const consumer of consumers) queue.addConsumer(consumer)
    queue.delete()
    turn.run()
    expect(consumers.map(({ isCancelled, bodies }) => [isCancelled, bodies])).toEqual([
      [true, []],
      [true, []],
    ])
    expect([queue.deleted, queue.consumers.count]).toEqual([true, 0])
  })

  it('does nothing any more with what is out', () => {
    const { queue, store } = arrangedQueue()
    for (const body of ['a', 'b']) queue.enqueue(persistent(body))
    const [first, second] = [getFrom(queue)!, getFrom(queue)!]
    queue.delete()
    store.calls.length = 0
    expect([queue.settle(first.position), queue.requeue(second.position)]).toEqual([NOW, NOW])
    expect([store.calls, queue.counters.settled, queue.counters.requeued]).toEqual([[], 0, 0])
  })

  it('is forgotten by the store when it was durable', () => {
    const [durable, transient] = [arrangedQueue(), arrangedQueue({ durable: false })]
    expect(durable.queue.delete()).toBe(durable.store.gathering)
    expect(transient.queue.delete()).toBe(NOW)
    expect([durable.store.calls, transient.store.calls]).toEqual([['removeQueue 7'], []])
  })
})

describe('the last consumer that leaves', () => {
  it('makes an auto-delete queue unused, and no other', () => {
    const [autoDelete, lasting] = [arrangedQueue({ autoDelete: true }), arrangedQueue()]
    for (const { queue, unused } of [autoDelete, lasting]) {
      const consumers = [new FakeConsumer(), new FakeConsumer()]
      for (const consumer of consumers) queue.addConsumer(consumer)
      queue.removeConsumer(consumers[0]!)
      expect(unused).toEqual([])
      queue.removeConsumer(consumers[1]!)
    }
    expect([autoDelete.unused, lasting.unused]).toEqual([[autoDelete.queue], []])
  })

  it('is none that was never there', () => {
    const { queue, unused } = arrangedQueue({ autoDelete: true })
    queue.removeConsumer(new FakeConsumer())
    expect(unused).toEqual([])
  })

  it('says nothing when the queue cancelled it', () => {
    const { queue, unused } = arrangedQueue({ autoDelete: true })
    const consumer = new FakeConsumer()
    queue.addConsumer(consumer)
    queue.delete()
    queue.removeConsumer(consumer)
    expect(unused).toEqual([])
  })
})
