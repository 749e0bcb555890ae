/** Lengths of time as people write them. */

/** Milliseconds, or a text: `500ms`, `31m`, `1h30m`, `1.5s`, `2d`. */
export type Duration = number | string

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}
const PART = /(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)\s*/y

/** In milliseconds. @throws RangeError for what is no length of time */
export function milliseconds(duration: Duration): number {
  const ms = typeof duration === 'number' ? duration : parsed(duration)
  if (Number.isFinite(ms) && ms >= 0) return ms
  throw new RangeError(
    `a length of time is a number of milliseconds or a text such as '31m', '1h30m' or '500ms', not ${JSON.stringify(duration)}`,
  )
}

function parsed(text: string): number {
  let total = Number.NaN
  PART.lastIndex = 0
  for (let at = 0; at < text.length; at = PART.lastIndex) {
    const part = PART.exec(text)
    if (part === null) return Number.NaN
    const [, count, unit] = part
    total = (Number.isNaN(total) ? 0 : total) + Number(count) * UNITS[unit as string]!
  }
  return total
}
