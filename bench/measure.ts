/**
 * Variants of one thing, timed in turns: round after round each does its work once, forwards and then backwards, so
 * that what the machine does meanwhile hits all of them alike. The median of the rounds counts.
 */

export interface Variant {
  readonly name: string
  /** Does what is measured, for some milliseconds, and returns how many times. */
  run(): number
}

export interface Timing {
  readonly name: string
  /** Nanoseconds for one time: the median of the rounds, and the best of them. */
  readonly median: number
  readonly best: number
}

const ROUNDS = 11
const WARM_UP_ROUNDS = 3

export function measure(variants: readonly Variant[], rounds = ROUNDS): Timing[] {
  const times: number[][] = variants.map(() => [])
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (let i = 0; i < variants.length; i++) {
      const index = round % 2 === 0 ? i : variants.length - 1 - i
      const time = timeOf(variants[index]!)
      if (round >= 0) times[index]!.push(time)
    }
  }
  return variants.map(({ name }, index) => {
    const sorted = times[index]!.sort((a, b) => a - b)
    return { name, median: sorted[sorted.length >>> 1]!, best: sorted[0]! }
  })
}

/** Measures and prints: median, best, and how many times the first one's median. */
export function compare(title: string, variants: readonly Variant[]): void {
  console.log(`\n${title}`)
  const timings = measure(variants)
  const first = timings[0]!.median
  for (const { name, median, best } of timings) {
    const ratio = (median / first).toFixed(2)
    console.log(`  ${name.padEnd(52)}${nanoseconds(median)} ns/op   best ${nanoseconds(best)}   ${ratio}`)
  }
}

export function nanoseconds(time: number): string {
  return time.toFixed(1).padStart(9)
}

function timeOf(variant: Variant): number {
  const start = process.hrtime.bigint()
  const times = variant.run()
  return Number(process.hrtime.bigint() - start) / times
}
