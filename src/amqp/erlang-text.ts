/**
 * How Erlang prints numbers and bytes (`~p`, `~w`), for RabbitMQ's error texts quote its terms and clients match on
 * the texts. Only what those texts need; but for `erlangPair`, on one line where Erlang would wrap at 80 columns.
 */
import { isAscii, isUtf8 } from 'node:buffer'

/** `<<0,0,200>>`; of more than `shownMax` octets the first, and dots. */
export function erlangOctets(bytes: Uint8Array, shownMax: number): string {
  const shown = bytes.subarray(0, shownMax).join(',')
  return bytes.length > shownMax ? `<<${shown},...>>` : `<<${shown}>>`
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
}

/** `<<"text">>`, `<<"täxt"/utf8>>`, or octets when any of them is no printable text. */
export function erlangBinary(bytes: Buffer): string {
  if (bytes.length === 0) return '<<>>'
  const isText = isUtf8(bytes)
  let text = ''
  for (const character of bytes.toString(isText ? 'utf8' : 'latin1')) {
    const escaped = ESCAPES[character]
    if (escaped === undefined && isControl(character.charCodeAt(0))) return erlangOctets(bytes, bytes.length)
    text += escaped ?? character
  }
  return isText && !isAscii(bytes) ? `<<"${text}"/utf8>>` : `<<"${text}">>`
}

/** A text that is a list of characters: `"text"`. */
export function erlangString(text: string): string {
  return `"${[...text].map(character => ESCAPES[character] ?? character).join('')}"`
}

/** `{atom,term}`, in two lines where it would not end before column 79; `column` is where it begins (io_lib_pretty). */
export function erlangPair(atom: string, term: string, column: number): string {
  const pair = `{${atom},${term}}`
  return column + pair.length < 79 ? pair : `{${atom},\n${' '.repeat(column + 1)}${term}}`
}

function isControl(code: number): boolean {
  return code < 0x20 || (code >= 0x7f && code < 0xa0)
}

/** The shortest digits that give the number back, as JavaScript's, but in Erlang's form: `5.0`, `1.0e3`, `0.001`. */
export function erlangFloat(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const [mantissa = '', exponent = ''] = Math.abs(value).toExponential().split('e')
  const digits = mantissa.replace('.', '')
  return (value < 0 ? '-' : '') + placePoint(digits, Number(exponent) + 1, Math.abs(value) >= 2 ** 53)
}

/** `0.<digits> * 10^point`, plain unless scientific notation is shorter (io_lib_format:insert_decimal). */
function placePoint(digits: string, point: number, huge: boolean): string {
  const count = digits.length
  const scientific = `${digits.charAt(0)}.${digits.slice(1) || '0'}e${point - 1}`
  const cost = String(point - 1).length + 1 + (count === 1 ? 2 : 1)
  if (huge) return scientific
  if (point < 0) return 2 - point <= cost ? `0.${'0'.repeat(-point)}${digits}` : scientific
  if (point === 0) return `0.${digits}`
  if (point >= count)
    return point - count + 2 <= cost ? `${digits}${'0'.repeat(point - count)}.0` : scientific
  return `${digits.slice(0, point)}.${digits.slice(point)}`
}

/** How deep a JSON value is shown: what is below it says nothing more of the mistake. */
const JSON_DEPTH_SHOWN = 8

/** A JSON value as RabbitMQ's texts on policies and parameters show it: `<<"text">>`, `[1,2]`, `#{<<"key">> => null}`. */
export function erlangJson(value: unknown, depth = JSON_DEPTH_SHOWN): string {
  if (typeof value === 'string') return erlangBinary(Buffer.from(value))
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : erlangFloat(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (depth === 0) return '...'
  if (Array.isArray(value)) return `[${value.map(item => erlangJson(item, depth - 1)).join(',')}]`
  const entries = Object.entries(value).map(
    ([key, item]) => `${erlangJson(key)} => ${erlangJson(item, depth - 1)}`,
  )
  return `#{${entries.join(',')}}`
}
