/** What a queue's rules do at their edges, and what a million entries cost under them. */
import { encodeProperties } from '../../src/amqp/properties'
import type { Message } from '../../src/message'
import { Message as View } from '../../src/message'
import { NOT_LOADED } from '../../src/queues/entries'
import { REFUSED } from '../../src/queues/queue'
import { FakeConsumer } from '../support/fake-consumer'
import { heldBytes, MIB } from '../support/held-bytes'
import { bodyOf, messageWith } from '../support/messages'
import { getFrom, queueWith } from '../support/queues'

/** Deaths that one turn may see. */
const BUDGET = 4096
const MANY = 20_000

function expiring(body: string, ttl: number, priority = 0): Message {
  const message = messageWith(body, { properties: encodeProperties({ expiration: `${ttl}`, priority }) })
  message.ttl = ttl
  return message
}

describe('a queue of which many entries expire at once', () => {
  it.each(['head', 'exact'] as const)('takes no more than a few thousand of them per turn (%s)', ttlMode => {
    const { queue, turn, clock } = queueWith({ ttlMode, messageTtl: 100 })
    const message = messageWith('')
    for (let i = 0; i < MANY; i++) queue.enqueue(message)
    turn.runAll()
    clock.advance(100)
    const left: number[] = []
    for (let more = true; more; left.push(queue.messageCount)) more = turn.run()
    expect(left.slice(0, 3)).toEqual([MANY - BUDGET, MANY - 2 * BUDGET, MANY - 3 * BUDGET])
    expect(left.at(-1)).toBe(0)
  })

  it('lets basic.get wait for the first that has not', () => {
    const { queue, turn, clock } = queueWith({ messageTtl: 100 })
    for (let i = 0; i < MANY; i++) queue.enqueue(messageWith('old'))
    clock.advance(99)
    queue.enqueue(messageWith('new'))
    clock.advance(1)
    const view = new View()
    expect(queue.get(view)).toBe(NOT_LOADED)
    expect(queue.messageCount).toBe(MANY + 1 - BUDGET)
    let got = NOT_LOADED
    const ask = () => {
      got = queue.get(view)
      if (got === NOT_LOADED) queue.whenLoaded(ask)
    }
    ask()
    turn.runAll()
    expect([got, bodyOf(view), queue.messageCount]).toEqual([MANY, 'new', 0])
  })

  it('lets many that were delayed return a few thousand at a time', () => {
    const { queue, turn, clock } = queueWith({ delayedRetry: { type: 'all', min: 100, max: 100 } })
    for (let i = 0; i < MANY; i++) queue.enqueue(messageWith(''))
    for (let i = 0; i < MANY; i++) queue.requeue(getFrom(queue)!.position)
    expect([queue.messageCount, queue.delayedCount]).toEqual([0, MANY])
    const returned: number[] = []
    const putBack = queue.putBack.bind(queue)
    queue.putBack = position => {
      returned.push(position)
      putBack(position)
    }
    const { after } = clock
    const perTimer: number[] = []
    clock.after = (delay, run) =>
      after.call(clock, delay, () => {
        const before = returned.length
        run()
        perTimer.push(returned.length - before)
      })
    clock.advance(100)
    turn.runAll()
    expect(queue.messageCount).toBe(MANY)
    expect(Math.max(...perTimer)).toBe(BUDGET)
  })
})

