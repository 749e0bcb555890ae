/**
 * Answers as JSON. Whole numbers beyond 2^53 are written with all their digits. A long list is made and written in slices,
 * between which sockets are read and messages delivered: whoever asks for ten thousand queues at once holds nobody up.
 */
import { randomUUID } from 'node:crypto'

/** Items that are made at once: a few milliseconds. */
const SLICE_ITEMS = 128

/** Shorter ones are made at once. */
export const LONG_LIST_MIN = 2 * SLICE_ITEMS

/** Of several thousand items as they are when their turn comes; those that are gone by then show what was known last. */
export class LongList {
  constructor(
    readonly length: number,
    private readonly view: (index: number) => object,
    private readonly pause: () => Promise<void>,
  ) {}

  /** The texts that are the array when put together. */
  async *chunks(): AsyncGenerator<string> {
    let before = '['
    for (let from = 0; from < this.length; from += SLICE_ITEMS) {
      if (from > 0) await this.pause()
      const texts: string[] = []
      const end = Math.min(from + SLICE_ITEMS, this.length)
      for (let index = from; index < end; index++) texts.push(jsonOf(this.view(index)))
      yield before + texts.join(',')
      before = ','
    }
    yield before === '[' ? '[]' : ']'
  }
}

/** An object among whose values are such lists. */
export class LongObject {
  constructor(private readonly values: Readonly<Record<string, unknown>>) {}

  async *chunks(): AsyncGenerator<string> {
    let before = '{'
    for (const [key, value] of Object.entries(this.values)) {
      if (value === undefined) continue
      yield `${before}${JSON.stringify(key)}:`
      if (value instanceof LongList) yield* value.chunks()
      else yield jsonOf(value)
      before = ','
    }
    yield before === '{' ? '{}' : '}'
  }
}

export function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return withBigIntegers(value)
  }
}

/** No peer can write what stands for a number: it is new in every process. */
const MARK = randomUUID()
const MARKED = new RegExp(`"${MARK}(-?\\d+)"`, 'g')

function withBigIntegers(value: unknown): string {
  const marked = JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? `${MARK}${item}` : item))
  return marked.replace(MARKED, '$1')
}
