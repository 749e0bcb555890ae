/** Exchanges that draw one of their bindings. */
import type { Destination } from '../../src/exchanges/destination'
import type { Exchange } from '../../src/exchanges/exchange'
import { bindingTo, exchangeOfType, matched, messageWith, namesOf, queueNamed, SmallVhost } from './arrange'

function drawn(exchange: Exchange, times: number): Map<string, number> {
  const counts = new Map<string, number>()
  for (let i = 0; i < times; i++) {
    const [name = 'nowhere'] = matched(exchange, '')
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

describe.each(['x-random', 'x-local-random'])('an exchange of type %s', type => {
  it('sends each message to one of its queues, to all alike', () => {
    const exchange = exchangeOfType(type)
    for (const name of ['a', 'b', 'c', 'd']) exchange.bind(bindingTo(queueNamed(name)))
    const counts = drawn(exchange, 8000)
    expect([...counts.keys()].sort()).toEqual(['a', 'b', 'c', 'd'])
    for (const count of counts.values()) expect(Math.abs(count - 2000)).toBeLessThan(250)
  })

  it('sends a queue that is bound twice twice as much', () => {
    const exchange = exchangeOfType(type)
    exchange.bind(bindingTo(queueNamed('a')))
    exchange.bind(bindingTo(queueNamed('b')))
    exchange.bind(bindingTo(queueNamed('a'), '', { again: true }))
    expect(Math.abs((drawn(exchange, 6000).get('a') ?? 0) - 4000)).toBeLessThan(250)
  })

  it('goes on with those that are left, whichever goes', () => {
    for (const gone of ['a', 'b', 'c']) {
      const exchange = exchangeOfType(type)
      for (const name of ['a', 'b', 'c']) exchange.bind(bindingTo(queueNamed(name)))
      exchange.removeDestination(queueNamed(gone))
      expect([...drawn(exchange, 200).keys()].sort()).toEqual(['a', 'b', 'c'].filter(name => name !== gone))
    }
  })

  it('draws once for a message, however many keys it has', () => {
    const exchange = exchangeOfType(type)
    for (const name of ['a', 'b', 'c', 'd']) exchange.bind(bindingTo(queueNamed(name)))
    for (let i = 0; i < 50; i++) {
      const into = new Set<Destination>()
      exchange.matchAll(['one', 'two', 'three'], messageWith('one'), into)
      expect(namesOf(into)).toHaveLength(1)
    }
  })

  it('never has its routes remembered', () => {
    const vhost = new SmallVhost()
    vhost.declare(type, 'x')
    vhost.declare('fanout', 'front')
    vhost.bind('front', 'x')
    expect(vhost.route('x', 'key').rememberable).toBe(false)
    expect(vhost.route('front', 'key').rememberable).toBe(false)
  })
})

describe('a local random exchange refuses', () => {
  it.each<[string, Destination, string, string]>([
    ['a key', queueNamed('q'), 'k', "Non empty binding 'k' key not permitted"],
    ['an exchange', exchangeOfType('fanout', 'f'), '', 'Destination not found'],
    [
      'a quorum queue',
      { ...queueNamed('q'), options: { type: 'quorum' } },
      '',
      'Queue type rabbit_quorum_queue not valid for this exchange type',
    ],
  ])('%s', (_, destination, key, text) => {
    expect(() => exchangeOfType('x-local-random').bind(bindingTo(destination, key))).toThrow(text)
  })

  it('no classic queue', () => {
    const queue = { ...queueNamed('q'), options: { type: 'classic' } }
    expect(exchangeOfType('x-local-random').bind(bindingTo(queue))).toBe(true)
  })
})