describe('a queue that expires exactly', () => {
  it('remembers nothing of entries that went long before their time', async () => {
    const { queue } = queueWith({ ttlMode: 'exact', messageTtl: 86_400_000 })
    const message = messageWith('')
    const before = await heldBytes()
    for (let i = 0; i < 500_000; i++) {
      queue.enqueue(message)
      queue.settle(getFrom(queue)!.position)
    }
    expect((await heldBytes()) - before).toBeLessThan(2 * MIB)
    expect(queue.messageCount).toBe(0) // it is still there, and so is what it remembers
  })

  it('remembers an entry that comes back again and again once', async () => {
    const { queue } = queueWith({ ttlMode: 'exact', messageTtl: 86_400_000 })
    queue.enqueue(messageWith(''))
    const before = await heldBytes()
    for (let i = 0; i < 500_000; i++) queue.requeue(getFrom(queue)!.position)
    expect((await heldBytes()) - before).toBeLessThan(2 * MIB)
    expect(queue.messageCount).toBe(1)
  })

  it('remembers nothing of what expired below an entry that stays', async () => {
    const { queue, turn, clock } = queueWith({ ttlMode: 'exact', maxPriority: 1 })
    const high = messageWith('', { properties: encodeProperties({ priority: 1 }) })
    queue.enqueue(high)
    const before = await heldBytes()
    for (let i = 0; i < 200; i++) {
      for (let k = 0; k < 2500; k++) queue.enqueue(expiring('', 1))
      clock.advance(1)
      turn.runAll()
    }
    expect(queue.messageCount).toBe(1)
    expect((await heldBytes()) - before).toBeLessThan(2 * MIB)
  })

  it('expires the one in the middle, and an entry that comes back too late', () => {
    const { queue, turn, clock, deaths } = queueWith({ ttlMode: 'exact', deadLetterExchange: 'dlx' })
    queue.enqueue(messageWith('stays'))
    queue.enqueue(expiring('goes', 100))
    queue.enqueue(messageWith('stays too'))
    queue.enqueue(expiring('is out', 100, 9))
    const positions = [0, 1, 2].map(() => getFrom(queue)!.position)
    for (const position of positions) queue.requeue(position)
    clock.advance(100)
    turn.runAll()
    expect(deaths).toEqual(['expired 1', 'expired 3'])
    expect(queue.messageCount).toBe(2)
  })

  it('keeps dead letters in flight through a purge', () => {
    const { queue, turn, clock } = queueWith({ ttlMode: 'exact', deadLetterExchange: 'dlx' })
    const buried: number[] = []
    queue.around.deadLetters.bury = (_, position) => buried.push(position)
    queue.enqueue(messageWith('first'))
    queue.enqueue(expiring('dies', 10))
    queue.enqueue(messageWith('last'))
    clock.advance(10)
    turn.runAll()
    expect([buried, queue.messageCount]).toEqual([[1], 2])
    expect(queue.purge()).toBe(2)
    const view = new View()
    queue.view(1, view)
    expect(bodyOf(view)).toBe('dies')
    queue.buried(1)
    queue.enqueue(messageWith('after'))
    expect(bodyOf(getFrom(queue)!.message)).toBe('after')
    expect([queue.messageCount, queue.messageBytes, queue.unacknowledgedCount]).toEqual([0, 0, 1])
  })
})

describe('a time to live of 0', () => {
  it('is enough for a consumer that waits, and for nobody else', () => {
    const { queue, turn, clock, deaths } = queueWith({ messageTtl: 0, deadLetterExchange: 'dlx' })
    queue.enqueue(messageWith('nobody'))
    expect(getFrom(queue)).toBeUndefined()
    const consumer = new FakeConsumer({ credit: 1 })
    queue.addConsumer(consumer)
    queue.enqueue(messageWith('taken'))
    queue.enqueue(messageWith('too late'))
    clock.advance(0)
    turn.runAll()
    expect([consumer.bodies, deaths, queue.messageCount]).toEqual([['taken'], ['expired 0', 'expired 2'], 0])
    queue.requeue(consumer.deliveries[0]!.position)
    turn.runAll()
    expect(deaths).toEqual(['expired 0', 'expired 2', 'expired 1'])
  })
})

