/** What is explained is what happens; and the words for it. */
import fc from 'fast-check'
import { fieldTable, type PlainTable } from '../../src/amqp/table'
import { type ExplainRequest, type Explanation, explain } from '../../src/broker/explain'
import { exchangeTypeNames } from '../../src/exchanges/types'
import { ArrangedVhost } from '../support/arranged-vhost'

let given: ArrangedVhost

beforeEach(() => {
  given = new ArrangedVhost()
})

function asked(exchange: string, routingKey: string, headers?: PlainTable, properties = {}): Explanation {
  const table = headers === undefined ? undefined : fieldTable(headers)
  return explain(given.vhost, exchange, { routingKey, headers: table, properties })
}

/** One exchange x with these bindings to queues of their own, asked about a message. */
function why(
  type: string,
  bindings: readonly (readonly [key: string, args?: PlainTable])[],
  routingKey: string,
  headers?: PlainTable,
  args: PlainTable = {},
): string[] {
  const exchange = given.exchange('x', type, args)
  for (const [at, [key, bound]] of bindings.entries()) given.bind(exchange, given.queue(`q${at}`), key, bound)
  const explained = asked('x', routingKey, headers).bindings
  return [...explained]
    .sort((a, b) => (a.binding.destination.name < b.binding.destination.name ? -1 : 1))
    .map(({ matched, why }) => `${matched ? 'yes' : 'no'}: ${why}`)
}

describe('the explanation of a direct exchange', () => {
  it('compares keys, those of CC too', () => {
    expect(why('direct', [['a'], ['b'], ['c']], 'a', { CC: ['b'] })).toEqual([
      "yes: routing key 'a' is the binding's",
      "yes: routing key 'b' is the binding's",
      "no: routing keys 'a', 'b' are not 'c'",
    ])
    expect(asked('x', 'z').notes).toEqual(["exchange 'x' leads nowhere, and it has no alternate exchange"])
  })
})

describe('the explanation of a topic exchange', () => {
  it.each([
    ['a.*.c', 'a.b', 'word 3 is missing'],
    ['a.*.c', 'a.x.d', "word 3 is 'd', not 'c'"],
    ['a.b', 'a.b.c', "word 3, 'c', is one too many"],
    ['a.b', 'a.b.c.d', 'words 3 to 4 are too many'],
    ['a.b.c', 'a', 'words 2 to 3 are missing'],
    ['a.#', 'b.c', "word 1 is 'b', not 'a'"],
    ['#.z', 'a.b', "word 2 is 'b', not 'z'"],
    ['a.#.z', 'a', 'it has one word, and 2 at least are needed'],
    ['#.b.#', 'a.c', "nothing in it fits '#.b.#' in the middle"],
    ['', 'a', "word 1, 'a', is one too many"],
    ['*', '', 'word 1 is missing'],
  ])('%s, asked about %s, says: %s', (pattern, key, reason) => {
    expect(why('topic', [[pattern]], key)).toEqual([
      `no: routing key '${key}' does not match '${pattern}': ${reason}`,
    ])
  })

  it('says what matches', () => {
    expect(why('topic', [['a.#']], 'a.b')).toEqual(["yes: routing key 'a.b' matches 'a.#'"])
  })
})

describe('the explanation of a headers exchange', () => {
  it('goes through the conditions', () => {
    const bindings: [string, PlainTable][] = [
      ['', { 'x-match': 'all', a: 1, b: 'two' }],
      ['', { 'x-match': 'all', a: 1, c: null }],
      ['', { 'x-match': 'any', a: 2, d: true }],
      ['', { 'x-match': 'any', a: 1, d: true }],
      ['', { 'x-match': 'any' }],
      ['', {}],
      ['', { 'x-match': 'all-with-x', 'x-y': 'z' }],
      ['', { a: '1' }],
    ]
    expect(why('headers', bindings, '', { a: 1, b: 'two' })).toEqual([
      "yes: header 'a' is '1', header 'b' is 'two'",
      "no: header 'c' is missing",
      "no: no condition holds: header 'a' is '1', not '2', header 'd' is missing",
      "yes: header 'a' is '1'",
      'no: x-match is any, and there is no condition that could hold',
      'yes: x-match is all, and there is no condition that could fail',
      "no: header 'x-y' is missing",
      "no: header 'a' is '1', not '1' (a signedint, not a longstr)",
    ])
  })
})

