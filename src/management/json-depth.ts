/**
 * How deep JSON goes, found out before anybody walks into it: whatever reads or writes such a value later does so by calling
 * itself, and a value that was taken but cannot be written is worse than one that was refused.
 */

/** RabbitMQ's definitions, policies and arguments need a handful. */
const JSON_DEPTH_MAX = 64

/** What a 400 says of it. */
export const TOO_DEEP = `JSON may be nested ${JSON_DEPTH_MAX} levels deep`

const QUOTE = 0x22
const BACKSLASH = 0x5c
/** `[` and `{`, `]` and `}` differ in one bit. */
const CASE_BIT = 0x20
const OPENING = 0x7b
const CLOSING = 0x7d

/** Of what is no JSON the answer means nothing. */
export function isTooDeep(json: Uint8Array): boolean {
  let depth = 0
  let inText = false
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]! // within its length
    if (byte === QUOTE) inText = !inText
    else if (inText) {
      if (byte === BACKSLASH) at++
    } else if ((byte | CASE_BIT) === OPENING) {
      if (++depth > JSON_DEPTH_MAX) return true
    } else if ((byte | CASE_BIT) === CLOSING) depth--
  }
  return false
}
