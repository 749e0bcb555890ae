/** How large messages are: counts by RabbitMQ's steps, and the sum. One for a broker, beside every publish. */

/** Upper bounds in bytes; what is larger is in one more bucket. */
export const SIZE_BOUNDS = [
  100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 50_000_000, 100_000_000,
] as const

export class SizeHistogram {
  sum = 0
  /** Not cumulative: those of each step alone. */
  readonly counts = new Float64Array(SIZE_BOUNDS.length + 1)

  observe(bytes: number): void {
    this.sum += bytes
    if (bytes <= 100) this.counts[0]!++
    else if (bytes <= 1_000) this.counts[1]!++
    else this.counts[bucketOf(bytes)]!++
  }
}

function bucketOf(bytes: number): number {
  let bucket = 2
  while (bucket < SIZE_BOUNDS.length && bytes > SIZE_BOUNDS[bucket]!) bucket++
  return bucket
}