describe('the explanation of exchanges that hash', () => {
  it('names the bucket, and whose it is', () => {
    const [first, second] = why('x-consistent-hash', [['1'], ['2']], 'key')
    const bucket = /it is for bucket (\d) of 3/.exec(first!)?.[1]
    expect(second).toContain(`by the hash of the routing key it is for bucket ${bucket} of 3`)
    const whose = bucket === '0' ? "queue 'q0' has bucket 0" : "queue 'q1' has buckets 1 to 2"
    expect([first, second].every(text => text!.endsWith(whose))).toBe(true)
    const exchange = given.vhost.requireExchange('x')
    given.bind(exchange, given.vhost.requireQueue(asked('x', 'key').queues[0]!), '7')
    expect(asked('x', 'key').bindings.filter(({ matched }) => matched)).toHaveLength(1)
  })

  it('names the header or the property', () => {
    expect(why('x-consistent-hash', [['1']], '', {}, { 'hash-header': 'h' })[0]).toContain(
      "hash of header 'h'",
    )
  })

  it('numbers the bindings of a modulus hash', () => {
    const reasons = why('x-modulus-hash', [[''], [''], ['']], 'key')
    expect(reasons.filter(reason => reason.startsWith('yes'))).toHaveLength(1)
    expect(reasons[0]).toMatch(/routing key 'key' by its hash is for binding [123] of 3, which is/)
  })
})

describe('the explanation of an exchange that chance or the past decides for', () => {
  it('tells that it may be any', () => {
    expect(why('x-random', [[''], ['']], '')).toEqual(
      Array(2).fill('yes: it may be this one: for each message one of the 2 bindings is drawn at random'),
    )
    expect(asked('x', '')).toMatchObject({ queues: ['q0', 'q1'], isByChance: true })
  })

  it('tells of a duplicate, and makes none', () => {
    const args = { 'x-cache-size': 10 }
    const headers = { 'x-deduplication-header': 'k' }
    const taken = 'yes: a fanout exchange gives every message to all that are bound'
    expect(why('x-message-deduplication', [['']], '', headers, args)).toEqual([taken])
    expect(asked('x', '', headers).queues).toEqual(['q0'])
    expect(given.publish('x', '', '', { headers: fieldTable(headers) })).toEqual(['q0'])
    const { bindings, queues } = asked('x', '', headers)
    expect(queues).toEqual([])
    expect(bindings[0]!.why).toBe("a message with the same 'x-deduplication-header' came before")
  })

  it('tells how long a message waits, and lets none wait', () => {
    const args = { 'x-delayed-type': 'direct' }
    const headers = { 'x-delay': 5000 }
    expect(why('x-delayed-message', [['k'], ['l']], 'k', headers, args)).toEqual([
      "yes: routing key 'k' is the binding's",
      "no: routing key 'k' is not 'l'",
    ])
    const explained = asked('x', 'k', headers)
    expect(explained.notes).toEqual(["exchange 'x' lets it wait for 5000 ms first, then asks its bindings"])
    expect(explained.queues).toEqual(['q0'])
    expect(given.vhost.requireQueue('amq.delayed.x').messageCount).toBe(0)
  })

  it('keeps no history of what it was only asked about', () => {
    expect(why('x-recent-history', [['']], '')).toHaveLength(1)
    expect(given.vhost.requireExchange('x').history()).toEqual([])
  })
})

describe('the explanation of a way through several exchanges', () => {
  it('of the default exchange is the queue of that name', () => {
    given.queue('q')
    const { queues, bindings } = asked('', 'q')
    expect(queues).toEqual(['q'])
    expect(bindings).toMatchObject([
      {
        matched: true,
        reached: true,
        why: "every queue is bound to the default exchange under its name: 'q'",
      },
    ])
    expect(asked('', 'none')).toMatchObject({
      unroutable: true,
      bindings: [],
      notes: ['the default exchange leads nowhere, and it has no alternate exchange'],
    })
  })

  it('goes on to the alternate exchange, and tells of one that is not there', () => {
    given.exchange('x', 'direct', { 'alternate-exchange': 'spare' })
    expect(asked('x', 'k').notes).toEqual([
      "exchange 'x' leads nowhere: its alternate exchange 'spare' does not exist",
    ])
    given.bind(given.exchange('spare'), given.queue('q'))
    expect(asked('x', 'k')).toMatchObject({
      queues: ['q'],
      unroutable: false,
      alternateExchange: 'spare',
      notes: ["exchange 'x' leads nowhere: its alternate exchange 'spare' is asked"],
    })
  })

  it('shows bindings of exchanges that are not reached', () => {
    const [x, y] = [given.exchange('x', 'direct'), given.exchange('y', 'direct')]
    given.bind(x, y, 'a')
    given.bind(y, given.queue('q'), 'b')
    const { bindings } = asked('x', 'b')
    expect(bindings.map(({ binding, matched, reached }) => [binding.source, matched, reached])).toEqual([
      ['x', false, true],
      ['y', true, false],
    ])
  })

  it('has a bound, and shows what matches before anything else', () => {
    const x = given.exchange('x', 'direct')
    const q = given.queue('q')
    for (let i = 0; i < 1500; i++) given.bind(x, given.queue(`o${i % 7}`), `other ${i}`)
    given.bind(x, q, 'k')
    const { bindings, isTruncated, queues } = asked('x', 'k')
    expect([bindings.length, isTruncated, queues]).toEqual([1000, true, ['q']])
    expect(bindings[0]).toMatchObject({ matched: true, why: "routing key 'k' is the binding's" })
  })
})

