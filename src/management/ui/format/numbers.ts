/** Figures as people read them: counts with separators, rates, sizes and spans of time with units. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const thousands = ['', ' k', ' M', ' G', ' T']
const sizes = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** 1234567 → "1,234,567"; what is not known is a dash. */
export function count(value: number | null | undefined): string {
  return isNumber(value) ? whole.format(value) : '–'
}

/** "1 message", "1,234 messages". */
export function plural(value: number | null | undefined, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`
}

/** 1234567 → "1.23 M". */
export function compact(value: number | null | undefined): string {
  if (!isNumber(value)) return '–'
  const step = stepOf(Math.abs(value), 1000, thousands.length)
  return `${digits(value / 1000 ** step, step === 0)}${thousands[step]}`
}

/** Per second: 0.25 → "0.25/s", 12345 → "12.3 k/s". */
export function rate(value: number | null | undefined): string {
  return isNumber(value) ? `${compact(value)}/s` : '–'
}

/** 1536 → "1.5 KiB". */
export function bytes(value: number | null | undefined): string {
  if (!isNumber(value)) return '–'
  const step = stepOf(Math.abs(value), 1024, sizes.length)
  return `${digits(value / 1024 ** step, step === 0)} ${sizes[step]}`
}

export function byteRate(value: number | null | undefined): string {
  return isNumber(value) ? `${bytes(value)}/s` : '–'
}

/** 0.254 → "25 %". */
export function percent(value: number | null | undefined): string {
  return isNumber(value) ? `${whole.format(value * 100)} %` : '–'
}

/** 93784000 ms → "1 d 2 h"; the two largest units. */
export function duration(milliseconds: number | null | undefined): string {
  if (!isNumber(milliseconds)) return '–'
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  const seconds = Math.floor(milliseconds / 1000)
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const
  const first = parts.findIndex(([amount]) => amount > 0)
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ')
}

/** A time of the API: milliseconds since 1970, or text. RabbitMQ writes both "2026-01-01T…" and "2026-01-01 1:02:03". */
export function timeOf(value: number | string | undefined | null): number | undefined {
  if (value === undefined || value === null || value === '') return undefined
  const time = typeof value === 'number' ? value : Date.parse(value)
  return Number.isNaN(time) ? undefined : time
}

export function dateTime(value: number | string | undefined | null): string {
  const time = timeOf(value)
  return time === undefined
    ? '–'
    : new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
}

/** "3 min" since then, by this machine's clock. */
export function since(value: number | string | undefined | null): string {
  const time = timeOf(value)
  return time === undefined ? '–' : duration(Math.max(0, Date.now() - time))
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function stepOf(value: number, base: number, steps: number): number {
  let step = 0
  while (value >= base - 0.5 && step < steps - 1) {
    value /= base
    step++
  }
  return step
}

/** Three figures that mean something: 0.25, 1.53, 15.3, 153. */
function digits(value: number, isUnscaled: boolean): string {
  const size = Math.abs(value)
  if (isUnscaled && Number.isInteger(value)) return String(value)
  const places = size >= 100 ? 0 : size >= 10 ? 1 : 2
  return String(Number(value.toFixed(places)))
}
