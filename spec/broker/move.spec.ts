/** Moving, copying and redriving what waits: where it arrives, what it looks like there, and what stays. */
import { AccessRefused, NotFound, ResourceLocked } from '../../src/amqp/errors'
import { fieldTable, plainValue } from '../../src/amqp/table'
import { removeExchange } from '../../src/broker/declarations/bindings'
import { removeQueue } from '../../src/broker/declarations/queue-declarations'
import {
  type MoveRequest,
  moveMessages,
  purgeMessages,
  type RedriveRequest,
  redriveMessages,
} from '../../src/broker/move'
import { browse } from '../../src/queues/browse'
import type { Queue } from '../../src/queues/queue'
import { ArrangedVhost } from '../support/arranged-vhost'
import { FakeConsumer } from '../support/fake-consumer'
import { getFrom } from '../support/queues'

let given: ArrangedVhost

beforeEach(() => {
  given = new ArrangedVhost()
})

function move(source: Queue, request: MoveRequest) {
  return given.during(moveMessages(given.vhost, source.name, request, given.connection).done)
}

function redrive(source: Queue, request: RedriveRequest = {}) {
  return given.during(redriveMessages(given.vhost, source.name, request, given.connection).done)
}

function filled(name: string, count: number, args = {}): Queue {
  const queue = given.queue(name, args)
  for (let i = 0; i < count; i++) given.publish('', name, `${i}`)
  return queue
}

function numbered(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => `${from + i}`)
}

