/** Texts of peers on their way to a terminal. */
import fc from 'fast-check'
import { jsonText, printable, printableLines } from '../../src/structures/printable'

const commands = ['\u001b[2J', '\u009b31m', '\u0007', '\r', '\u007f', '\u202e', '\u2066', '\u2028']
const texts = fc
  .array(fc.oneof(fc.constantFrom(...commands), fc.string({ unit: 'binary' })))
  .map(all => all.join(''))

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const DANGEROUS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/

describe('what is written to a terminal', () => {
  it.each(commands)('has no command in it: %j', command => {
    expect(printable(`a${command}b`)).toMatch(/^a\\u[0-9a-f]{4}.*b$/)
  })

  it('keeps lines and tabs where there may be several', () => {
    expect(printableLines('a\tb\nc\u001b')).toBe('a\tb\nc\\u001b')
  })

  it('is the same JSON with its texts made harmless', () => {
    fc.assert(
      fc.property(fc.dictionary(texts, texts), value => {
        const text = jsonText(value)
        expect(text).not.toMatch(DANGEROUS)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})
