/** Statistics of several virtual hosts as one: numbers are added, also those of the past, which was sampled at the same times. */

export type Statistic = Readonly<Record<string, unknown>>

export function summed(statistics: readonly Statistic[]): Statistic {
  const sum: Record<string, unknown> = {}
  for (const statistic of statistics) {
    for (const [key, value] of Object.entries(statistic)) sum[key] = added(sum[key], value)
  }
  return sum
}

function added(a: unknown, b: unknown): unknown {
  if (a === undefined) return b
  if (typeof a === 'number' && typeof b === 'number') return a + b
  if (Array.isArray(a) && Array.isArray(b)) return addedSamples(a as Sample[], b as Sample[])
  return summed([a as Statistic, b as Statistic])
}

interface Sample {
  readonly sample: number
  readonly timestamp: number
}

/** The latest first, as they come. */
function addedSamples(a: readonly Sample[], b: readonly Sample[]): Sample[] {
  const sums = new Map<number, number>()
  for (const { sample, timestamp } of [...a, ...b]) sums.set(timestamp, (sums.get(timestamp) ?? 0) + sample)
  return [...sums]
    .map(([timestamp, sample]) => ({ sample, timestamp }))
    .sort((x, y) => y.timestamp - x.timestamp)
}