describe('a move to a queue', () => {
  it('takes all that waits, in its order', async () => {
    const from = filled('from', 1000)
    const to = given.queue('to')
    expect(await move(from, { destination: { queue: 'to' } })).toMatchObject({ moved: 1000, left: 0 })
    expect(await given.bodies(to)).toEqual(numbered(0, 1000))
    expect([from.messageCount, from.messageBytes]).toEqual([0, 0])
  })

  it('leaves the message as it is: exchange, key, properties, body', async () => {
    const from = given.queue('from')
    const to = given.queue('to')
    given.bind(given.exchange('x'), from)
    const properties = { deliveryMode: 2, messageId: 'm', headers: fieldTable({ a: 1 }) }
    given.publish('x', 'some.key', 'body', properties)
    await move(from, { destination: { queue: 'to' } })
    const seen = await given.first(to)
    expect(seen).toMatchObject({ exchange: 'x', routingKey: 'some.key', properties, redelivered: false })
    expect(seen.body.toString()).toBe('body')
  })

  it('takes the first ones when told how many', async () => {
    const from = filled('from', 10)
    const to = given.queue('to')
    expect(await move(from, { destination: { queue: 'to' }, count: 4 })).toMatchObject({ moved: 4 })
    expect([await given.bodies(to), await given.bodies(from)]).toEqual([numbered(0, 4), numbered(4, 10)])
  })

  it('takes those at given positions, and no others', async () => {
    const from = filled('from', 10)
    const to = given.queue('to')
    const positions = [7, 2, 2, 99, -1, 5]
    expect(await move(from, { destination: { queue: 'to' }, positions })).toMatchObject({ moved: 3, left: 0 })
    expect(await given.bodies(to)).toEqual(['2', '5', '7'])
    expect(await given.bodies(from)).toEqual(['0', '1', '3', '4', '6', '8', '9'])
    expect(numbered(0, 7).map(() => getFrom(from)!.position)).toEqual([0, 1, 3, 4, 6, 8, 9])
  })

  it('takes what came back, and not what is out', async () => {
    const from = filled('from', 6)
    const to = given.queue('to')
    const out = numbered(0, 4).map(() => getFrom(from)!.position)
    from.requeue(out[1]!)
    from.requeue(out[3]!)
    expect(await move(from, { destination: { queue: 'to' } })).toMatchObject({ moved: 4 })
    expect(await given.bodies(to)).toEqual(['1', '3', '4', '5'])
    from.requeue(out[2]!)
    from.settle(out[0]!)
    expect(await given.bodies(from)).toEqual(['2'])
    expect(getFrom(from)!.position).toBe(2)
    expect(getFrom(from)).toBeUndefined()
  })

  it('stops at a queue that is full, and leaves the rest in place, as new as it was', async () => {
    const from = filled('from', 10)
    const to = given.queue('to', { 'x-max-length': 3, 'x-overflow': 'reject-publish' })
    const result = await move(from, { destination: { queue: 'to' } })
    expect(result).toMatchObject({ moved: 3, left: 1, reasons: { refused: 1 } })
    expect(await given.bodies(to)).toEqual(['0', '1', '2'])
    const { items } = await given.during(browse(from, { limit: 20 }))
    expect(items.map(({ position, redelivered }) => [position, redelivered])).toEqual(
      numbered(3, 10).map(position => [Number(position), false]),
    )
    expect([from.messageCount, from.messageBytes]).toEqual([7, 7])
    expect(getFrom(from)!.position).toBe(3)
  })

  it('hands on to who consumes there, and takes nothing from who consumes here', async () => {
    const from = filled('from', 3)
    const to = given.queue('to')
    const here = new FakeConsumer({ credit: 1 })
    const there = new FakeConsumer()
    from.addConsumer(here)
    to.addConsumer(there)
    given.turn.runAll()
    await move(from, { destination: { queue: 'to' } })
    expect([here.bodies, there.bodies]).toEqual([['0'], ['1', '2']])
  })

  it('of a priority queue takes the highest first', async () => {
    const from = given.queue('from', { 'x-max-priority': 5 })
    const to = given.queue('to')
    for (const priority of [1, 3, 5, 3]) given.publish('', 'from', `${priority}`, { priority })
    expect(await move(from, { destination: { queue: 'to' }, count: 3 })).toMatchObject({ moved: 3 })
    expect([await given.bodies(to), await given.bodies(from)]).toEqual([['5', '3', '3'], ['1']])
    expect(getFrom(from)!.position).toBe(0)
  })

  it('into itself moves each message once', async () => {
    const from = filled('from', 700)
    expect(await move(from, { destination: { queue: 'from' } })).toMatchObject({ moved: 700 })
    expect(await given.bodies(from)).toEqual(numbered(0, 700))
    expect((await given.first(from)).position).toBe(700)
  })

  it.each(['drop-head', 'reject-publish'])(
    'into itself loses and doubles nothing when it is full: %s',
    async overflow => {
      const dead = given.queue('dead')
      const from = filled('from', 5, {
        'x-max-length': 5,
        'x-overflow': overflow,
        'x-dead-letter-exchange': '',
        'x-dead-letter-routing-key': 'dead',
      })
      await move(from, { destination: { queue: 'from' } })
      expect(await given.bodies(from)).toEqual(numbered(0, 5))
      expect(dead.messageCount).toBe(0)
    },
  )

  it('gives the time to live of the new queue', async () => {
    const from = given.queue('from')
    const to = given.queue('to')
    given.publish('', 'from', 'm', { expiration: '5000' })
    given.composed.clock.advance(3000)
    await move(from, { destination: { queue: 'to' } })
    given.composed.clock.advance(4999)
    given.turn.runAll()
    expect(to.messageCount).toBe(1)
    given.composed.clock.advance(1)
    given.turn.runAll()
    expect(to.messageCount).toBe(0)
  })

  it('can be called off, and tells how far it is', async () => {
    const from = filled('from', 5000)
    const to = given.queue('to')
    const job = moveMessages(given.vhost, 'from', { destination: { queue: 'to' } }, given.connection)
    expect([job.total, job.moved]).toEqual([5000, 0])
    while (job.moved === 0) {
      given.turn.run()
      await new Promise(resolve => setImmediate(resolve))
    }
    job.cancel()
    const { moved, isCancelled } = await given.during(job.done)
    expect(isCancelled).toBe(true)
    expect(moved).toBeLessThan(5000)
    expect([to.messageCount, from.messageCount]).toEqual([moved, 5000 - moved])
  })

  it('ends when one of the queues goes', async () => {
    const from = filled('from', 5000)
    given.queue('to')
    const job = moveMessages(given.vhost, 'from', { destination: { queue: 'to' } }, given.connection)
    removeQueue(given.vhost, given.vhost.requireQueue('to'))
    expect(await given.during(job.done)).toMatchObject({ moved: 0, reasons: { unroutable: 1 } })
    const other = given.queue('other')
    const next = moveMessages(given.vhost, 'from', { destination: { queue: 'other' } }, given.connection)
    removeQueue(given.vhost, from)
    expect((await given.during(next.done)).moved).toBe(other.messageCount)
  })

  it('asks nothing of exclusive queues of others, nor of what is not there', () => {
    filled('from', 1)
    given.queue('theirs', {}, {})
    given.exchange('inside', 'fanout', {}, true)
    given.exchange('later', 'x-delayed-message', { 'x-delayed-type': 'fanout' })
    const begin = (source: string, destination: MoveRequest['destination']) => () =>
      moveMessages(given.vhost, source, { destination }, given.connection)
    expect(begin('from', { queue: 'theirs' })).toThrow(ResourceLocked)
    expect(begin('theirs', { queue: 'from' })).toThrow(ResourceLocked)
    expect(begin('amq.delayed.later', { queue: 'from' })).toThrow(ResourceLocked)
    expect(begin('nowhere', { queue: 'from' })).toThrow(NotFound)
    expect(begin('from', { queue: 'nowhere' })).toThrow(NotFound)
    expect(begin('from', { exchange: 'nowhere' })).toThrow(NotFound)
    expect(begin('from', { exchange: 'inside' })).toThrow(AccessRefused)
  })
})

