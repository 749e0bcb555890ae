import { namePattern } from '../../src/auth/linear-pattern'
import { InvalidPattern } from '../../src/auth/pattern'

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
    expect(namePattern(pattern).test(name)).toBe(verdict)
  })

  it.each([
    ['a(', 'Unterminated group'],
    ['[a', 'Unterminated character class'],
    ['*', 'Nothing to repeat'],
    ['a++', 'Nothing to repeat'],
    ['(?>a)', 'Invalid group'],
    ['(?i)/: a(', 'Unterminated group'],
    ['\\', '\\ at end of pattern'],
    ['(a)\\1', 'back references are not supported'],
    ['(?<=a)b', 'looking behind is not supported'],
    ['a'.repeat(4097), 'it must not exceed 4096 bytes'],
    ['(a{60}){60}|(b{60}){60}', 'it is too large'],
  ])('%j is refused: %s', (pattern, reason) => {
    expect(() => namePattern(pattern)).toThrow(new InvalidPattern(pattern, reason))
  })

  // JavaScript takes all of these without complaint, for something else than PCRE does.
  it.each(['\\Qa.b\\E', '\\p{L}', '\\h', '\\x{41}', '[[:alpha:]]', 'a\\Z', '\\u0041'])(
    '%j, which JavaScript would misread, is refused',
    pattern => expect(() => namePattern(pattern)).toThrow(InvalidPattern),
  )

  it('takes no longer for names that a RegExp would try in every way', () => {
    const names = ['a'.repeat(255), 'x'.repeat(255)]
    for (const pattern of ['^(a+)+$', '(x+x+)+y', '^(a|aa)+$', '(.*a){12}$']) {
      const compiled = namePattern(pattern)
      for (const name of names) expect(typeof compiled.test(`${name}!`)).toBe('boolean')
    }
  })

  it('may list many names', () => {
    const pattern = `^(${Array.from({ length: 300 }, (_, i) => `q-${i}`).join('|')})$`
    expect(namePattern(pattern).test('q-299')).toBe(true)
    expect(namePattern(pattern).test('q-300')).toBe(false)
  })
})
