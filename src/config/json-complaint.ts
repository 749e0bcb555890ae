/** What is wrong with a JSON text, in one line and without parts of it: there may be passwords in them. */

/** `cause`: what `JSON.parse` threw. */
export function jsonComplaint(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause)
  // V8 shows some of the text behind a token that it did not expect, and the whole of a short one.
  const token = /^Unexpected token '([\s\S]*?)', /.exec(message)?.[1]
  if (token !== undefined) return `unexpected ${JSON.stringify(token)}`
  return message.startsWith('"') ? 'no JSON at all' : message
}