describe('a copy', () => {
  it('leaves everything where it is, without a trace', async () => {
    const from = filled('from', 300)
    const to = given.queue('to')
    const counters = { ...from.counters }
    const request: MoveRequest = { destination: { queue: 'to' }, mode: 'copy' }
    expect(await move(from, request)).toMatchObject({ moved: 300 })
    expect(await given.bodies(to)).toEqual(numbered(0, 300))
    expect(await given.bodies(from)).toEqual(numbered(0, 300))
    expect(from.counters).toEqual(counters)
    expect(await move(from, { ...request, positions: [3, 5] })).toMatchObject({ moved: 2 })
    expect((await given.bodies(to)).slice(300)).toEqual(['3', '5'])
  })

  it('into itself copies each message once', async () => {
    const from = filled('from', 300)
    expect(await move(from, { destination: { queue: 'from' }, mode: 'copy' })).toMatchObject({ moved: 300 })
    expect(await given.bodies(from)).toEqual([...numbered(0, 300), ...numbered(0, 300)])
  })
})

describe('a move to an exchange', () => {
  it('routes by each message’s own key, or by the one that is given', async () => {
    const from = given.queue('from')
    const [a, b] = [given.queue('a'), given.queue('b')]
    const target = given.exchange('target', 'direct')
    given.bind(target, a, 'k')
    given.bind(target, b, 'l')
    given.bind(given.exchange('in'), from)
    given.publish('in', 'k', '1')
    given.publish('in', 'l', '2')
    given.publish('in', 'none', '3')
    const result = await move(from, { destination: { exchange: 'target' } })
    expect(result).toMatchObject({ moved: 2, left: 1, reasons: { unroutable: 1 } })
    expect([await given.bodies(a), await given.bodies(b)]).toEqual([['1'], ['2']])
    expect(await given.bodies(from)).toEqual(['3'])
    await move(from, { destination: { exchange: 'target', routingKey: 'l' } })
    expect(await given.bodies(b)).toEqual(['2', '3'])
    const { items } = await given.during(browse(b, { limit: 9 }))
    expect(items[1]).toMatchObject({ exchange: 'target', routingKey: 'l' })
  })

  it('goes by alternate exchanges and CC, as a publish does, but not by BCC, which ends here', async () => {
    const from = given.queue('from')
    const [a, b, c] = [given.queue('a'), given.queue('b'), given.queue('c')]
    given.bind(given.exchange('spare'), a)
    given.exchange('target', 'direct', { 'alternate-exchange': 'spare' })
    given.publish('', 'from', 'm')
    await move(from, { destination: { exchange: 'target' } })
    expect(await given.bodies(a)).toEqual(['m'])
    given.bind(given.exchange('in'), from)
    given.publish('in', 'k', 'carbon', { headers: fieldTable({ CC: ['b'], BCC: ['c'] }) })
    expect(await move(from, { destination: { exchange: '', routingKey: 'a' } })).toMatchObject({ moved: 1 })
    expect([await given.bodies(b), await given.bodies(c)]).toEqual([['carbon'], []])
  })

  it('gives it to none of its queues when one of them refuses', async () => {
    const from = filled('from', 2)
    const [a, b] = [given.queue('a'), given.queue('b', { 'x-max-length': 1, 'x-overflow': 'reject-publish' })]
    const both = given.exchange('both')
    given.bind(both, a)
    given.bind(both, b)
    const result = await move(from, { destination: { exchange: 'both' } })
    expect(result).toMatchObject({ moved: 1, left: 1, reasons: { refused: 1 } })
    expect([await given.bodies(a), await given.bodies(b), await given.bodies(from)]).toEqual([
      ['0'],
      ['0'],
      ['1'],
    ])
  })

  it('does not take a message for a duplicate because it was refused before', async () => {
    const from = filled('from', 0)
    const full = filled('full', 1, { 'x-max-length': 1, 'x-overflow': 'reject-publish' })
    given.bind(given.exchange('once', 'x-message-deduplication', { 'x-cache-size': 10 }), full)
    given.publish('', 'from', 'm', { headers: fieldTable({ 'x-deduplication-header': 'k' }) })
    expect(await move(from, { destination: { exchange: 'once' } })).toMatchObject({ reasons: { refused: 1 } })
    full.purge()
    expect(await move(from, { destination: { exchange: 'once' } })).toMatchObject({ moved: 1 })
  })

  it('nor because it led nowhere before', async () => {
    const from = filled('from', 0)
    const once = given.exchange('once', 'x-message-deduplication', { 'x-cache-size': 10 })
    given.publish('', 'from', 'm', { headers: fieldTable({ 'x-deduplication-header': 'k' }) })
    const result = await move(from, { destination: { exchange: 'once' } })
    expect(result).toMatchObject({ reasons: { unroutable: 1 } })
    given.bind(once, given.queue('there'))
    expect(await move(from, { destination: { exchange: 'once' } })).toMatchObject({ moved: 1 })
  })
})

