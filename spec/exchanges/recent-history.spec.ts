/** What a recent history exchange keeps. That it is delivered is the broker's: conformance/rules/exchange-history. */
import type { PlainTable } from '../../src/amqp/table'
import type { Exchange } from '../../src/exchanges/exchange'
import { bodyOf, messageOf, overwriteChunkOf, partsOf } from '../support/messages'
import { bindingTo, exchangeOfType, messageWith, queueNamed, SmallVhost } from './arrange'

function publish(exchange: Exchange, body: string | Buffer, keys: readonly string[] = ['key']): void {
  exchange.matchAll(keys, messageOf({ exchange: 'x', routingKey: keys[0] ?? '', body }), new Set())
}

function bodiesIn(exchange: Exchange): string[] {
  return exchange.history().map(past => bodyOf(past.message))
}

const exchangeWith = (args: PlainTable = {}) => exchangeOfType('x-recent-history', 'x', args)
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `${from + index}`)

describe('a recent history exchange', () => {
  it('keeps the last twenty messages, the oldest first', () => {
    const exchange = exchangeWith()
    expect(exchange.history()).toEqual([])
    for (const body of numbered(0, 19)) publish(exchange, body)
    expect(bodiesIn(exchange)).toEqual(numbered(0, 19))
    for (const body of numbered(19, 100)) publish(exchange, body)
    expect(bodiesIn(exchange)).toEqual(numbered(80, 100))
  })

  it.each([1, 2, 3, 7])('keeps the last %p if told so', length => {
    const exchange = exchangeWith({ 'x-recent-history-length': length })
    for (let count = 1; count <= 30; count++) {
      publish(exchange, String(count))
      expect(bodiesIn(exchange)).toEqual(numbered(Math.max(1, count - length + 1), count + 1))
    }
  })

  it('keeps copies: what they came in may be used for something else', () => {
    const exchange = exchangeWith()
    const message = messageOf({ exchange: 'x', routingKey: 'a.b', body: 'kept', persistent: true })
    const seen = partsOf(message)
    exchange.matchAll(['a.b', 'cc'], message, new Set())
    overwriteChunkOf(message)
    const [past] = exchange.history()
    expect(past && partsOf(past.message)).toEqual(seen)
    expect(past?.routingKeys).toEqual(['a.b', 'cc'])
  })

  it('keeps a message once, though several of its keys lead through it', () => {
    const exchange = exchangeWith()
    publish(exchange, 'once', ['a', 'b', 'c'])
    expect(bodiesIn(exchange)).toEqual(['once'])
  })

  it('does not keep what says so', () => {
    const exchange = exchangeWith()
    const keep = (value: boolean | string | number | null) => {
      exchange.matchAll([''], messageWith('', { 'x-recent-history-no-store': value }), new Set())
      return exchange.history().length
    }
    expect([keep(true), keep(false), keep('true'), keep(1), keep(null)]).toEqual([0, 1, 2, 3, 4])
  })

  it('keeps what is bound nowhere, too, and gives it to all that is bound', () => {
    const exchange = exchangeWith()
    publish(exchange, 'early')
    exchange.bind(bindingTo(queueNamed('a')))
    expect(bodiesIn(exchange)).toEqual(['early'])
    expect(bodiesIn(exchange)).toEqual(['early'])
  })

  it('keeps no more than 64 MiB, but always the last one', () => {
    const exchange = exchangeWith({ 'x-recent-history-length': 1_000_000 })
    const large = Buffer.alloc(20 * 1024 * 1024, 'l')
    for (let i = 0; i < 5; i++) publish(exchange, large)
    expect(exchange.history()).toHaveLength(3)
    publish(exchange, Buffer.alloc(70 * 1024 * 1024, 'h'))
    expect(exchange.history()).toHaveLength(1)
    publish(exchange, 'small')
    expect(bodiesIn(exchange)).toEqual(['small'])
  })

  it('sees every message: its routes are not remembered', () => {
    const vhost = new SmallVhost()
    vhost.declare('x-recent-history', 'x')
    vhost.bind('x', 'q')
    expect(vhost.route('x', 'key')).toEqual({ queues: ['q'], rememberable: false })
  })

  it.each<[PlainTable[string], string]>([
    [0, '0'],
    [-1, '-1'],
    ['5', '<<"5">>'],
    [1.5, '1.5'],
    [true, 'true'],
  ])('refuses the length %p', (length, shown) => {
    const text = `Invalid argument ${shown}, 'x-recent-history-length' must be a positive integer`
    expect(() => exchangeWith({ 'x-recent-history-length': length })).toThrow(text)
  })
})

it('is no business of other exchanges', () => {
  const exchange = exchangeOfType('fanout')
  publish(exchange, 'gone')
  expect(exchange.history()).toEqual([])
})
