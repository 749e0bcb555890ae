/**
 * The numbers of one queue, channel, virtual host … over time, by RabbitMQ's names, and RabbitMQ's way to tell them. A number
 * that was never anything but 0 has no track.
 */
import { type Tier, Track } from './track'

/** What is asked for: one sample every `incr` seconds, `age` seconds back. */
export interface Range {
  readonly age: number
  readonly incr: number
}

export interface Sample {
  readonly sample: number
  /** Milliseconds since the epoch. */
  readonly timestamp: number
}

/** RabbitMQ's `…_details`; the last three with a range only. */
export interface Details {
  readonly rate: number
  readonly samples?: readonly Sample[]
  readonly avg_rate?: number
  readonly avg?: number
}

/** When things were sampled. */
export interface SampleTimes {
  readonly intervalMs: number
  /** Slot of the first and of the last sampling. */
  readonly firstSlot: number
  readonly lastSlot: number
}

/** Whatever somebody asks for. */
const SAMPLES_MAX = 2000
/** Rates are those of so long, as RabbitMQ's. */
const RATE_MS = 5000

export class History {
  private readonly tracks = new Map<string, Track>()

  constructor(private readonly tiers: readonly Tier[]) {}

  record(slot: number, name: string, value: number): void {
    let track = this.tracks.get(name)
    if (track === undefined) {
      if (value === 0) return
      track = new Track(this.tiers)
      this.tracks.set(name, track)
    }
    if (track.value !== value) track.record(slot, value)
  }

  track(name: string): Track | undefined {
    return this.tracks.get(name)
  }

  forget(): void {
    for (const track of this.tracks.values()) track.forget()
  }
}

/** `track` undefined: it was always 0. */
export function detailsOf(track: Track | undefined, times: SampleTimes, range: Range | undefined): Details {
  if (range === undefined) return { rate: rateOf(track, times) }
  const samples = samplesOf(track, times, range)
  const [newest, previous] = samples
  if (newest === undefined || previous === undefined) {
    const avg = newest?.sample ?? 0
    return { rate: rateOf(track, times), samples, avg_rate: 0, avg }
  }
  const oldest = samples[samples.length - 1]!
  let sum = 0
  for (const { sample } of samples) sum += sample
  return {
    rate: perSecond(previous, newest),
    samples,
    avg_rate: perSecond(oldest, newest),
    avg: sum / samples.length,
  }
}

/** By how much it grew, in a second. */
export function rateOf(track: Track | undefined, { intervalMs, firstSlot, lastSlot }: SampleTimes): number {
  if (track === undefined) return 0
  const from = Math.max(lastSlot - Math.max(Math.round(RATE_MS / intervalMs), 1), firstSlot)
  const before = track.at(from)
  if (before === undefined || from >= lastSlot) return 0
  return (track.at(lastSlot)! - before) / (((lastSlot - from) * intervalMs) / 1000)
}

/** The newest first, at multiples of the step. */
function samplesOf(track: Track | undefined, times: SampleTimes, { age, incr }: Range): readonly Sample[] {
  const { intervalMs, firstSlot, lastSlot } = times
  const stepMs = Math.max(incr * 1000, intervalMs)
  const newest = Math.floor((lastSlot * intervalMs) / stepMs) * stepMs
  const samples: Sample[] = []
  for (let timestamp = newest; timestamp >= newest - age * 1000; timestamp -= stepMs) {
    const slot = Math.floor(timestamp / intervalMs)
    const sample = track === undefined ? 0 : track.at(slot)
    if (slot < firstSlot || sample === undefined || samples.length === SAMPLES_MAX) break
    samples.push({ sample, timestamp })
  }
  return samples
}

function perSecond(from: Sample, to: Sample): number {
  return (to.sample - from.sample) / ((to.timestamp - from.timestamp) / 1000)
}
