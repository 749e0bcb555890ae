/** Every number here is Erlang's own: `erlang:phash2(Term)` of OTP 25, from Debian. */
import * as erlang from '../../src/exchanges/phash2'

const bytes = (text: string) => Buffer.from(text)
const upTo = (length: number, first: number) => Buffer.from(Array.from({ length }, (_, i) => first + i))

describe('phash2 of a binary', () => {
  it.each([
    ['of no bytes', bytes(''), 13708901],
    ['of one', bytes('a'), 112802447],
    ['of a block less one', bytes('hello world'), 33550279],
    ['of a block', bytes('hello world!'), 25699699],
    ['of a block and one', bytes('hello world!!'), 2064796],
    ['of several blocks', upTo(100, 1), 98965761],
    ['of all octets a short string can have', upTo(255, 0), 128519051],
  ])('%s', (_, binary, expected) => {
    expect(erlang.phash2(erlang.hashBinary(0, binary))).toBe(expected)
  })
})

describe('phash2 of a list of binaries', () => {
  it.each([
    [[], 113427502],
    [[''], 38220213],
    [['a'], 53691870],
    [['a', 'b'], 3094894],
    [['order.1', 'cc.1', 'cc.2'], 127081701],
  ])('%j', (texts, expected) => {
    const list = texts.reduce((hash, text) => erlang.hashBinary(hash, bytes(text)), 0)
    expect(erlang.phash2(erlang.hashNil(list))).toBe(expected)
  })

  it('is the same for two thousand of them', () => {
    let sum = 0
    for (let i = 1; i <= 2000; i++) {
      const first = Buffer.from(Array.from({ length: i % 60 }, (_, j) => (i * (j + 1) * 7) % 256))
      const list = erlang.hashBinary(erlang.hashBinary(0, first), bytes(String(i)))
      sum += erlang.phash2(erlang.hashNil(list))
    }
    expect(sum).toBe(129477117145)
  })
})

describe('phash2 of a whole number', () => {
  it.each<[number | bigint, number]>([
    [0, 88723725],
    [1, 2614250],
    [-1, 44071773],
    [42, 30328728],
    [-42, 80419736],
    [134217727, 112602999],
    [134217728, 12354923],
    [-134217728, 69672967],
    [-134217729, 76739502],
    [2147483647, 124127543],
    [-2147483648, 62030289],
    [4294967296, 95057355],
    [9007199254740993n, 56184129],
    [-9007199254740993n, 14029320],
    [9223372036854775807n, 28179613],
    [-9223372036854775808n, 126213383],
  ])('%p', (value, expected) => {
    expect(erlang.phash2(erlang.hashInteger(0, value))).toBe(expected)
  })
})

describe('phash2 of other terms', () => {
  it.each([
    [0, 20875736],
    [-0, 20875736],
    [1.5, 10380315],
    [-2.25, 106798634],
  ])('the float %p', (value, expected) => {
    expect(erlang.phash2(erlang.hashFloat(0, value))).toBe(expected)
  })

  it.each([
    ['undefined', 45914356],
    ['true', 506293],
    ['false', 7111573],
  ])('the atom %s', (name, expected) => {
    expect(erlang.phash2(erlang.hashAtom(0, name))).toBe(expected)
  })

  it('a tuple: {longstr, <<"x">>}', () => {
    const hash = erlang.hashAtom(erlang.hashTuple(0, 2), 'longstr')
    expect(erlang.phash2(erlang.hashBinary(hash, bytes('x')))).toBe(14442427)
  })

  it('a tuple with whole numbers: {2, 314}', () => {
    const hash = erlang.hashInteger(erlang.hashTuple(0, 2), 2)
    expect(erlang.phash2(erlang.hashInteger(hash, 314))).toBe(28881931)
  })
})
