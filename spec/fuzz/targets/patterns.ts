/** Patterns that administrators and callers give, on names that peers choose: used or refused, and never slow. */
import { filterPattern, type LinearPattern, namePattern } from '../../../src/auth/linear-pattern'
import { InvalidPattern, toJavaScript } from '../../../src/auth/pattern'
import type { Random } from '../../crash/random'
import type { Input, Target, World } from '../target'

/** Of the pattern and the name, up to which V8's own engine is asked for its opinion: beyond it may think for years. */
const COMPARED_MAX = 14

const ATOMS = [
  'a',
  'b',
  '.',
  '\\d',
  '\\w',
  '\\W',
  '\\s',
  '[ab]',
  '[^a]',
  '[]a]',
  '[^]a]',
  '[a-c]',
  '(a|b)',
  '(?:ab)',
  '(?=a)',
  '(?!a)',
  '(a',
  ')',
  '\\b',
  '\\B',
  '^',
  '$',
  '\\A',
  '\\z',
  '\\.',
  '\\x61',
  '\\u0061',
  '\\1',
  '\\0',
  '|',
  '{',
  '}',
  '{2}',
  '\\',
  '[',
  ']',
  '(?i)',
  '(?<n>a)',
  '(?<=a)',
  '-',
  'é',
]
const TIMES = ['', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{0,2}', '{1,}', '{,2}', '{255}', '**']
const NAMES = [
  '',
  'a',
  'ab',
  'ba',
  'aab',
  'A',
  'a-b',
  ' a',
  '1a_',
  'aaaaaaaaab',
  'é',
  '\n',
  'a\nb',
  ']',
  '{',
  '^',
]

export const patterns: Target = {
  name: 'patterns',
  briefly: 600,
  dictionary: [...ATOMS, ...TIMES, ...NAMES].map(text => Buffer.from(text)),
  inputsPerWorld: 100_000,
  forgets: true,
  generate: random => [
    Buffer.from(pattern(random)),
    ...Array.from({ length: 4 }, () => Buffer.from(name(random))),
  ],
  open: async () => ({ feed, close: () => {} }),
}

function pattern(random: Random): string {
  let text = ''
  for (let count = random.between(0, 6); count > 0; count--) text += random.pick(ATOMS) + random.pick(TIMES)
  return random.chance(0.3) ? `(${text})${random.pick(TIMES)}` : text
}

function name(random: Random): string {
  return random.chance(0.1) ? 'a'.repeat(255) : random.pick(NAMES) + random.pick(NAMES)
}

function feed([given, ...names]: Input): ReturnType<World['feed']> {
  const text = given?.toString() ?? ''
  for (const compile of [namePattern, filterPattern]) {
    const made = orRefused(() => compile(text))
    if (made === undefined) continue
    for (const bytes of names) compare(made, text, bytes.toString().slice(0, 255))
  }
}

function compare(linear: LinearPattern, text: string, name: string): void {
  const found = linear.test(name)
  if (text.length === 0 || text.length > COMPARED_MAX || name.length > COMPARED_MAX) return
  const { source, ignoreCase } = toJavaScript(text)
  const expected = new RegExp(source, ignoreCase ? 'i' : '').test(name)
  if (found !== expected)
    throw new Error(`${JSON.stringify(text)} on ${JSON.stringify(name)}: ${found}, V8: ${expected}`)
}

function orRefused<Result>(read: () => Result): Result | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof InvalidPattern) return undefined
    throw error
  }
}
