/** Text of peers on its way to a terminal or into a log: names and payloads must not reach it as commands, nor as lines. */

/** Control characters as `\u001b`, the rest as it is. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, escaped)
}

/** The same, but a text of several lines stays one. */
export function printableLines(text: string): string {
  return text
    .split('\n')
    .map(line => line.split('\t').map(printable).join('\t'))
    .join('\n')
}

/** JSON whose texts are as harmless: outside of them it has no such characters, and in them they may be escaped. */
export function jsonText(value: unknown): string {
  return printable(JSON.stringify(value))
}

function escaped(sign: string): string {
  return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
}
