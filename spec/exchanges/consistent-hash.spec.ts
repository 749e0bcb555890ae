/** Where a consistent hash exchange places messages: the tables are what RabbitMQ 3.10.8 did with the same bindings. */
import type { BasicProperties } from '../../src/amqp/properties'
import type { PlainTable } from '../../src/amqp/table'
import type { Destination } from '../../src/exchanges/destination'
import type { Exchange } from '../../src/exchanges/exchange'
import { bindingTo, exchangeOfType, matched, messageWith, namesOf, queueNamed, SmallVhost } from './arrange'

type Made = [routingKey: string, headers?: PlainTable, properties?: BasicProperties]

/** Four queues named 0 to 3 with weights 1 to 4. */
function weighted(args: PlainTable = {}): { exchange: Exchange; queues: Destination[] } {
  const exchange = exchangeOfType('x-consistent-hash', 'x', args)
  const queues = ['0', '1', '2', '3'].map(queueNamed)
  for (const [index, queue] of queues.entries()) exchange.bind(bindingTo(queue, String(index + 1)))
  return { exchange, queues }
}

/** The queues of thirty messages, one digit for each. */
function placed(exchange: Exchange, make: (index: number) => Made): string {
  let digits = ''
  for (let i = 0; i < 30; i++) {
    const [routingKey, headers, properties] = make(i)
    const into = new Set<Destination>()
    exchange.matchAll([routingKey], messageWith(routingKey, headers, properties), into)
    digits += namesOf(into).join()
  }
  return digits
}

const byKey = (index: number): Made => [`k${index}`]
const ALL_FOUR = '332312133332111032012221303221'
const WITHOUT_SECOND = '333223223233222003023232203232'

describe('a consistent hash exchange', () => {
  it('places by the routing key', () => {
    expect(placed(weighted().exchange, byKey)).toBe(ALL_FOUR)
  })

  it('places by a property', () => {
    const correlated = weighted({ 'hash-property': 'correlation_id' }).exchange
    expect(placed(correlated, i => ['', {}, { correlationId: `k${i}` }])).toBe(ALL_FOUR)
    const identified = weighted({ 'hash-property': 'message_id' }).exchange
    expect(placed(identified, i => ['', {}, { correlationId: 'other', messageId: `k${i}` }])).toBe(ALL_FOUR)
    const dated = weighted({ 'hash-property': 'timestamp' }).exchange
    expect(placed(dated, i => ['', {}, { timestamp: 1_700_000_000 + i }])).toBe(
      '210031311131112333213021223323',
    )
  })

  it('places by a header, as RabbitMQ 4 does: a text like a routing key', () => {
    const { exchange } = weighted({ 'hash-header': 'order' })
    expect(placed(exchange, i => ['', { order: `k${i}` }])).toBe(ALL_FOUR)
  })

  it('places all messages together that lack what it hashes on', () => {
    const { exchange } = weighted({ 'hash-header': 'order' })
    expect(new Set(placed(exchange, byKey)).size).toBe(1)
    expect(placed(exchange, byKey)).toBe(placed(exchange, i => [`${i}`, { order: null }]))
  })

  it('gives queues their share by weight', () => {
    const { exchange } = weighted()
    const counts = [0, 0, 0, 0]
    for (let i = 0; i < 10_000; i++) counts[Number(matched(exchange, `order ${i}`)[0])]! += 1
    for (const [index, count] of counts.entries()) {
      expect(Math.abs(count - (index + 1) * 1000)).toBeLessThan((index + 1) * 150)
    }
  })

  it('takes only new queues their share, when one is bound', () => {
    const { exchange } = weighted()
    exchange.bind(bindingTo(queueNamed('4'), '5'))
    const after = placed(exchange, byKey)
    for (const [index, queue] of [...after].entries()) if (queue !== '4') expect(queue).toBe(ALL_FOUR[index])
    expect(after).toContain('4')
  })

  it('gives back what the queue bound last had, and moves nothing else, when that one goes', () => {
    const { exchange } = weighted()
    const last = queueNamed('4')
    exchange.bind(bindingTo(last, '5'))
    exchange.removeDestination(last)
    expect(placed(exchange, byKey)).toBe(ALL_FOUR)
  })

  it('moves others up, as RabbitMQ does, when an earlier one goes', () => {
    const { exchange, queues } = weighted()
    exchange.unbind(bindingTo(queues[1] as Destination, '2'))
    expect(placed(exchange, byKey)).toBe(WITHOUT_SECOND)
  })

  it('counts the first binding of a queue only', () => {
    const { exchange, queues } = weighted()
    exchange.bind(bindingTo(queues[0] as Destination, '100'))
    expect(placed(exchange, byKey)).toBe(ALL_FOUR)
    exchange.unbind(bindingTo(queues[0] as Destination, '100'))
    expect(placed(exchange, byKey)).toBe(ALL_FOUR)
  })

  it('places by the bindings there are and their order, not by those there were', () => {
    const order = (...bindings: [queue: string, weight: string][]) => {
      const exchange = exchangeOfType('x-consistent-hash')
      for (const [queue, weight] of bindings) exchange.bind(bindingTo(queueNamed(queue), weight))
      return exchange
    }
    const changed = order(['0', '7'], ['1', '2'], ['2', '1'])
    const zero = [...changed.bindings()][0]?.destination as Destination
    changed.bind(bindingTo(zero, '3'))
    changed.unbind(bindingTo(zero, '7'))
    expect(placed(changed, byKey)).toBe(placed(order(['1', '2'], ['2', '1'], ['0', '3']), byKey))
    expect(placed(changed, byKey)).not.toBe(placed(order(['0', '3'], ['1', '2'], ['2', '1']), byKey))
  })

  it('does not count the keys of CC', () => {
    const { exchange } = weighted()
    const into = new Set<Destination>()
    exchange.matchAll(['k0', 'k6', 'k3'], messageWith('k0'), into)
    expect(namesOf(into)).toEqual(matched(exchange, 'k0'))
  })

  it('leads nowhere when everything is unbound', () => {
    const { exchange, queues } = weighted()
    for (const queue of queues) exchange.removeDestination(queue)
    expect(matched(exchange, 'k0')).toEqual([])
  })
})

