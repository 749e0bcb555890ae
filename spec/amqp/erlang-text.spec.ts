import { erlangBinary, erlangFloat, erlangOctets, erlangPair, erlangString } from '../../src/amqp/erlang-text'

// What io:format("~p") of Erlang/OTP 25 prints.
describe('a float in Erlang', () => {
  it.each([
    [1, '1.0'],
    [100, '100.0'],
    [1000, '1.0e3'],
    [12000, '1.2e4'],
    [60000, '6.0e4'],
    [123456, '123456.0'],
    [123456789.125, '123456789.125'],
    [1e15, '1.0e15'],
    [1.5e15, '1.5e15'],
    [9007199254740991, '9007199254740991.0'],
    [9007199254740992, '9.007199254740992e15'],
    [1.2345678901234567e19, '1.2345678901234567e19'],
    [1e300, '1.0e300'],
    [0.1, '0.1'],
    [0.001, '0.001'],
    [0.0001, '0.0001'],
    [0.00012, '1.2e-4'],
    [0.000123456, '1.23456e-4'],
    [1e-5, '1.0e-5'],
    [-2.5, '-2.5'],
    [0, '0.0'],
    [-0, '-0.0'],
  ])('%d is printed as %s', (value, text) => {
    expect(erlangFloat(value)).toBe(text)
  })
})

describe('bytes in Erlang', () => {
  it.each([
    ['', '<<>>'],
    ['616263', '<<"abc">>'],
    ['6122625c', '<<"a\\"b\\\\">>'],
    ['1b7809', '<<"\\ex\\t">>'],
    ['c3a9', '<<"é"/utf8>>'],
    ['ff', '<<"ÿ">>'],
    ['ff01', '<<255,1>>'],
    ['07', '<<7>>'],
    ['6100', '<<97,0>>'],
    ['7f', '<<127>>'],
  ])('%s is printed as %s', (hex, text) => {
    expect(erlangBinary(Buffer.from(hex, 'hex'))).toBe(text)
  })

  it('are cut with dots where only the first are wanted', () => {
    expect(erlangOctets(Buffer.from([1, 2, 3]), 3)).toBe('<<1,2,3>>')
    expect(erlangOctets(Buffer.from([1, 2, 3]), 2)).toBe('<<1,2,...>>')
  })
})

describe('a pair in Erlang', () => {
  it('is in one line if that ends before column 79', () => {
    expect(erlangPair('atom', '1', 70)).toBe('{atom,1}')
  })

  it('is in two lines otherwise, the second below the first term', () => {
    expect(erlangPair('atom', '1', 71)).toBe(`{atom,\n${' '.repeat(72)}1}`)
  })

  it('may hold a text', () => {
    expect(erlangPair('atom', erlangString('a"b\n'), 0)).toBe('{atom,"a\\"b\\n"}')
  })
})
