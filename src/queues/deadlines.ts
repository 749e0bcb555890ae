/** When the entries of a segment expire, in milliseconds since the epoch. Only segments of which one does have this. */
import { expirationIn } from '../amqp/properties'
import { addressBytesAt } from '../message'
import type { StoredEntry } from '../store/message-store'

/** An entry that never expires. */
export const NO_DEADLINE = 0

export class Deadlines {
  constructor(private times: Float64Array<ArrayBuffer> = new Float64Array(0)) {}

  /** Takes back what `words` gave. */
  static fromWords(words: Int32Array<ArrayBuffer>): Deadlines {
    return new Deadlines(new Float64Array(words.slice().buffer))
  }

  at(index: number): number {
    return this.times[index] ?? NO_DEADLINE
  }

  /** `capacity`: of the segment, so that this grows as seldom as that does. */
  set(index: number, deadline: number, capacity: number): void {
    if (index >= this.times.length) {
      const grown = new Float64Array(capacity)
      grown.set(this.times)
      this.times = grown
    }
    this.times[index] = deadline
  }

  /** Those of the first entries, to be kept beside what else there is in whole numbers. */
  words(count: number): Int32Array<ArrayBuffer> {
    const times = new Float64Array(count)
    times.set(this.times.subarray(0, count))
    return new Int32Array(times.buffer)
  }
}

/** What there is to know of a segment's entries in one array: the deadlines of the first `count`, if any, come last. */
export function withDeadlines(
  words: Int32Array,
  deadlines: Deadlines | undefined,
  count: number,
): Int32Array {
  if (deadlines === undefined) return words
  const behind = deadlines.words(count)
  const all = new Int32Array(words.length + behind.length)
  all.set(words)
  all.set(behind, words.length)
  return all
}

/** Of an entry that is read back: its own expiration or the queue's `ttl`, in milliseconds from when it was written. */
export function deadlineOf(entry: StoredEntry, ttl: number | undefined): number {
  const { record, start, propertiesBytes, writtenAt } = entry
  const properties = start + addressBytesAt(record, start)
  const own = expirationIn(record, properties, properties + propertiesBytes)
  const least = own === undefined ? ttl : Math.min(own, ttl ?? own)
  return least === undefined ? NO_DEADLINE : writtenAt + least
}
