/** How lists are cut, sorted and filtered: RabbitMQ 3.10.8's answers, asked one by one; and how long ones are sent. */

import { tableAsJson } from '../../src/amqp/json-table'
import { fieldValue } from '../../src/amqp/table'
import { jsonOf, LongList } from '../../src/management/json'
import { ListeningManagement } from './listening-management'

let managed: ListeningManagement

beforeAll(async () => {
  managed = await ListeningManagement.open()
  for (const name of ['b', 'a', 'C', 'd1', 'd2']) {
    const args = name === 'C' ? { 'x-expires': 600_000 } : {}
    await managed.ask('PUT', `/queues/%2F/${name}`, { durable: name === 'a', arguments: args })
  }
})

afterAll(() => managed.close())

const names = (items: readonly { name: string }[]) => items.map(({ name }) => name)
const every = ['C', 'a', 'b', 'd1', 'd2']

describe('a page of a list', () => {
  it.each([
    ['page=1', every, { page_count: 1, page_size: 100 }],
    ['page=1&page_size=2', ['C', 'a'], { page_count: 3, item_count: 2, filtered_count: 5, total_count: 5 }],
    ['page=3&page_size=2', ['d2'], { page: 3, item_count: 1 }],
    ['page=2&page_size=5', [], { page: 2, page_count: 1, item_count: 0 }],
    ['page=1&page_size=500', every, { page_size: 500 }],
    ['page=1&name=D', ['d1', 'd2'], { filtered_count: 2, total_count: 5 }],
    ['page=1&name=%5Ed%5B12%5D%24&use_regex=true', ['d1', 'd2'], { filtered_count: 2 }],
    ['page=1&name=%5BA-C%5D&use_regex=true', ['C', 'a', 'b'], { filtered_count: 3 }],
    ['page=1&name=zzz', [], { filtered_count: 0, page_count: 0, total_count: 5 }],
    ['page=1&name=', every, {}],
    ['page=1&sort=name&sort_reverse=true', [...every].reverse(), {}],
    ['page=1&sort=durable', ['C', 'b', 'd1', 'd2', 'a'], {}],
    ['page=1&sort=nope', every, {}],
    ['page=1&sort=arguments.x-expires&sort_reverse=true', ['C', 'd2', 'd1', 'b', 'a'], {}],
  ])('?%s', async (query, items, counts) => {
    const { body } = await managed.get(`/queues/%2F?${query}`)
    expect(names(body.items)).toEqual(items)
    expect(body).toMatchObject(counts)
  })

  const wrong = 'Pagination parameters are invalid'
  it.each([
    ['page=0', 'invalid_pagination_parameters', 'page number 0, page size undefined'],
    ['page=-1', 'invalid_pagination_parameters', 'page number -1, page size undefined'],
    ['page=1&page_size=0', 'invalid_pagination_parameters', 'page number 1, page size 0'],
    ['page=1&page_size=501', 'invalid_pagination_parameters', 'page number 1, page size 501'],
    ['page=abc', 'bad_request', wrong],
    ['page=', 'bad_request', wrong],
    ['page=1.5', 'bad_request', wrong],
    ['page=1&page_size=x', 'bad_request', wrong],
    ['page=1&name=(&use_regex=true', 'bad_request', wrong],
    ['page=4&page_size=2', 'page_out_of_range', 'Page out of range, page: 4 page size: 2, len: 5'],
    ['page=2&name=zzz', 'page_out_of_range', 'Page out of range, page: 2 page size: 100, len: 0'],
  ])('?%s is refused', async (query, error, reason) => {
    const { status, body } = await managed.get(`/queues/%2F?${query}`)
    expect({ status, error: body.error }).toEqual({ status: 400, error })
    expect(body.reason).toContain(reason)
  })
})

describe('a whole list', () => {
  it('is sorted, but not filtered', async () => {
    expect(names((await managed.get('/queues/%2F?sort_reverse=true')).body)).toEqual([...every].reverse())
    expect(names((await managed.get('/queues/%2F?name=d1')).body)).toEqual(every)
  })

  it.each([
    'name',
    'messages',
    'message_stats.publish',
    'message_stats.publish_details.rate',
    'memory',
    'policy',
  ])('is sorted by %s as its views are, whether or not they are made for that', async field => {
    managed.listening.vhost.queues.get('b')!.tally.cameFrom('', 5)
    await managed.sample()
    const { body } = await managed.get(`/queues/%2F?sort=${field}&sort_reverse=true`)
    const value = (item: Record<string, unknown>) =>
      field
        .split('.')
        .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], item) ?? 0
    const values: unknown[] = body.map(value)
    const sorted = [...values].sort((a, b) => (a === b ? 0 : (a as number) < (b as number) ? 1 : -1))
    expect(values).toEqual(sorted)
  })
})

