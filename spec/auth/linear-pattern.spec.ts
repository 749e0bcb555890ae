import fc from 'fast-check'
import { LinearPattern } from '../../src/auth/linear-pattern'
import { InvalidPattern, toJavaScript } from '../../src/auth/pattern'

const atom = fc.oneof(
  fc.constantFrom('a', 'b', 'c', '.', '\\.', '[ab]', '[^a]', '\\w', '\\W', '\\d', '^', '$', '\\b', '\\B'),
  fc.constantFrom('a', 'b'),
)
/** Patterns as they are written, valid all of them. */
const { pattern } = fc.letrec<{ pattern: string; sequence: string; piece: string }>(tie => ({
  pattern: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map(ways => ways.join('|')),
  sequence: fc.array(tie('piece'), { maxLength: 4 }).map(pieces => pieces.join('')),
  piece: fc.oneof(
    { maxDepth: 3 },
    atom,
    fc
      .tuple(
        fc.oneof(
          fc.constantFrom('a', 'b', '.', '[ab]'),
          tie('pattern').map(inner => `(${inner})`),
        ),
        fc.constantFrom('*', '+', '?', '*?', '+?', '{2}', '{1,}', '{0,2}', '{0}'),
      )
      .map(([repeated, times]) => repeated + times),
    fc
      .tuple(fc.constantFrom('(', '(?:', '(?=', '(?!'), tie('pattern'))
      .map(([open, inner]) => `${open}${inner})`),
  ),
}))
const name = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '.', '1', 'A'), maxLength: 8 })

describe('a linear pattern', () => {
  it('finds what a RegExp finds, and nothing else', () => {
    fc.assert(
      fc.property(
        pattern,
        fc.boolean(),
        fc.array(name, { minLength: 1, maxLength: 5 }),
        (source, ignoreCase, names) => {
          fc.pre(source.length < 80) // else it may look ahead too far
          const written = ignoreCase ? `(?i)${source}` : source
          const linear = new LinearPattern(written)
          const expected = written === '' ? /(?:)/ : asRegExp(written)
          for (const each of names)
            expect([written, each, linear.test(each)]).toEqual([written, each, expected.test(each)])
        },
      ),
      { numRuns: 1000 },
    )
  })

  it.each([
    ['^foo\\.', 'foo.bar', true],
    ['^foo\\.', 'fooobar', false],
    ['^(?!amq\\.).*', 'amq.gen-1', false],
    ['^(?!amq\\.).*', 'orders', true],
    ['.*', '', true],
    ['', 'anything', true],
    ['^(orders|bills)-\\d{2,4}$', 'bills-2026', true],
    ['^(orders|bills)-\\d{2,4}$', 'bills-20261', false],
    ['{username}', 'x{username}y', true],
    ['a{,2}', 'a{,2}', true],
    ['[]a]', ']', true],
    ['\\x41', 'A', true],
    ['\\Aq\\z', 'q', true],
    ['(){1000000000}', '', true],
  ])('%p on %p: %p', (source, on, expected) => {
    expect(new LinearPattern(source).test(on)).toBe(expected)
  })

  it.each(['(a+)+$', '^(a|a)*$', '(a?){60}a{60}$', '(.*)(.*)(.*)(.*)(.*)x$', '(?=(a+)+$)(?!(a|aa)+$)x'])(
    '%s is soon done with a name made for it',
    source => {
      const linear = new LinearPattern(source)
      const started = performance.now()
      expect(linear.test(`${'a'.repeat(254)}!`)).toBe(false)
      expect(performance.now() - started).toBeLessThan(1000)
    },
  )

  it.each([
    ['(a)\\1', 'back references are not supported'],
    ['(?<=a)b', 'looking behind is not supported'],
    ['((a{60}){60}){60}', 'it is too large'],
    ['a{100000000}', 'it is too large'],
    ['(?=(a{20}){20})', 'it looks ahead too far'],
    ['('.repeat(51) + ')'.repeat(51), 'groups are nested too deeply'],
    ['a'.repeat(1025), 'it must not exceed 1024 bytes'],
    ['a(', 'Unterminated group'],
    ['*', 'Nothing to repeat'],
  ])('%p is refused', (source, reason) => {
    const refused = new InvalidPattern(source, reason)
    expect(() => new LinearPattern(source)).toThrow(refused)
  })
})

/** What V8 makes of it. */
function asRegExp(pattern: string): RegExp {
  const { source, ignoreCase } = toJavaScript(pattern)
  return new RegExp(source, ignoreCase ? 'i' : '')
}
