/** Where a modulus hash exchange places messages: the table is what RabbitMQ 3.10.8 did with the same bindings. */
import fc from 'fast-check'
import type { Destination } from '../../src/exchanges/destination'
import { bindingTo, exchangeOfType, matched, messageWith, namesOf, queueNamed, SmallVhost } from './arrange'

const queues = ['mod0', 'mod1', 'mod2', 'mod3'].map(queueNamed)

function exchangeWith(destinations: readonly Destination[]) {
  const exchange = exchangeOfType('x-modulus-hash')
  for (const destination of destinations) exchange.bind(bindingTo(destination, 'whatever'))
  return exchange
}

function placed(exchange: ReturnType<typeof exchangeOfType>): string {
  let digits = ''
  for (let i = 0; i < 30; i++) {
    const into = new Set<Destination>()
    const keys = i < 25 ? [`k${i}`] : [`k${i}`, 'x', 'y']
    exchange.matchAll(keys, messageWith(`k${i}`), into)
    digits += namesOf(into).join().replace('mod', '')
  }
  return digits
}

describe('a modulus hash exchange', () => {
  it('places by all routing keys over all bindings, two of them of one queue', () => {
    const exchange = exchangeWith(queues)
    exchange.bind(bindingTo(queues[0] as Destination, 'again'))
    expect(placed(exchange)).toBe('230003301100001320122232203303')
  })

  it('does not depend on the order in which queues were bound', () => {
    const inOrder = placed(exchangeWith(queues))
    expect(placed(exchangeWith([...queues].reverse()))).toBe(inOrder)
    const left = exchangeWith([...queues, queueNamed('gone')])
    left.removeDestination(queueNamed('gone'))
    expect(placed(left)).toBe(inOrder)
  })

  it('does not depend on what was bound while messages came, and on what went', () => {
    const names = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'é', 'z'), fc.constantFrom('1', '2')))
    const property = fc.property(names, names, (before, after) => {
      const bindings = before.map(([name, key]) => bindingTo(queueNamed(name), key))
      const exchange = exchangeOfType('x-modulus-hash')
      for (const binding of bindings) exchange.bind(binding)
      placed(exchange)
      for (const [name, key] of after) {
        const binding = bindingTo(queueNamed(name), key)
        if (!exchange.unbind(binding)) exchange.bind(binding)
        placed(exchange)
      }
      const anew = exchangeOfType('x-modulus-hash')
      for (const binding of exchange.bindings()) anew.bind(binding)
      expect(placed(exchange)).toBe(placed(anew))
    })
    fc.assert(property, { numRuns: 100 })
  })

  it('puts exchanges before queues, and names in the order of their octets', () => {
    const [a, b] = [exchangeOfType('fanout', 'z'), queueNamed('a')]
    expect(placed(exchangeWith([a, b]))).toBe(
      placed(exchangeWith([queueNamed('a'), queueNamed('z')])).replace(/[az]/g, name =>
        name === 'a' ? 'z' : 'a',
      ),
    )
    const names = ['B', 'a', 'é', '\u{1F600}', '\uFFFD']
    const keys = Array.from({ length: 200 }, (_, index) => `k${index}`)
    const drawn = (order: readonly string[]) => {
      const exchange = exchangeWith(order.map(queueNamed))
      return keys.map(key => matched(exchange, key)[0])
    }
    expect(drawn(names)).toEqual(drawn(['\u{1F600}', '\uFFFD', 'é', 'a', 'B']))
  })

  it('has its routes remembered', () => {
    const vhost = new SmallVhost()
    vhost.declare('x-modulus-hash', 'x')
    vhost.bind('x', 'q')
    expect(vhost.route('x', 'key')).toEqual({ queues: ['q'], rememberable: true })
  })
})
