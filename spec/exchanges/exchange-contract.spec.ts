/** What holds for every exchange, run against every type. Each case brings a message that its binding matches. */
import type { PlainTable } from '../../src/amqp/table'
import type { Destination } from '../../src/exchanges/destination'
import { exchangeTypeNames } from '../../src/exchanges/types'
import { bindingTo, exchangeOfType, matched, namesOf, queueNamed } from './arrange'

interface Case {
  readonly type: string
  readonly bindingKey: string
  readonly arguments: PlainTable
  readonly routingKey: string
  readonly headers: PlainTable | undefined
  /** Another key that a binding may have, where not any will do. */
  readonly anotherKey?: string
  /** A message goes to one destination, however many are bound. */
  readonly drawsOne?: true
  readonly refusesExchanges?: true
}

const cases: readonly Case[] = [
  { type: 'direct', bindingKey: 'red', arguments: {}, routingKey: 'red', headers: undefined },
  { type: 'fanout', bindingKey: 'red', arguments: {}, routingKey: 'blue', headers: undefined },
  {
    type: 'headers',
    bindingKey: 'red',
    arguments: { colour: 'red' },
    routingKey: 'blue',
    headers: { colour: 'red' },
  },
  { type: 'topic', bindingKey: 'red.#', arguments: {}, routingKey: 'red.dark', headers: undefined },
  {
    type: 'x-consistent-hash',
    bindingKey: '1',
    arguments: {},
    routingKey: 'red',
    headers: undefined,
    anotherKey: '2',
    drawsOne: true,
  },
  {
    type: 'x-local-random',
    bindingKey: '',
    arguments: {},
    routingKey: 'red',
    headers: undefined,
    anotherKey: '',
    drawsOne: true,
    refusesExchanges: true,
  },
  {
    type: 'x-modulus-hash',
    bindingKey: 'red',
    arguments: {},
    routingKey: 'blue',
    headers: undefined,
    drawsOne: true,
  },
  {
    type: 'x-random',
    bindingKey: 'red',
    arguments: {},
    routingKey: 'blue',
    headers: undefined,
    drawsOne: true,
  },
  { type: 'x-recent-history', bindingKey: 'red', arguments: {}, routingKey: 'blue', headers: undefined },
]

it('is run against every type there is', () => {
  expect(cases.map(each => each.type)).toEqual([...exchangeTypeNames])
})

