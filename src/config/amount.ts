/** Amounts of memory or disk as people write them: `2GB`, `512MiB`, `0.6`, `60%`, `off`. Units are RabbitMQ's. */

export type Amount =
  | { readonly bytes: number }
  /** Of the memory that there is. */
  | { readonly part: number }
  | 'off'

/** RabbitMQ: a decimal unit unless it has an i, as with Kubernetes. */
const BYTES = /^(\d{1,15})(?:([kmgtp])(i?)b?)?$/i
const PART = /^(\d{1,3}(?:\.\d{1,9})?)(%?)$/

/** Undefined: it is none. */
export function amountOf(given: unknown): Amount | undefined {
  if (typeof given !== 'string' && typeof given !== 'number') return undefined
  const text = String(given).trim()
  if (text === 'off') return 'off'
  const part = partOf(text)
  if (part !== undefined) return { part }
  const [, number, unit = '', i = ''] = BYTES.exec(text) ?? []
  if (number === undefined) return undefined
  const power = ' kmgtp'.indexOf(unit.toLowerCase() || ' ')
  return { bytes: Number(number) * (i === '' ? 1000 : 1024) ** power }
}

/** 1 is all of it, not a byte. */
function partOf(text: string): number | undefined {
  const [, number, percent] = PART.exec(text) ?? []
  if (number === undefined) return undefined
  if (percent === '%') return Number(number) / 100
  return number.includes('.') || number === '1' ? Number(number) : undefined
}

/** In bytes; undefined: off. `memoryTotal`: what a part is a part of. */
export function bytesOf(given: unknown, memoryTotal: number): number | undefined {
  const amount = amountOf(given)
  if (amount === undefined || amount === 'off') return undefined
  return 'bytes' in amount ? amount.bytes : Math.floor(amount.part * memoryTotal)
}