describe('a length of at most 0', () => {
  it('lets through what a consumer takes, and drops the rest', () => {
    const { queue, deaths } = queueWith({ maxLength: 0, deadLetterExchange: 'dlx' })
    const consumer = new FakeConsumer({ credit: 1, noAck: true })
    queue.addConsumer(consumer)
    for (const body of ['taken', 'dropped']) queue.enqueue(messageWith(body))
    expect([consumer.bodies, deaths, queue.messageCount]).toEqual([['taken'], ['maxlen 0'], 0])
  })

  // RabbitMQ: the limit is looked at before the consumers.
  it('refuses everything with reject-publish, also beside a consumer', () => {
    const { queue } = queueWith({ maxLength: 0, overflow: 'reject-publish' })
    queue.addConsumer(new FakeConsumer())
    expect(queue.enqueue(messageWith(''))).toBe(REFUSED)
  })

  it('drops what comes back', () => {
    const { queue, deaths } = queueWith({ maxLength: 0, deadLetterExchange: 'dlx' })
    const consumer = new FakeConsumer({ credit: 1 })
    queue.addConsumer(consumer)
    queue.enqueue(messageWith('taken'))
    queue.requeue(consumer.deliveries[0]!.position)
    expect([deaths, queue.messageCount]).toEqual([['maxlen 0'], 0])
  })
})

describe('a limit in bytes', () => {
  it('counts bodies only: of empty ones there may be any number', () => {
    const { queue } = queueWith({ maxLengthBytes: 0 })
    for (let i = 0; i < 100; i++) queue.enqueue(messageWith(''))
    expect(queue.messageCount).toBe(100)
    queue.enqueue(messageWith('x'))
    expect([queue.messageCount, queue.messageBytes]).toEqual([0, 0])
  })

  it('drops as many as it takes for a large one, and refuses one that never fits', () => {
    const { queue } = queueWith({ maxLengthBytes: 10 })
    for (const body of ['aaa', 'bbb', 'ccc', '12345678']) queue.enqueue(messageWith(body))
    expect([queue.messageCount, queue.messageBytes]).toEqual([1, 8])
    const refusing = queueWith({ maxLengthBytes: 10, overflow: 'reject-publish' }).queue
    expect(refusing.enqueue(messageWith('0123456789'))).not.toBe(REFUSED)
    expect(
      queueWith({ maxLengthBytes: 10, overflow: 'reject-publish' }).queue.enqueue(messageWith('01234567890')),
    ).toBe(REFUSED)
  })
})

describe('a policy that changes', () => {
  it('shortens a queue at the end of the turn, a few thousand entries per turn', () => {
    const { queue, turn } = queueWith({})
    for (let i = 0; i < MANY; i++) queue.enqueue(messageWith(''))
    queue.configure({ ...queue.options, maxLength: 5 })
    turn.run()
    expect(queue.messageCount).toBe(MANY - BUDGET)
    turn.runAll()
    expect(queue.messageCount).toBe(5)
    queue.configure({ ...queue.options, maxLength: undefined })
    for (let i = 0; i < 10; i++) queue.enqueue(messageWith(''))
    turn.runAll()
    expect(queue.messageCount).toBe(15)
  })

  it('leaves what waits the time to live it came with', () => {
    const { queue, turn, clock } = queueWith({ messageTtl: 100 })
    queue.enqueue(messageWith('short'))
    queue.configure({ ...queue.options, messageTtl: undefined })
    queue.enqueue(messageWith('for ever'))
    clock.advance(1000)
    turn.runAll()
    expect(bodyOf(getFrom(queue)!.message)).toBe('for ever')
  })

  it('ends idleness, and begins it anew', () => {
    const { queue, clock, unused } = queueWith({ expires: 100 })
    clock.advance(99)
    queue.configure({ ...queue.options, expires: undefined })
    clock.advance(1000)
    queue.configure({ ...queue.options, expires: 50 })
    clock.advance(49)
    expect(unused).toEqual([])
    clock.advance(1)
    expect(unused).toEqual([queue])
  })
})

