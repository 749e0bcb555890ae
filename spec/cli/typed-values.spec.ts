import { InvalidArgumentError } from 'commander'
import fc from 'fast-check'
import { pair, pairsOrObject, positions, sameJson, seconds, whole } from '../../src/cli/typed-values'

describe('a name=value', () => {
  it.each([
    ['x-max-length=10', { 'x-max-length': 10 }],
    ['x-max-length="10"', { 'x-max-length': '10' }],
    ['dlx=orders', { dlx: 'orders' }],
    ['k=a=b', { k: 'a=b' }],
    ['k=', { k: '' }],
    ['k=true', { k: true }],
    ['k=[1,"a"]', { k: [1, 'a'] }],
    ['k={"a":1}', { k: { a: 1 } }],
    ['k={a', { k: '{a' }],
    ['__proto__=1', JSON.parse('{"__proto__":1}')],
  ])('%s is %j', (text, value) => {
    expect(pair(text)).toEqual(value)
  })

  it.each(['', 'k', '=v'])('is refused as %j', text => {
    expect(() => pair(text)).toThrow(InvalidArgumentError)
  })

  it('is added to those before it, and the last of a name holds', () => {
    expect(pair('b=2', pair('a=1'))).toEqual({ a: 1, b: 2 })
    expect(pairsOrObject(['a=1', 'a=2'])).toEqual({ a: 2 })
  })

  it('may be one JSON object instead, which must be one', () => {
    expect(pairsOrObject(['{"a": {"b": 1}}'])).toEqual({ a: { b: 1 } })
    expect(() => pairsOrObject(['{"a"'])).toThrow(InvalidArgumentError)
  })
})

describe('a number', () => {
  it.each(['0', '10'])('may be %s, from 0 to 10', text => {
    expect(whole(0, 10)(text)).toBe(Number(text))
  })

  it.each(['-1', '11', '1.5', '', 'x', '1e1', '0x1'])('may not be %j, from 0 to 10', text => {
    expect(() => whole(0, 10)(text)).toThrow(InvalidArgumentError)
  })

  it('of seconds may have a fraction', () => {
    expect(seconds(0.1, 10)('0.1')).toBe(0.1)
    for (const text of ['0', '10.1', 'x', '.5'])
      expect(() => seconds(0.1, 10)(text)).toThrow(InvalidArgumentError)
  })

  it('of a position may be several', () => {
    expect(positions('3,7,12')).toEqual([3, 7, 12])
    for (const text of ['', '3,', 'a', '3, 7']) expect(() => positions(text)).toThrow(InvalidArgumentError)
  })
})

describe('the comparison of arguments', () => {
  it('does not care for the order of fields', () => {
    expect(sameJson({ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 })).toBe(true)
    expect(sameJson({ a: 1 }, { a: 1, b: null })).toBe(false)
    expect(sameJson([1, 2], [2, 1])).toBe(false)
    expect(sameJson({ a: 1 }, { a: '1' })).toBe(false)
  })

  it('finds anything equal to its copy', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value =>
        sameJson(value as never, JSON.parse(JSON.stringify(value)) as never),
      ),
    )
  })
})
