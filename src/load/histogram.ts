/**
 * How often each duration was seen, in microseconds: exact below 64, then 64 steps an octave, so that a percentile is at
 * most 1.6 % off whatever its size. Fixed memory, no allocation per sample; it lies in shared memory, written by one
 * thread and read by the one that reports.
 */
import type { Percentiles } from './plan'

const STEPS = 64
const OCTAVE_BITS = 6
/** The last octave ends at 2^32 µs, more than an hour. */
const BUCKETS = (32 - OCTAVE_BITS + 1) * STEPS
/** One more cell for the largest sample, which is kept exactly. */
export const HISTOGRAM_BYTES = (BUCKETS + 1) * 4

export class Histogram {
  private readonly cells: Uint32Array

  constructor(memory: ArrayBufferLike = new ArrayBuffer(HISTOGRAM_BYTES)) {
    this.cells = new Uint32Array(memory)
  }

  add(micros: number): void {
    const value = micros < 0 ? 0 : micros > 0xffff_ffff ? 0xffff_ffff : Math.floor(micros)
    const index = bucketOf(value)
    this.cells[index] = this.cells[index]! + 1
    if (value > this.cells[BUCKETS]!) this.cells[BUCKETS] = value
  }
}

/** Undefined when nothing was measured. */
export function percentiles(memories: readonly ArrayBufferLike[]): Percentiles | undefined {
  const total = new Float64Array(BUCKETS)
  let samples = 0
  let max = 0
  for (const memory of memories) {
    const cells = new Uint32Array(memory)
    for (let index = 0; index < BUCKETS; index++) total[index] = total[index]! + cells[index]!
    max = Math.max(max, cells[BUCKETS]!)
  }
  for (const count of total) samples += count
  if (samples === 0) return undefined
  const at = (share: number) => Math.min(max, valueAt(total, samples * share))
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999), max }
}

function valueAt(buckets: Float64Array, rank: number): number {
  let seen = 0
  for (let index = 0; index < buckets.length; index++) {
    seen += buckets[index]!
    if (seen >= rank && seen > 0) return middleOf(index)
  }
  return Number.POSITIVE_INFINITY
}

function bucketOf(value: number): number {
  if (value < STEPS) return value
  const shift = 31 - Math.clz32(value) - OCTAVE_BITS
  return shift * STEPS + (value >>> shift)
}

function middleOf(index: number): number {
  if (index < 2 * STEPS) return index
  const shift = Math.floor(index / STEPS) - 1
  return (index - shift * STEPS + 0.5) * 2 ** shift
}