describe('a delivery limit', () => {
  it('counts each entry that comes back in one go by itself', () => {
    const { queue, deaths } = queueWith({ deliveryLimit: 1, deadLetterExchange: 'dlx' })
    for (const body of ['a', 'b', 'c']) queue.enqueue(messageWith(body))
    const first = getFrom(queue)!.position
    queue.requeue(first)
    const all = [0, 1, 2].map(() => getFrom(queue)!.position)
    for (const position of all) queue.requeue(position)
    expect(deaths).toEqual(['delivery_limit 0'])
    expect([queue.messageCount, queue.unacknowledgedCount]).toEqual([2, 0])
  })
})

describe('a queue that may not be idle', () => {
  it('needs no timer while it has consumers, and the whole time after the last one', () => {
    const { queue, clock, unused } = queueWith({ expires: 100 })
    const consumer = new FakeConsumer()
    queue.addConsumer(consumer)
    clock.advance(1000)
    expect([clock.pending, unused]).toEqual([0, []])
    queue.removeConsumer(consumer)
    clock.advance(99)
    expect(unused).toEqual([])
    clock.advance(1)
    expect(unused).toEqual([queue])
  })

  it.each([
    ['asked for a message', (queue: ReturnType<typeof queueWith>['queue']) => getFrom(queue)],
    ['declared again', (queue: ReturnType<typeof queueWith>['queue']) => queue.used()],
  ])('lives on when it is %s, and not when messages come', (_, use) => {
    const { queue, clock, unused } = queueWith({ expires: 100 })
    clock.advance(99)
    use(queue)
    clock.advance(99)
    queue.enqueue(messageWith(''))
    expect(unused).toEqual([])
    clock.advance(1)
    expect(unused).toEqual([queue])
  })
})

describe('a queue that ends', () => {
  it.each(['stop', 'delete'] as const)('leaves no timer behind, whatever a turn still does (%s)', how => {
    const { queue, turn, clock } = queueWith({
      messageTtl: 1000,
      expires: 2000,
      delayedRetry: { type: 'all', min: 500, max: 500 },
    })
    for (let i = 0; i < 3; i++) queue.enqueue(messageWith(''))
    queue.requeue(getFrom(queue)!.position)
    const { position } = getFrom(queue)!
    expect(clock.pending).toBe(3)
    queue[how]()
    queue.requeue(position)
    queue.used()
    turn.runAll()
    expect(clock.pending).toBe(0)
  })
})

describe('a single active consumer that goes while it is served', () => {
  it('is followed by the one that waited longest, and nothing is lost or given twice', () => {
    const { queue, turn } = queueWith({ singleActiveConsumer: true })
    const consumers = [0, 1, 2].map(n => new FakeConsumer({ tag: `${n}` }))
    for (const consumer of consumers) {
      queue.addConsumer(consumer)
      consumer.onDelivery = () => {
        if (consumer.deliveries.length === 2 && consumer.tag !== '2') queue.removeConsumer(consumer)
      }
    }
    for (let i = 0; i < 7; i++) queue.enqueue(messageWith(`${i}`))
    turn.runAll()
    expect(consumers.map(({ bodies }) => bodies)).toEqual([
      ['0', '1'],
      ['2', '3'],
      ['4', '5', '6'],
    ])
    for (const { position } of consumers[0]!.deliveries) queue.requeue(position)
    turn.runAll()
    expect(consumers[2]!.bodies).toEqual(['4', '5', '6', '0', '1'])
    expect([queue.messageCount, queue.unacknowledgedCount]).toEqual([0, 7])
  })

  it('is followed by nobody when the active one has no credit', () => {
    const { queue, turn } = queueWith({ singleActiveConsumer: true })
    const [active, other] = [new FakeConsumer({ credit: 0 }), new FakeConsumer()]
    queue.addConsumer(active)
    queue.addConsumer(other)
    queue.enqueue(messageWith('waits'))
    turn.runAll()
    expect(other.bodies).toEqual([])
    queue.removeConsumer(active)
    turn.runAll()
    expect(other.bodies).toEqual(['waits'])
  })
})
