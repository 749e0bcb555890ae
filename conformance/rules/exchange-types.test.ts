/** 3.1.3, exchange types: direct, fanout and topic, and the default exchange. Headers have their own file. */
import { useBroker } from '../support/broker'
import { Route } from '../support/routing'

const broker = useBroker()

describe('the default exchange', () => {
  it('queue.declare, rule "default-binding": routes by queue name', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.publish({ exchange: '', routingKey: queue }, 'hello')
    expect(await channel.get(queue)).toMatchObject({ exchange: '', routingKey: queue })
  })

  it('routes to one queue only', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    const other = await broker.queue(channel)
    channel.publish({ routingKey: queue })
    expect(await channel.counts(other)).toEqual({ messages: 0, consumers: 0 })
  })

  it('does not route to a queue of almost the same name', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    for (const routingKey of ['', queue.toUpperCase(), `${queue} `, queue.slice(0, -1), '#']) {
      channel.publish({ routingKey, mandatory: true })
      await channel.returned()
    }
    expect(await channel.get(queue)).toBeUndefined()
  })
})

describe('a direct exchange', () => {
  const keys = ['key', 'Key', 'key ', 'key.more', '', '#', '*']

  it.each(keys)('queue.bind, rule "direct-exchange-key-matching": passes on the key "%s" only', async key => {
    const route = await Route.to(broker, 'direct', { routingKey: key })
    expect(await route.matching(keys)).toEqual([key])
  })

  it('passes on several keys of one queue', async () => {
    const route = await Route.to(broker, 'direct', { routingKey: 'one' }, { routingKey: 'two' })
    expect(await route.matching(['one', 'two', 'three'])).toEqual(['one', 'two'])
  })

  it('passes on a message to all queues with its key', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'direct')
    const queues = [await broker.queue(channel), await broker.queue(channel), await broker.queue(channel)]
    for (const queue of queues) await channel.call('queue.bind', { queue, exchange, routingKey: 'all' })
    channel.publish({ exchange, routingKey: 'all' }, 'hello')
    for (const queue of queues) expect(await channel.drain(queue)).toEqual(['hello'])
  })

  it('passes on keys of 255 bytes', async () => {
    const key = 'k'.repeat(255)
    const route = await Route.to(broker, 'direct', { routingKey: key })
    expect(await route.matching([key, key.slice(1)])).toEqual([key])
  })

  it('passes on keys in any script', async () => {
    const route = await Route.to(broker, 'direct', { routingKey: 'заяц🐇' })
    expect(await route.matching(['заяц🐇', 'заяц'])).toEqual(['заяц🐇'])
  })
})

describe('a fanout exchange', () => {
  it('passes on every message to every queue', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'fanout')
    const queues = [await broker.queue(channel), await broker.queue(channel)]
    for (const queue of queues) await channel.call('queue.bind', { queue, exchange, routingKey: 'ignored' })
    channel.publish({ exchange, routingKey: '' }, 'one')
    channel.publish({ exchange, routingKey: 'two' }, 'two')
    for (const queue of queues) expect(await channel.drain(queue)).toEqual(['one', 'two'])
  })

  it('queue.bind, rule "unique": passes on a message once to a queue with several bindings', async () => {
    const route = await Route.to(broker, 'fanout', { routingKey: 'one' }, { routingKey: 'two' }, {})
    expect(await route.count('one')).toBe(1)
  })

  it('passes on nothing without bindings', async () => {
    const route = await Route.to(broker, 'fanout')
    expect(await route.count('key')).toBe(0)
  })
})

describe('a topic exchange', () => {
  const keys = [
    '',
    'a',
    'b',
    'a.b',
    'b.a',
    'a.b.c',
    'a.a.b',
    'a..b',
    '.a',
    'a.',
    '.',
    'a.b.c.d',
    'A.b',
    'ab',
    'a.*',
    '#',
  ]

  // The empty key has no words at all, other than '.', which has two empty ones.
  const cases: [string, string[]][] = [
    ['a', ['a']],
    ['a.b', ['a.b']],
    ['', ['']],
    ['#', keys],
    ['*', ['a', 'b', 'ab', '#']],
    ['a.*', ['a.b', 'a.', 'a.*']],
    ['*.a', ['b.a', '.a']],
    ['*.b', ['a.b', 'A.b']],
    ['*.*', ['a.b', 'b.a', '.a', 'a.', '.', 'A.b', 'a.*']],
    ['a.#', ['a', 'a.b', 'a.b.c', 'a.a.b', 'a..b', 'a.', 'a.b.c.d', 'a.*']],
    ['#.a', ['a', 'b.a', '.a']],
    ['#.b', ['b', 'a.b', 'a.a.b', 'a..b', 'A.b']],
    ['a.#.b', ['a.b', 'a.a.b', 'a..b']],
    ['a.*.b', ['a.a.b', 'a..b']],
    ['a.*.#', ['a.b', 'a.b.c', 'a.a.b', 'a..b', 'a.', 'a.b.c.d', 'a.*']],
    ['*.#', keys.slice(1)],
    ['#.*', keys.slice(1)],
    ['#.#', keys],
    ['#.b.#', ['b', 'a.b', 'b.a', 'a.b.c', 'a.a.b', 'a..b', 'a.b.c.d', 'A.b']],
    ['a.#.c.#', ['a.b.c', 'a.b.c.d']],
    ['*.*.*', ['a.b.c', 'a.a.b', 'a..b']],
    ['*.*.*.*', ['a.b.c.d']],
    ['a*', []],
    ['a#', []],
  ]

  it.each(cases)('with binding key "%s" passes on what matches', async (routingKey, expected) => {
    const route = await Route.to(broker, 'topic', { routingKey })
    expect(await route.matching(keys)).toEqual(expected)
  })

  it('queue.bind, rule "unique": passes on a message once to a queue with several matching bindings', async () => {
    const bindings = ['#', 'a.*', '*.b', 'a.b', '#.b', 'a.#'].map(routingKey => ({ routingKey }))
    const route = await Route.to(broker, 'topic', ...bindings)
    expect(await route.count('a.b')).toBe(1)
  })

  it('forgets a binding that goes, and no other', async () => {
    const route = await Route.to(
      broker,
      'topic',
      { routingKey: 'a.*' },
      { routingKey: 'a.#' },
      { routingKey: 'a.b' },
    )
    await route.unbind({ routingKey: 'a.#' })
    expect(await route.matching(['a', 'a.b', 'a.c', 'a.b.c'])).toEqual(['a.b', 'a.c'])
    await route.unbind({ routingKey: 'a.*' })
    expect(await route.matching(['a', 'a.b', 'a.c', 'a.b.c'])).toEqual(['a.b'])
  })

  it('passes on keys of many words', async () => {
    const many = Array(100).fill('w').join('.')
    const route = await Route.to(broker, 'topic', { routingKey: '#.end' })
    expect(await route.matching([`${many}.end`, many])).toEqual([`${many}.end`])
  })
})