describe('a purge of some', () => {
  it('drops the first ones, or picked ones, and makes no dead letters of them', async () => {
    const dead = given.queue('dead')
    const from = filled('from', 6, { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' })
    const purge = (request: { count?: number; positions?: number[] }) => {
      return given.during(purgeMessages(given.vhost, 'from', request, given.connection).done)
    }
    expect(await purge({ count: 2 })).toMatchObject({ moved: 2 })
    expect(await purge({ positions: [4] })).toMatchObject({ moved: 1 })
    given.turn.runAll()
    expect([await given.bodies(from), dead.messageCount]).toEqual([['2', '3', '5'], 0])
  })
})

describe('a redrive', () => {
  /** A queue whose rejected messages go to `dlq`. */
  function work(name = 'work', args = {}): Queue {
    return given.queue(name, { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dlq', ...args })
  }

  function rejectAll(queue: Queue): void {
    for (let got = getFrom(queue); got !== undefined; got = getFrom(queue)) queue.reject(got.position)
    given.turn.runAll()
  }

  it('brings dead letters back to where they died, as they were when they came, with their history', async () => {
    const dlq = given.queue('dlq')
    const [one, two] = [work('one'), work('two')]
    const x = given.exchange('x', 'direct')
    given.bind(x, one, 'k1')
    given.bind(x, two, 'k2')
    given.publish('x', 'k1', 'a')
    given.publish('x', 'k2', 'b')
    rejectAll(one)
    rejectAll(two)
    expect(dlq.messageCount).toBe(2)
    expect(await redrive(dlq)).toMatchObject({ moved: 2, left: 0, reasons: {} })
    const back = await given.first(one)
    expect(back).toMatchObject({ exchange: 'x', routingKey: 'k1', redelivered: false })
    expect(back.properties.headers?.get('x-first-death-queue')).toEqual({
      type: 'S',
      value: Buffer.from('one'),
    })
    expect(await given.bodies(two)).toEqual(['b'])
  })

  it('counts on when they die again', async () => {
    const dlq = given.queue('dlq')
    const queue = work()
    given.publish('', 'work', 'a')
    for (const times of [1, 2, 3]) {
      rejectAll(queue)
      const deaths = plainValue((await given.first(dlq)).properties.headers!.get('x-death')!)
      expect(deaths).toMatchObject([{ queue: 'work', count: times }])
      await redrive(dlq)
    }
  })

  it('goes to the queue of the first death, through however many it has died since', async () => {
    const dlq = given.queue('dlq')
    const queue = given.queue('work', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'retry' })
    const retry = given.queue('retry', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dlq' })
    given.publish('', 'work', 'a')
    rejectAll(queue)
    rejectAll(retry)
    expect(await redrive(dlq)).toMatchObject({ moved: 1 })
    expect(await given.bodies(queue)).toEqual(['a'])
  })

  it('asks the exchange of that death when the queue is gone', async () => {
    const dlq = given.queue('dlq')
    const queue = work()
    const x = given.exchange('x', 'direct')
    given.bind(x, queue, 'k')
    given.publish('x', 'k', 'a')
    rejectAll(queue)
    removeQueue(given.vhost, queue)
    expect(await redrive(dlq)).toMatchObject({ moved: 0, left: 1, reasons: { unroutable: 1 } })
    given.bind(x, dlq, 'k')
    expect(await redrive(dlq)).toMatchObject({ reasons: { 'same-queue': 1 } })
    removeExchange(given.vhost, x)
    expect(await redrive(dlq)).toMatchObject({ reasons: { unroutable: 1 } })
    given.bind(given.exchange('x', 'direct'), given.queue('next'), 'k')
    expect(await redrive(dlq)).toMatchObject({ moved: 1 })
    expect(await given.first(given.vhost.requireQueue('next'))).toMatchObject({
      exchange: 'x',
      routingKey: 'k',
    })
  })

  it('leaves what never died, what died here, and what is for places that are forbidden', async () => {
    const dlq = work('dlq')
    const queue = work('work')
    const secret = work('secret')
    given.publish('', 'dlq', 'never')
    for (const one of [queue, secret]) {
      given.publish('', one.name, one.name)
      given.publish('', one.name, one.name)
      rejectAll(one)
    }
    const asked: string[] = []
    const result = await redrive(dlq, {
      mayWrite: (kind, name) => {
        asked.push(`${kind} ${name}`)
        return name !== 'secret'
      },
    })
    expect(result).toMatchObject({ moved: 2, left: 3, reasons: { 'not-dead': 1, forbidden: 2 } })
    expect(asked).toEqual(['queue work', 'queue secret'])
    expect(await given.bodies(dlq)).toEqual(['never', 'secret', 'secret'])
    const own = given.queue('own', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'own' })
    given.publish('', 'own', 'm')
    own.reject(getFrom(own)!.position)
    given.turn.runAll()
    expect(await redrive(own)).toMatchObject({ reasons: { 'same-queue': 1 } })
  })

  it('takes up as many as it is told, and those at given positions', async () => {
    const dlq = given.queue('dlq')
    const queue = work()
    for (const body of numbered(0, 6)) given.publish('', 'work', body)
    rejectAll(queue)
    expect(await redrive(dlq, { count: 2 })).toMatchObject({ moved: 2 })
    expect(await redrive(dlq, { positions: [5, 3] })).toMatchObject({ moved: 2 })
    expect([await given.bodies(queue), await given.bodies(dlq)]).toEqual([
      ['0', '1', '3', '5'],
      ['2', '4'],
    ])
  })
})
