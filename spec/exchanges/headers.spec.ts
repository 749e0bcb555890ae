/** What the arguments of a binding to a headers exchange mean. Put to RabbitMQ 3.10.8 as well; where 4 differs, 4 holds. */
import { PreconditionFailed } from '../../src/amqp/errors'
import {
  type FieldTable,
  type FieldValue,
  fieldTable,
  type Plain,
  type PlainTable,
} from '../../src/amqp/table'
import { compileCondition } from '../../src/exchanges/headers-match'
import { bindingTo, exchangeOfType, messageWith, queueNamed } from './arrange'

function holds(args: PlainTable, headers: PlainTable | undefined): boolean {
  return compileCondition(fieldTable(args)).holds(headers === undefined ? undefined : fieldTable(headers))
}

describe.each([undefined, 'all'])('a condition with x-match %p', mode => {
  const args = { ...(mode === undefined ? {} : { 'x-match': mode }), format: 'pdf', pages: 3 }

  it('holds when every header has its value, whatever else is there', () => {
    expect(holds(args, { format: 'pdf', pages: 3 })).toBe(true)
    expect(holds(args, { author: 'me', pages: 3, format: 'pdf' })).toBe(true)
  })

  it('does not hold when a header is missing or has another value', () => {
    expect(holds(args, { format: 'pdf' })).toBe(false)
    expect(holds(args, { format: 'pdf', pages: 4 })).toBe(false)
    expect(holds(args, { format: 'zip', pages: 3 })).toBe(false)
    expect(holds(args, {})).toBe(false)
    expect(holds(args, undefined)).toBe(false)
  })

  it('holds for every message when there is nothing to hold', () => {
    const nothing = mode === undefined ? {} : { 'x-match': mode }
    expect([holds(nothing, undefined), holds(nothing, { a: 1 })]).toEqual([true, true])
  })

  it('passes over arguments that begin with x-', () => {
    expect(holds({ ...args, 'x-origin': 'web' }, { format: 'pdf', pages: 3 })).toBe(true)
    expect(holds({ 'x-origin': 'web' }, { 'x-origin': 'phone' })).toBe(true)
  })
})

describe('a condition with x-match any', () => {
  const args = { 'x-match': 'any', format: 'pdf', pages: 3 }

  it('holds when one header has its value', () => {
    expect(holds(args, { format: 'pdf', pages: 4 })).toBe(true)
    expect(holds(args, { pages: 3 })).toBe(true)
  })

  it('does not hold when none has', () => {
    expect(holds(args, { format: 'zip', pages: 4 })).toBe(false)
    expect(holds(args, {})).toBe(false)
    expect(holds(args, undefined)).toBe(false)
  })

  it('holds for no message when there is nothing to hold', () => {
    expect([holds({ 'x-match': 'any' }, undefined), holds({ 'x-match': 'any' }, { a: 1 })]).toEqual([
      false,
      false,
    ])
  })

  it('passes over arguments that begin with x-', () => {
    expect(holds({ 'x-match': 'any', 'x-origin': 'web' }, { 'x-origin': 'web' })).toBe(false)
  })
})

describe('a condition with x-match all-with-x', () => {
  const args = { 'x-match': 'all-with-x', 'x-origin': 'web', format: 'pdf' }

  it('looks at arguments that begin with x- too', () => {
    expect(holds(args, { 'x-origin': 'web', format: 'pdf' })).toBe(true)
    expect(holds(args, { 'x-origin': 'phone', format: 'pdf' })).toBe(false)
    expect(holds(args, { format: 'pdf' })).toBe(false)
  })

  it('does not take x-match itself for one', () => {
    expect(holds({ 'x-match': 'all-with-x' }, { 'x-match': 'any' })).toBe(true)
  })
})

describe('a condition with x-match any-with-x', () => {
  const args = { 'x-match': 'any-with-x', 'x-origin': 'web', format: 'pdf' }

  it('looks at arguments that begin with x- too', () => {
    expect(holds(args, { 'x-origin': 'web' })).toBe(true)
    expect(holds(args, { format: 'pdf' })).toBe(true)
    expect(holds(args, { 'x-origin': 'phone' })).toBe(false)
  })

  it('does not take x-match itself for one', () => {
    expect(holds({ 'x-match': 'any-with-x' }, { 'x-match': 'any-with-x' })).toBe(false)
  })
})

