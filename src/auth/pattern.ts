/**
 * Patterns on names as RabbitMQ has them, which is PCRE, in JavaScript's words. Knows no users.
 * Invariant: a pattern either means in JavaScript what it means in PCRE, or it is refused when it is set: one that
 * silently meant something else would open or close a door nobody looked at.
 */

/** The pattern cannot be used; carries what an administrator must read. Not an AMQP error: no peer sets patterns. */
export class InvalidPattern extends Error {
  constructor(
    readonly pattern: string,
    readonly reason: string,
  ) {
    super(`invalid pattern '${pattern}': ${reason}`)
  }

  override get name(): string {
    return 'InvalidPattern'
  }
}

/** Letters after a backslash that mean one thing to PCRE and another to JavaScript, which for most is the letter. */
const DIVERGING_ESCAPES = new Set('aceghklopuvCEGHKLNPQRUVXZ')
const POSIX_CLASS = /^\[[:.=]/

/** The pattern as JavaScript writes it. @throws InvalidPattern */
export function toJavaScript(pattern: string): { readonly source: string; readonly ignoreCase: boolean } {
  const ignoreCase = pattern.startsWith('(?i)')
  const source = fromPcre(ignoreCase ? pattern.slice(4) : pattern, pattern)
  try {
    // No 'u' flag: with it '{username}' in a topic pattern would be a syntax error, and PCRE takes it literally.
    new RegExp(source)
    return { source, ignoreCase }
  } catch (error) {
    throw new InvalidPattern(pattern, syntaxComplaint(error))
  }
}

/** Rewrites `\A` and `\z`, and refuses what JavaScript would read without complaint but differently. */
function fromPcre(source: string, pattern: string): string {
  let out = ''
  let inClass = false
  for (let i = 0; i < source.length; i++) {
    const char = source.charAt(i)
    if (char === '\\') {
      i++
      if (source.startsWith('x{', i)) throw new InvalidPattern(pattern, '\\x{ is not supported')
      out += fromPcreEscape(source.charAt(i), inClass, pattern)
      continue
    }
    if (inClass && POSIX_CLASS.test(source.slice(i)))
      throw new InvalidPattern(pattern, 'POSIX classes are not supported')
    if (char === '[' && !inClass) {
      inClass = true
      out += char
      // PCRE: a ']' right after '[' or '[^' is a member; in JavaScript it would close the class.
      if (source.charAt(i + 1) === '^') out += source.charAt(++i)
      if (source.charAt(i + 1) === ']') {
        out += '\\]'
        i++
      }
      continue
    }
    if (char === ']') inClass = false
    out += char
  }
  return out
}

function fromPcreEscape(letter: string, inClass: boolean, pattern: string): string {
  if (!inClass && letter === 'A') return '^'
  if (!inClass && letter === 'z') return '$'
  if (DIVERGING_ESCAPES.has(letter)) throw new InvalidPattern(pattern, `\\${letter} is not supported`)
  return `\\${letter}`
}

/** V8 repeats the pattern ("Invalid regular expression: /a(/: Unterminated group"); the tail says what is wrong. */
function syntaxComplaint(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.slice(message.lastIndexOf('/') + 1).replace(/^\w*: /, '')
}