describe('what is explained', () => {
  const DETERMINISTIC = exchangeTypeNames.filter(type => !['x-random', 'x-local-random'].includes(type))
  const words = fc.constantFrom('a', 'b', 'c', '')
  const key = fc.array(words, { maxLength: 4 }).map(parts => parts.join('.'))
  const pattern = fc
    .array(fc.constantFrom('a', 'b', 'c', '', '*', '#'), { maxLength: 5 })
    .map(parts => parts.join('.'))
  const headers = fc.dictionary(
    fc.constantFrom('h', 'i', 'x-j'),
    fc.constantFrom<string | number | boolean>(1, 2, 'a', true),
  )
  const bindingHeaders = fc.record({
    match: fc.constantFrom('all', 'any', 'all-with-x', 'any-with-x'),
    conditions: headers,
  })
  const name = (prefix: string) => fc.nat(4).map(number => `${prefix}${number}`)
  const topology = fc.record({
    types: fc.array(fc.constantFrom(...DETERMINISTIC), { minLength: 5, maxLength: 5 }),
    alternates: fc.array(fc.option(name('x')), { minLength: 5, maxLength: 5 }),
    deduplicated: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
    bindings: fc.array(
      fc.record({
        from: fc.nat(4),
        to: fc.oneof(name('q'), name('x')),
        pattern,
        key,
        headers: bindingHeaders,
        weight: fc.integer({ min: 1, max: 3 }),
      }),
      { maxLength: 25 },
    ),
    messages: fc.array(
      fc.record({
        to: fc.nat(4),
        key,
        headers,
        carbon: fc.option(fc.array(key, { maxLength: 2 })),
        dedup: fc.option(fc.constantFrom('k', 'l')),
      }),
      { maxLength: 8 },
    ),
  })

  it('is what happens, in whatever topology, and asking changes nothing of it', () => {
    fc.assert(
      fc.property(topology, ({ types, alternates, deduplicated, bindings, messages }) => {
        given = new ArrangedVhost()
        const required: Record<string, PlainTable> = {
          'x-delayed-message': { 'x-delayed-type': 'topic' },
          'x-message-deduplication': { 'x-cache-size': 10 },
        }
        const exchanges = types.map((type, at) => {
          const alternate = alternates[at] == null ? {} : { 'alternate-exchange': alternates[at] }
          const filter = deduplicated[at] ? { 'x-message-deduplication': true } : {}
          return given.exchange(`x${at}`, type, { ...required[type], ...alternate, ...filter })
        })
        for (const one of ['q0', 'q1', 'q2', 'q3', 'q4']) given.queue(one)
        for (const { from, to, pattern, key, headers, weight } of bindings) {
          const source = exchanges[from]!
          const type = types[from]!
          const destination = to[0] === 'q' ? given.vhost.requireQueue(to) : given.vhost.requireExchange(to)
          const bindingKey = type === 'x-consistent-hash' ? `${weight}` : type === 'direct' ? key : pattern
          const args = type === 'headers' ? { 'x-match': headers.match, ...headers.conditions } : {}
          given.bind(source, destination, bindingKey, args)
        }
        for (const { to, key, headers, carbon, dedup } of messages) {
          const table = {
            ...headers,
            ...(carbon == null ? {} : { CC: carbon }),
            ...(dedup == null ? {} : { 'x-deduplication-header': dedup }),
          }
          const request: ExplainRequest = { routingKey: key, headers: fieldTable(table) }
          const explained = explain(given.vhost, `x${to}`, request)
          expect(explain(given.vhost, `x${to}`, request)).toEqual(explained)
          const routed = given.publish(`x${to}`, key, '', { headers: fieldTable(table) })
          expect([...explained.queues].sort()).toEqual([...routed].sort())
          expect(explained.unroutable).toBe(routed.length === 0)
          // The verdicts are made by other means than the answer: they must come to the same.
          const verdicts = explained.bindings.filter(({ matched, reached, binding }) => {
            return matched && reached && binding.destination.kind === 'queue'
          })
          const named = new Set(verdicts.map(({ binding }) => binding.destination.name))
          expect([...named].sort()).toEqual([...routed].sort())
        }
      }),
      { numRuns: 80 },
    )
  })

  it('are all types of exchange there are', () => {
    for (const type of exchangeTypeNames) {
      given = new ArrangedVhost()
      const args = { 'x-delayed-type': 'fanout', 'x-cache-size': 10 }
      const key = type === 'x-consistent-hash' ? '1' : ''
      given.bind(given.exchange('x', type, args), given.queue('q'), key)
      expect(asked('x', '').bindings).toHaveLength(1)
    }
  })
})
