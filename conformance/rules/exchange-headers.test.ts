/** Headers exchanges: four ways to compare, by value and type. */
import { useBroker } from '../support/broker'
import type { Table } from '../support/methods'
import { Route } from '../support/routing'

const broker = useBroker()

/** Whether a message with these headers passes a binding with these arguments. */
async function passes(binding: Table, headers: Table | undefined): Promise<boolean> {
  const route = await Route.to(broker, 'headers', { arguments: binding })
  return (await route.count('ignored', headers === undefined ? {} : { headers })) === 1
}

type Case = [title: string, binding: Table, headers: Table | undefined, expected: boolean]

const all: Case[] = [
  ['all that is asked', { 'x-match': 'all', a: 1, b: 'x' }, { a: 1, b: 'x' }, true],
  ['more than is asked', { 'x-match': 'all', a: 1 }, { a: 1, b: 2 }, true],
  ['less than is asked', { 'x-match': 'all', a: 1, b: 2 }, { a: 1 }, false],
  ['another value', { 'x-match': 'all', a: 1 }, { a: 2 }, false],
  ['none at all', { 'x-match': 'all', a: 1 }, {}, false],
  ['no header table', { 'x-match': 'all', a: 1 }, undefined, false],
  ['anything, where nothing is asked', { 'x-match': 'all' }, { a: 1 }, true],
  ['nothing, where nothing is asked', { 'x-match': 'all' }, {}, true],
  ['no header table, where nothing is asked', { 'x-match': 'all' }, undefined, true],
  ['no x- header that is asked, which do not count', { 'x-match': 'all', a: 1, 'x-b': 2 }, { a: 1 }, true],
  ['a header that is asked to be there', { 'x-match': 'all', a: null }, { a: 'anything' }, true],
  ['no header that is asked to be there', { 'x-match': 'all', a: null }, { b: 1 }, false],
]

const any: Case[] = [
  ['all that is asked', { 'x-match': 'any', a: 1, b: 2 }, { a: 1, b: 2 }, true],
  ['one of what is asked', { 'x-match': 'any', a: 1, b: 2 }, { b: 2, c: 3 }, true],
  ['nothing of what is asked', { 'x-match': 'any', a: 1, b: 2 }, { a: 2, b: 1 }, false],
  ['none at all', { 'x-match': 'any', a: 1 }, {}, false],
  ['no header table', { 'x-match': 'any', a: 1 }, undefined, false],
  ['anything, where nothing is asked', { 'x-match': 'any' }, { a: 1 }, false],
  [
    'only the x- header that is asked, which does not count',
    { 'x-match': 'any', 'x-a': 1 },
    { 'x-a': 1 },
    false,
  ],
  ['a header that is asked to be there', { 'x-match': 'any', a: null, b: 2 }, { a: 'anything' }, true],
]

const allWithX: Case[] = [
  ['all x- headers that are asked', { 'x-match': 'all-with-x', a: 1, 'x-b': 2 }, { a: 1, 'x-b': 2 }, true],
  ['no x- header that is asked', { 'x-match': 'all-with-x', a: 1, 'x-b': 2 }, { a: 1 }, false],
  ['another x- header than is asked', { 'x-match': 'all-with-x', 'x-b': 2 }, { 'x-b': 3 }, false],
  ['anything, where nothing is asked', { 'x-match': 'all-with-x' }, { 'x-a': 1 }, true],
]

const anyWithX: Case[] = [
  ['one x- header that is asked', { 'x-match': 'any-with-x', a: 1, 'x-b': 2 }, { 'x-b': 2 }, true],
  ['one other header that is asked', { 'x-match': 'any-with-x', a: 1, 'x-b': 2 }, { a: 1 }, true],
  ['nothing of what is asked', { 'x-match': 'any-with-x', a: 1, 'x-b': 2 }, { a: 2, 'x-b': 3 }, false],
  ['only x-match, which does not count', { 'x-match': 'any-with-x' }, { 'x-match': 'any-with-x' }, false],
]