describe('the argument x-match', () => {
  it.each([
    ['bad', '<<"bad">>'],
    ['', '<<>>'],
    ['ALL', '<<"ALL">>'],
    ['a"b', '<<"a\\"b">>'],
  ])('may not be %p', (value, printed) => {
    const text = `Invalid x-match field value ${printed}; expected all, any, all-with-x, or any-with-x`
    expect(() => compileCondition(fieldTable({ 'x-match': value }))).toThrow(new PreconditionFailed(text))
  })

  it.each<[string, Plain]>([
    ['signedint (value 5)', 5],
    ['bool (value true)', true],
    ['void (value undefined)', null],
    ['double (value 1.5)', 1.5],
    ['binary (value <<1,2,255>>)', Buffer.from([1, 2, 255])],
    ['binary (value <<"all">>)', Buffer.from('all')],
    ['array (value [{longstr,<<"a">>},{signedint,1}])', ['a', 1]],
    ['table (value [{<<"a">>,signedint,1}])', { a: 1 }],
  ])('may not be of type %s', (printed, value) => {
    const text = `Invalid x-match field type ${printed}; expected longstr`
    expect(() => compileCondition(fieldTable({ 'x-match': value }))).toThrow(new PreconditionFailed(text))
  })

  it('is checked before a binding is made', () => {
    const exchange = exchangeOfType('headers')
    const binding = bindingTo(queueNamed('q'), '', { 'x-match': 'bad' })
    expect(() => exchange.validateBinding(binding)).toThrow(PreconditionFailed)
    expect(() => exchange.bind(binding)).toThrow(PreconditionFailed)
    expect([exchange.bindingCount, exchange.everBound]).toEqual([0, false])
  })
})

describe('a value in a condition', () => {
  const ones: readonly FieldValue[] = [
    ...(['b', 'B', 's', 'u', 'I', 'i', 'l', 'L', 'T'] as const).map(type => ({ type, value: 1 })),
  ]
  const floats: readonly FieldValue[] = [
    { type: 'f', value: 1 },
    { type: 'd', value: 1 },
  ]

  function equal(bound: FieldValue, sent: FieldValue): boolean {
    const table = (value: FieldValue): FieldTable => new Map([['h', value]])
    return compileCondition(table(bound)).holds(table(sent))
  }

  it('equals an integer of any width', () => {
    for (const bound of ones) expect(ones.filter(sent => equal(bound, sent))).toEqual(ones)
  })

  it('equals a float of any width, but no integer is a float', () => {
    for (const bound of floats)
      expect([...ones, ...floats].filter(sent => equal(bound, sent))).toEqual(floats)
    for (const bound of ones) expect(floats.filter(sent => equal(bound, sent))).toEqual([])
  })

  it('equals integers beyond 2^53 only digit by digit', () => {
    const large = { type: 'l', value: 2n ** 60n } as const
    expect(equal(large, { type: 'l', value: 2n ** 60n })).toBe(true)
    expect(equal(large, { type: 'l', value: 2n ** 60n + 1n })).toBe(false)
  })

  it('equals the same bytes, text or not, and no other case of them', () => {
    expect(equal({ type: 'S', value: Buffer.from('a') }, { type: 'x', value: Buffer.from('a') })).toBe(true)
    expect(equal({ type: 'S', value: Buffer.from('a') }, { type: 'S', value: Buffer.from('A') })).toBe(false)
    expect(equal({ type: 'S', value: Buffer.from('1') }, { type: 'I', value: 1 })).toBe(false)
  })

  it('equals arrays and tables whose values have the same types too', () => {
    const array = (type: 'I' | 'l'): FieldValue => ({ type: 'A', value: [{ type, value: 1 }] })
    expect([equal(array('I'), array('I')), equal(array('I'), array('l'))]).toEqual([true, false])
    expect(holds({ h: { a: 1, b: 'x' } }, { h: { a: 1, b: 'x' } })).toBe(true)
    expect(holds({ h: { a: 1 } }, { h: { a: 1, b: 'x' } })).toBe(false)
  })

  it('tells true from false, from 1 and from "true"', () => {
    expect(holds({ h: true }, { h: true })).toBe(true)
    for (const other of [false, 1, 'true', null]) expect(holds({ h: true }, { h: other })).toBe(false)
  })

  it('asks only whether the header is there when it is void', () => {
    for (const value of [0, false, '', null, [], {}]) expect(holds({ h: null }, { h: value })).toBe(true)
    expect([holds({ h: null }, { other: 1 }), holds({ h: null }, undefined)]).toEqual([false, false])
    expect(holds({ 'x-match': 'any', h: null }, { h: 1 })).toBe(true)
  })
})

describe('a headers exchange', () => {
  it('decodes the headers of a message once, and not at all when nothing is bound', () => {
    const exchange = exchangeOfType('headers')
    const headers = jest.fn(() => fieldTable({ a: 1 }))
    const message = { ...messageWith(''), headers }
    exchange.match('', message, new Set())
    expect(headers).not.toHaveBeenCalled()
    for (const name of ['p', 'q', 'r']) exchange.bind(bindingTo(queueNamed(name), '', { a: 1 }))
    exchange.match('', message, new Set())
    expect(headers).toHaveBeenCalledTimes(1)
  })
})