describe.each(cases)('a $type exchange', each => {
  const { type, bindingKey, arguments: args, routingKey, headers, anotherKey = 'another', drawsOne } = each
  const another = (to: Destination) => bindingTo(to, anotherKey, { ...args, 'x-note': 'another' })
  const itTakesExchanges = each.refusesExchanges ? it.skip : it
  const yields = (exchange: ReturnType<typeof exchangeOfType>) => matched(exchange, routingKey, headers)

  it('says its type and what it was declared with', () => {
    const exchange = exchangeOfType(type, 'news', { 'alternate-exchange': 'spare' })
    expect(exchange).toMatchObject({ kind: 'exchange', name: 'news', type, durable: false, internal: false })
    expect(exchange.alternateExchange).toBe('spare')
  })

  it('yields nothing while nothing is bound', () => {
    expect(yields(exchangeOfType(type))).toEqual([])
  })

  itTakesExchanges('yields every destination bound to it, or one of them, exchanges like queues', () => {
    const exchange = exchangeOfType(type)
    const bound = ['a', 'b', 'next']
    exchange.bind(bindingTo(queueNamed('a'), bindingKey, args))
    exchange.bind(bindingTo(queueNamed('b'), bindingKey, args))
    exchange.bind(bindingTo(exchangeOfType('fanout', 'next'), bindingKey, args))
    if (drawsOne === undefined) expect(yields(exchange)).toEqual(bound)
    else expect(yields(exchange).map(name => bound.includes(name))).toEqual([true])
  })

  itTakesExchanges('tells a queue from an exchange of the same name', () => {
    const exchange = exchangeOfType(type)
    exchange.bind(bindingTo(queueNamed('same'), bindingKey, args))
    exchange.bind(bindingTo(exchangeOfType('fanout', 'same'), bindingKey, args))
    expect(exchange.bindingCount).toBe(2)
    exchange.removeDestination(queueNamed('same'))
    expect([...exchange.bindings()].map(binding => binding.destination.kind)).toEqual(['exchange'])
    expect(yields(exchange)).toEqual(['same'])
  })

  it('takes the same binding once and says so', () => {
    const exchange = exchangeOfType(type)
    const queue = queueNamed('a')
    expect(exchange.bind(bindingTo(queue, bindingKey, args))).toBe(true)
    expect(exchange.bind(bindingTo(queue, bindingKey, args))).toBe(false)
    expect(exchange.bindingCount).toBe(1)
  })

  it('yields a destination once, however many of its bindings match', () => {
    const exchange = exchangeOfType(type)
    const queue = queueNamed('a')
    exchange.bind(bindingTo(queue, bindingKey, args))
    exchange.bind(bindingTo(queue, bindingKey, { ...args, 'x-note': 'second' }))
    expect(exchange.bindingCount).toBe(2)
    expect(yields(exchange)).toEqual(['a'])
  })

  it('goes on yielding a destination while one of its bindings is left', () => {
    const exchange = exchangeOfType(type)
    const queue = queueNamed('a')
    exchange.bind(bindingTo(queue, bindingKey, args))
    exchange.bind(bindingTo(queue, bindingKey, { ...args, 'x-note': 'second' }))
    exchange.unbind(bindingTo(queue, bindingKey, args))
    expect(yields(exchange)).toEqual(['a'])
    exchange.unbind(bindingTo(queue, bindingKey, { ...args, 'x-note': 'second' }))
    expect(yields(exchange)).toEqual([])
  })

  it('unbinds what is equal, and says when there was nothing to unbind', () => {
    const exchange = exchangeOfType(type)
    exchange.bind(bindingTo(queueNamed('a'), bindingKey, args))
    expect(exchange.unbind(bindingTo(queueNamed('b'), bindingKey, args))).toBe(false)
    expect(exchange.unbind(bindingTo(queueNamed('a'), `${bindingKey}.more`, args))).toBe(false)
    expect(exchange.unbind(bindingTo(queueNamed('a'), bindingKey, { ...args, more: 1 }))).toBe(false)
    expect(exchange.unbind(bindingTo(queueNamed('a'), bindingKey, args))).toBe(true)
    expect(exchange.unbind(bindingTo(queueNamed('a'), bindingKey, args))).toBe(false)
    expect([exchange.bindingCount, ...yields(exchange)]).toEqual([0])
  })

  it('forgets all bindings to a deleted destination and no others', () => {
    const exchange = exchangeOfType(type)
    const gone = queueNamed('gone')
    exchange.bind(bindingTo(gone, bindingKey, args))
    exchange.bind(another(gone))
    exchange.bind(bindingTo(queueNamed('kept'), bindingKey, args))
    const removed = exchange.removeDestination(gone)
    expect(removed.map(binding => binding.routingKey).sort()).toEqual([anotherKey, bindingKey].sort())
    expect(exchange.removeDestination(gone)).toEqual([])
    expect([exchange.bindingCount, ...yields(exchange)]).toEqual([1, 'kept'])
  })

  it('lists its bindings, all or those to one destination', () => {
    const exchange = exchangeOfType(type)
    exchange.bind(bindingTo(queueNamed('a'), bindingKey, args))
    exchange.bind(another(queueNamed('a')))
    exchange.bind(bindingTo(queueNamed('b'), bindingKey, args))
    expect(namesOf([...exchange.bindings()].map(binding => binding.destination))).toEqual(['a', 'a', 'b'])
    expect(exchange.bindingsTo(queueNamed('a')).map(binding => binding.routingKey)).toEqual([
      bindingKey,
      anotherKey,
    ])
    expect(exchange.bindingsTo(queueNamed('c'))).toEqual([])
  })

  it('remembers that it was bound once, when nothing is bound any more', () => {
    const exchange = exchangeOfType(type)
    expect(exchange.everBound).toBe(false)
    exchange.bind(bindingTo(queueNamed('a'), bindingKey, args))
    exchange.removeDestination(queueNamed('a'))
    expect([exchange.everBound, exchange.bindingCount]).toEqual([true, 0])
  })

  it('gives the same answer for every key if it says that it does not use keys', () => {
    const exchange = exchangeOfType(type)
    if (exchange.usesRoutingKey) return
    exchange.bind(bindingTo(queueNamed('a'), bindingKey, args))
    expect(matched(exchange, 'some other key', headers)).toEqual(['a'])
  })

  it('gives the same answer whatever else a message has if it says that it routes by the key alone', () => {
    const exchange = exchangeOfType(type)
    if (!exchange.routesByKeyAlone) return
    for (const name of ['a', 'b', 'c', 'd']) exchange.bind(bindingTo(queueNamed(name), bindingKey, args))
    const answer = yields(exchange)
    for (let i = 0; i < 20; i++) expect(matched(exchange, routingKey, { colour: `${i}` })).toEqual(answer)
  })
})

describe('the alternate exchange', () => {
  it('is the one of the argument, before the one of a policy', () => {
    const exchange = exchangeOfType('direct', 'x', { 'alternate-exchange': 'argued' })
    exchange.policyAlternateExchange = 'ruled'
    expect(exchange.alternateExchange).toBe('argued')
  })

  it('is the one of the policy where there is no argument, as long as the policy gives it', () => {
    const exchange = exchangeOfType('direct')
    expect(exchange.alternateExchange).toBeUndefined()
    exchange.policyAlternateExchange = 'ruled'
    expect(exchange.alternateExchange).toBe('ruled')
    exchange.policyAlternateExchange = undefined
    expect(exchange.alternateExchange).toBeUndefined()
  })

  it('is not read from an argument that is no text', () => {
    expect(exchangeOfType('direct', 'x', { 'alternate-exchange': 5 }).alternateExchange).toBeUndefined()
  })
})

describe('a direct exchange', () => {
  it('takes keys as they are: dots, stars and the empty key mean nothing', () => {
    const exchange = exchangeOfType('direct')
    for (const key of ['', '*', '#', 'a.b']) exchange.bind(bindingTo(queueNamed(`<${key}>`), key))
    expect(matched(exchange, '')).toEqual(['<>'])
    expect(matched(exchange, 'a.b')).toEqual(['<a.b>'])
    expect(matched(exchange, '*')).toEqual(['<*>'])
    expect(matched(exchange, 'A.B')).toEqual([])
  })
})

it('compares the arguments of bindings whatever the order of their keys', () => {
  const exchange = exchangeOfType('fanout')
  exchange.bind(bindingTo(queueNamed('a'), '', { one: 1, two: 2 }))
  expect(exchange.bind(bindingTo(queueNamed('a'), '', { two: 2, one: 1 }))).toBe(false)
})
