/** How long AMQP's short strings are, and what becomes of a text that is longer. */

export const SHORT_STRING_BYTES_MAX = 255

/** As much of the text as fits; whole characters only. */
export function cutToShortString(text: string): string {
  if (Buffer.byteLength(text) <= SHORT_STRING_BYTES_MAX) return text
  const bytes = Buffer.from(text)
  let end = SHORT_STRING_BYTES_MAX
  while ((bytes[end]! & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end)
}