describe('columns', () => {
  it.each([
    ['name,durable', { name: 'C', durable: false }],
    ['arguments.x-expires', { arguments: { 'x-expires': 600_000 } }],
    ['name,name.x,arguments.x-expires', { name: 'C', arguments: { 'x-expires': 600_000 } }],
    ['nope', {}],
    ['', {}],
    ['__proto__,constructor', {}],
  ])('%s keep the fields where they are', async (columns, expected) => {
    const { body } = await managed.get(`/queues/%2F?columns=${columns}`)
    expect(body[0]).toEqual(expected)
    expect((await managed.get(`/queues/%2F/C?columns=${columns}`)).body).toEqual(expected)
  })
})

describe('disable_stats', () => {
  it('leaves what was declared, with the counts if they are asked for', async () => {
    const declared = {
      name: 'a',
      vhost: '/',
      type: 'classic',
      durable: true,
      auto_delete: false,
      exclusive: false,
      arguments: {},
      node: 'leveret@localhost',
      state: 'running',
    }
    const find = async (query: string) =>
      (await managed.get(`/queues/%2F?${query}`)).body.find((it: { name: string }) => it.name === 'a')
    expect(await find('disable_stats=true')).toEqual(declared)
    const counts = { messages: 0, messages_ready: 0, messages_unacknowledged: 0 }
    expect(await find('disable_stats=true&enable_queue_totals=true')).toEqual({ ...declared, ...counts })
  })
})

describe('a long list', () => {
  it('is the same as a short one', async () => {
    const { vhost } = managed.listening
    await managed.ask('POST', '/definitions/%2F', {
      queues: Array.from({ length: 1000 }, (_, i) => ({
        name: `many-${i}`,
        durable: false,
        auto_delete: false,
        arguments: {},
      })),
    })
    const { body, headers } = await managed.get('/queues/%2F')
    expect(headers['content-type']).toMatch(/^application\/json/)
    expect(names(body)).toEqual([...vhost.queues.keys()].sort())
    expect(names((await managed.get('/queues/%2F?sort=memory')).body)).toHaveLength(1005)
  })

  it('is made slice by slice, with a pause between two', async () => {
    let made = 0
    const madeAtPauses: number[] = []
    const view = (index: number) => {
      made++
      return { index }
    }
    const pause = async () => {
      madeAtPauses.push(made)
    }
    let text = ''
    for await (const chunk of new LongList(300, view, pause).chunks()) text += chunk
    expect(JSON.parse(text)).toEqual(Array.from({ length: 300 }, (_, index) => ({ index })))
    expect(madeAtPauses).toEqual([128, 256])
  })

  it.each([0, 1, 128, 129])('of %d is JSON', async length => {
    let text = ''
    for await (const chunk of new LongList(
      length,
      index => [index],
      async () => {},
    ).chunks())
      text += chunk
    expect(JSON.parse(text)).toHaveLength(length)
  })
})

describe('the JSON of an answer', () => {
  it('has whole numbers beyond 2^53 with all their digits', () => {
    const table = new Map([
      ['large', fieldValue(9_007_199_254_740_993n)],
      ['negative', fieldValue(-9_223_372_036_854_775_808n)],
      ['small', fieldValue(5)],
      ['text', fieldValue('5n')],
    ])
    expect(jsonOf(tableAsJson(table))).toBe(
      '{"large":9007199254740993,"negative":-9223372036854775808,"small":5,"text":"5n"}',
    )
  })

  it('has bytes that are no text in words, and times as seconds', () => {
    const table = new Map([
      ['bytes', fieldValue(Buffer.of(0xff, 0xfe))],
      ['time', fieldValue(new Date(1_700_000_000_000))],
      ['nothing', fieldValue(null)],
      ['list', fieldValue([1, 'a'])],
    ])
    expect(JSON.parse(jsonOf(tableAsJson(table)))).toEqual({
      bytes: 'Not UTF-8, base64 is: //4=',
      time: 1_700_000_000,
      nothing: null,
      list: [1, 'a'],
    })
  })
})