describe.each<[string, Case[]]>([
  ['all', all],
  ['any', any],
  ['all-with-x', allWithX],
  ['any-with-x', anyWithX],
])('a headers exchange with x-match %s', (_, cases) => {
  it.each(cases)('sees a message with %s', async (_title, binding, headers, expected) => {
    expect(await passes(binding, headers)).toBe(expected)
  })
})

describe('a headers exchange without x-match', () => {
  it('asks for all', async () => {
    expect(await passes({ a: 1, b: 2 }, { a: 1, b: 2 })).toBe(true)
    expect(await passes({ a: 1, b: 2 }, { a: 1 })).toBe(false)
  })

  it('passes on everything to a binding without arguments', async () => {
    expect(await passes({}, { a: 1 })).toBe(true)
    expect(await passes({}, undefined)).toBe(true)
  })

  it('does not look at the routing key', async () => {
    const route = await Route.to(broker, 'headers', { routingKey: 'one', arguments: { a: 1 } })
    expect(await route.count('two', { headers: { a: 1 } })).toBe(1)
  })

  it('passes on a message once to a queue with several matching bindings', async () => {
    const route = await Route.to(broker, 'headers', { arguments: { a: 1 } }, { arguments: { b: 2 } })
    expect(await route.count('', { headers: { a: 1, b: 2 } })).toBe(1)
  })
})

describe('a headers exchange compares', () => {
  const typed = (type: string, value: unknown) => ({ '!': type, value })
  const equal: [string, unknown, unknown][] = [
    ['strings', 'hare', 'hare'],
    ['empty strings', '', ''],
    ['booleans', true, true],
    ['integers of one width', typed('long', 5), typed('long', 5)],
    ['integers of different widths', typed('byte', 5), typed('long', 5)],
    ['integers, signed and unsigned', typed('short', 5), typed('unsignedint', 5)],
    ['doubles', 0.5, 0.5],
    ['a float and a double', typed('float', 0.5), typed('double', 0.5)],
    ['timestamps', typed('timestamp', 1000), typed('timestamp', 1000)],
    ['arrays', [1, 'two', [3]], [1, 'two', [3]]],
    ['tables', { a: { b: 1 } }, { a: { b: 1 } }],
    ['byte arrays', Buffer.from([0, 255]), Buffer.from([0, 255])],
  ]
  it.each(equal)('%s as equal', async (_, bound, sent) => {
    expect(await passes({ h: bound }, { h: sent })).toBe(true)
  })

  const different: [string, unknown, unknown][] = [
    ['strings in other letters', 'hare', 'Hare'],
    ['a string and a number', '1', 1],
    ['true and false', true, false],
    ['a boolean and a number', true, 1],
    ['a boolean and a string', true, 'true'],
    ['integers', 1, 2],
    ['arrays in another order', [1, 2], [2, 1]],
    ['an array and a longer one', [1], [1, 1]],
    ['tables with other values', { a: 1 }, { a: 2 }],
  ]
  it.each(different)('%s as different', async (_, bound, sent) => {
    expect(await passes({ h: bound }, { h: sent })).toBe(false)
  })
})

describe('a binding to a headers exchange', () => {
  it.each([
    [
      'a wrong word',
      'bad',
      'Invalid x-match field value <<"bad">>; expected all, any, all-with-x, or any-with-x',
    ],
    ['a number', 5, 'Invalid x-match field type byte (value 5); expected longstr'],
  ])('with %s for x-match closes the channel', async (_, match, text) => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'headers')
    const queue = await broker.queue(channel)
    channel.send('queue.bind', { queue, exchange, arguments: { 'x-match': match } })
    await channel.expectClose(406, `PRECONDITION_FAILED - ${text}`, 'queue.bind')
  })

  it('is known by its arguments', async () => {
    const route = await Route.to(broker, 'headers', { arguments: { a: 1 } })
    await route.unbind({ arguments: { a: 2 } })
    expect(await route.count('', { headers: { a: 1 } })).toBe(1)
    await route.unbind({ arguments: { a: 1 } })
    expect(await route.count('', { headers: { a: 1 } })).toBe(0)
  })
})
