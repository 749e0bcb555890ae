import { PreconditionFailed } from '../../src/amqp/errors'
import { type FieldTable, type FieldValue, fieldTable } from '../../src/amqp/table'
import { delayIn, withDelayOver } from '../../src/exchanges/delay-header'
import { bindingTo, exchangeOfType, matched, queueNamed, SmallVhost } from './arrange'

function delayOf(value: FieldValue): number {
  return delayIn(new Map([['x-delay', value]]))
}

function text(value: string): FieldValue {
  return { type: 'S', value: Buffer.from(value) }
}

describe('the header x-delay', () => {
  it.each<[string, number, FieldValue]>([
    ['a whole number', 5, { type: 'I', value: 5 }],
    ['an octet', 5, { type: 'B', value: 5 }],
    ['a long one', 4_294_967_295, { type: 'l', value: 4_294_967_295 }],
    ['a text of digits', 5000, text('5000')],
    ['bytes that are digits', 70, { type: 'x', value: Buffer.from('70') }],
    ['a floating number, of which the fraction does not count', 5, { type: 'd', value: 5.9 }],
  ])('delays when it is %s', (_, delay, value) => {
    expect(delayOf(value)).toBe(delay)
  })

  it.each<[string, FieldValue]>([
    ['0', { type: 'I', value: 0 }],
    ['negative', { type: 'I', value: -5 }],
    ['more than 2^32 - 1', { type: 'l', value: 4_294_967_296 }],
    ['more than any number', { type: 'l', value: 2n ** 62n }],
    ['less than 1', { type: 'd', value: 0.9 }],
    ['no number', { type: 'd', value: Number.NaN }],
    ['infinite', { type: 'd', value: Number.POSITIVE_INFINITY }],
    ['a word', text('soon')],
    ['empty', text('')],
    ['digits and more', text('5000 ms')],
    ['a hexadecimal text', text('0x10')],
    ['a megabyte of digits', text('1'.repeat(1_000_000))],
    ['a truth', { type: 't', value: true }],
    ['void', { type: 'V' }],
    ['a time', { type: 'T', value: 5 }],
    ['a table', { type: 'F', value: new Map() }],
    ['a list', { type: 'A', value: [{ type: 'I', value: 5 }] }],
  ])('does not delay when it is %s', (_, value) => {
    expect(delayOf(value)).toBe(0)
  })

  it('is negative when the message has waited, and the other headers are as they were', () => {
    const over = (headers: FieldTable) => [...withDelayOver(headers)]
    expect(over(fieldTable({ 'x-delay': '5000', other: 1 }))).toEqual([
      ['x-delay', { type: 'I', value: -5000 }],
      ['other', { type: 'I', value: 1 }],
    ])
    expect(over(fieldTable({ 'x-delay': 4_294_967_295 }))).toEqual([
      ['x-delay', { type: 'l', value: -4_294_967_295 }],
    ])
  })
})

describe('a delayed message exchange', () => {
  it('must say which type it is of besides', () => {
    const declared = (type?: string | number) =>
      exchangeOfType('x-delayed-message', 'x', { 'x-delayed-type': type })
    const missing = new PreconditionFailed(
      "Invalid argument, 'x-delayed-type' must bean existing exchnage type",
    )
    expect(() => declared()).toThrow(missing)
    expect(() => declared(5)).toThrow(missing)
    expect(() => declared('nope')).toThrow(new PreconditionFailed("unknown exchange type 'nope'"))
    expect(() => declared('x-delayed-message')).toThrow(
      new PreconditionFailed("Invalid argument, 'x-delayed-message' can't be used for 'x-delayed-type'"),
    )
  })

  it('routes as that type does', () => {
    const topic = exchangeOfType('x-delayed-message', 'x', { 'x-delayed-type': 'topic' })
    topic.bind(bindingTo(queueNamed('a'), 'red.*'))
    topic.bind(bindingTo(queueNamed('b'), 'blue.*'))
    expect(matched(topic, 'red.dark')).toEqual(['a'])
    topic.unbind(bindingTo(queueNamed('a'), 'red.*'))
    expect(matched(topic, 'red.dark')).toEqual([])
  })

  it('has a message with a delay wait in its own queue, if it would go anywhere', () => {
    const exchange = exchangeOfType('x-delayed-message', 'later', { 'x-delayed-type': 'direct' })
    exchange.bind(bindingTo(queueNamed('a'), 'red'))
    expect(matched(exchange, 'red', { 'x-delay': 5 })).toEqual(['amq.delayed.later'])
    expect(matched(exchange, 'blue', { 'x-delay': 5 })).toEqual([])
    expect(matched(exchange, 'red', { 'x-delay': -5 })).toEqual(['a'])
  })

  it('refuses the bindings that its type refuses', () => {
    const headers = exchangeOfType('x-delayed-message', 'x', { 'x-delayed-type': 'headers' })
    expect(() => headers.bind(bindingTo(queueNamed('a'), '', { 'x-match': 'bad' }))).toThrow(
      PreconditionFailed,
    )
    expect(headers.bindingCount).toBe(0)
  })

  it('lets its type see a message only once: when it has waited', () => {
    const args = { 'x-delayed-type': 'x-recent-history' }
    const exchange = exchangeOfType('x-delayed-message', 'x', args)
    expect(matched(exchange, '', { 'x-delay': 5 })).toEqual([])
    exchange.bind(bindingTo(queueNamed('a')))
    expect(matched(exchange, '', { 'x-delay': 5 })).toEqual(['amq.delayed.x'])
    expect(exchange.history()).toHaveLength(0)
    expect(matched(exchange, '', { 'x-delay': -5 })).toEqual(['a'])
    expect(exchange.history()).toHaveLength(1)
  })

  it('delays also what only its alternate exchange would take', () => {
    const vhost = new SmallVhost()
    vhost.declare('x-delayed-message', 'later', {
      'x-delayed-type': 'direct',
      'alternate-exchange': 'spare',
    })
    vhost.declare('fanout', 'spare')
    vhost.bind('spare', 'q')
    expect(vhost.route('later', 'red', { 'x-delay': 5 })).toMatchObject({ queues: ['amq.delayed.later'] })
    expect(vhost.route('later', 'red', { 'x-delay': -5 })).toEqual({ queues: ['q'], rememberable: false })
  })

  it('delays what reaches it through another exchange, also round in a circle', () => {
    const vhost = new SmallVhost()
    vhost.declare('fanout', 'front')
    vhost.declare('x-delayed-message', 'one')
    vhost.declare('x-delayed-message', 'two')
    vhost.bind('front', 'one')
    vhost.bind('one', 'two')
    vhost.bind('two', 'one')
    vhost.bind('two', 'q')
    expect(vhost.route('front', '', { 'x-delay': 5 }).queues).toEqual(['amq.delayed.one'])
    expect(vhost.route('one', '', { 'x-delay': -5 }).queues).toEqual(['q'])
  })
})
