/** Histories of the API as lines of a chart: times ascending in seconds, a value or a gap for each line. */
import type { Details, Sample } from '../api/types'

export interface Line {
  readonly name: string
  readonly color: string
  readonly points: readonly (readonly [seconds: number, value: number])[]
}

/** Samples of a level, such as a queue's length, as they are. */
export function levels(name: string, color: string, details: Details | undefined): Line {
  return {
    name,
    color,
    points: ascending(details).map(({ timestamp, sample }) => [timestamp / 1000, sample]),
  }
}

/** Samples of a counter, as its growth per second between one and the next. A counter that fell started anew. */
export function rates(name: string, color: string, details: Details | undefined): Line {
  const samples = ascending(details)
  const points = samples.slice(1).map((sample, index): [number, number] => {
    const before = samples[index]!
    const seconds = (sample.timestamp - before.timestamp) / 1000
    return [sample.timestamp / 1000, seconds > 0 ? Math.max(0, sample.sample - before.sample) / seconds : 0]
  })
  return { name, color, points }
}

/** What the chart library takes: one row of times, then a row of values for each line. */
export function aligned(lines: readonly Line[]): [number[], ...(number | null)[][]] {
  const times = [...new Set(lines.flatMap(line => line.points.map(([time]) => time)))].sort((a, b) => a - b)
  const rows = lines.map(line => {
    const values = new Map(line.points)
    return times.map(time => values.get(time) ?? null)
  })
  return [times, ...rows]
}

function ascending(details: Details | undefined): readonly Sample[] {
  return [...(details?.samples ?? [])].sort((a, b) => a.timestamp - b.timestamp)
}
