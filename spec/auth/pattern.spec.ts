import { compilePattern, InvalidPattern } from '../../src/auth/pattern'

describe('a permission pattern', () => {
  it.each([
    ['', '', true],
    ['', 'q', false],
    ['.*', '', true],
    ['.*', 'any.thing', true],
    ['^$', 'q', false],
    // unanchored, as in RabbitMQ: 'orders' also opens 'my-orders-2'
    ['orders', 'my-orders-2', true],
    ['^orders$', 'my-orders-2', false],
    ['^(a|b)\\.', 'b.c', true],
    ['^(a|b)\\.', 'bc', false],
    ['(?i)^Orders', 'ORDERS.1', true],
    ['^Orders', 'ORDERS.1', false],
    // PCRE's anchors and its ']' as first member of a class
    ['\\Aorders\\z', 'orders', true],
    ['\\Aorders\\z', 'Aordersz', false],
    ['^[]x]+$', ']x', true],
    ['^[^]x]+$', 'abc', true],
    ['^[^]x]+$', 'a]c', false],
    ['^[\\]]$', ']', true],
    ['^{username}$', '{username}', true],
  ])('%j in %j: %s', (pattern, name, verdict) => {
    expect(compilePattern(pattern).test(name)).toBe(verdict)
  })

  it.each([
    ['a(', 'Unterminated group'],
    ['[a', 'Unterminated character class'],
    ['*', 'Nothing to repeat'],
    ['a++', 'Nothing to repeat'],
    ['(?>a)', 'Invalid group'],
    ['(?i)/: a(', 'Unterminated group'],
    ['\\', '\\ at end of pattern'],
  ])('%j is refused: %s', (pattern, reason) => {
    expect(() => compilePattern(pattern)).toThrow(new InvalidPattern(pattern, reason))
  })

  // JavaScript takes all of these without complaint, for something else than PCRE does.
  it.each(['\\Qa.b\\E', '\\p{L}', '\\h', '\\x{41}', '[[:alpha:]]', 'a\\Z', '\\u0041'])(
    '%j, which JavaScript would misread, is refused',
    pattern => expect(() => compilePattern(pattern)).toThrow(InvalidPattern),
  )
})