describe('a route through a consistent hash exchange', () => {
  it.each<[PlainTable, boolean]>([
    [{}, true],
    [{ 'hash-header': 'order' }, false],
    [{ 'hash-property': 'message_id' }, false],
  ])('with %j is remembered: %p', (args, expected) => {
    const vhost = new SmallVhost()
    vhost.declare('x-consistent-hash', 'x', args)
    vhost.bind('x', 'q', '1')
    expect(vhost.route('x', 'key')).toEqual({ queues: ['q'], rememberable: expected })
  })
})

describe('a consistent hash exchange refuses', () => {
  it.each([
    ['', 'The binding key must be an integer: <<>>'],
    ['two', 'The binding key must be an integer: <<"two">>'],
    ['1.5', 'The binding key must be an integer: <<"1.5">>'],
    ['1e3', 'The binding key must be an integer: <<"1e3">>'],
    [' 1', 'The binding key must be an integer: <<" 1">>'],
    ['1\n', 'The binding key must be an integer: <<"1\\n">>'],
    ['0', 'The binding key must be greater than 0'],
    ['-1', 'The binding key must be greater than 0'],
    ['10001', 'The binding key must not exceed 10000'],
    ['9'.repeat(255), 'The binding key must not exceed 10000'],
  ])('the binding key %j', (key, text) => {
    const exchange = exchangeOfType('x-consistent-hash')
    expect(() => exchange.bind(bindingTo(queueNamed('q'), key))).toThrow(text)
    expect(exchange.bindingCount).toBe(0)
  })

  it.each(['1', '10000', '+3', '007'])('not the binding key %j', key => {
    expect(exchangeOfType('x-consistent-hash').bind(bindingTo(queueNamed('q'), key))).toBe(true)
  })

  it.each<[PlainTable, string]>([
    [{ 'hash-property': 'type' }, 'Unsupported property: type'],
    [{ 'hash-property': 'constructor' }, 'Unsupported property: constructor'],
    [
      { 'hash-header': 'a', 'hash-property': 'message_id' },
      'hash-header and hash-property are mutually exclusive',
    ],
    [{ 'hash-header': 5 }, "invalid type 'signedint' for arg 'hash-header' in exchange 'x'"],
    [{ 'hash-property': ['a'] }, "invalid type 'array' for arg 'hash-property' in exchange 'x'"],
  ])('the arguments %j', (args, text) => {
    expect(() => exchangeOfType('x-consistent-hash', 'x', args)).toThrow(text)
  })
})

it('costs as much as there are queues, whatever they weigh', () => {
  const exchange = exchangeOfType('x-consistent-hash')
  const queues = Array.from({ length: 2000 }, (_, index) => queueNamed(String(index)))
  for (const queue of queues) exchange.bind(bindingTo(queue, '10000'))
  expect(matched(exchange, 'key')).toHaveLength(1)
  for (const queue of queues.slice(1)) exchange.removeDestination(queue)
  expect(matched(exchange, 'key')).toEqual(['0'])
})
