/** What an exchange says of one of its bindings when it is asked why a message goes there, or does not. Words for people. */

export interface Verdict {
  readonly matched: boolean
  /** A sentence without its full stop. */
  readonly why: string
}

/** So many reasons are enough. */
const REASONS_MAX = 3
const TEXT_MAX = 80

export function taken(why: string): Verdict {
  return { matched: true, why }
}

export function passedOver(why: string): Verdict {
  return { matched: false, why }
}

export function quoted(text: string): string {
  return text.length > TEXT_MAX ? `'${text.slice(0, TEXT_MAX)}…'` : `'${text}'`
}

/** `routing key 'a'`, `routing keys 'a', 'b'` */
export function keysText(routingKeys: readonly string[]): string {
  return `routing ${routingKeys.length === 1 ? 'key' : 'keys'} ${listed(routingKeys.map(quoted))}`
}

export function listed(reasons: readonly string[]): string {
  const shown = reasons.slice(0, REASONS_MAX)
  const more = reasons.length - shown.length
  return shown.join(', ') + (more > 0 ? `, and ${more} more` : '')
}
