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

/** What is kept of the things of one kind. */
export class HistoryKind {
  private readonly places: ReadonlyMap<string, number>
  /** After so many slots without a move nothing in the tiers is worth keeping. */
  readonly forgetAfter: number

  constructor(
    readonly tiers: readonly Tier[],
    readonly names: readonly string[],
  ) {
    this.places = new Map(names.map((name, place) => [name, place]))
    this.forgetAfter = Math.max(...tiers.map(({ every, keep }) => every * keep))
  }

  /** Undefined: none of those that all of this kind have. */
  placeOf(name: string): number | undefined {
    return this.places.get(name)
  }
}

/** Whatever somebody asks for. */
const SAMPLES_MAX = 2000
/** Rates are those of so long, as RabbitMQ's. */
const RATE_MS = 5000

export class History {
  private readonly tracks: (Track | undefined)[]
  /** Of names that are not of its kind. */
  private others: Map<string, Track> | undefined

  constructor(readonly kind: HistoryKind) {
    this.tracks = new Array(kind.names.length).fill(undefined)
  }

  /** `place`: of a name of its kind. */
  record(slot: number, place: number, value: number): void {
    const track = this.tracks[place]
    if (track !== undefined) {
      if (track.value !== value) track.record(slot, value)
    } else if (value !== 0) {
      const begun = new Track(this.kind.tiers)
      this.tracks[place] = begun
      begun.record(slot, value)
    }
  }

  recordOther(slot: number, name: string, value: number): void {
    this.others ??= new Map()
    let track = this.others.get(name)
    if (track === undefined) {
      track = new Track(this.kind.tiers)
      this.others.set(name, track)
    }
    if (track.value !== value) track.record(slot, value)
  }

  track(name: string): Track | undefined {
    const place = this.kind.placeOf(name)
    return place === undefined ? this.others?.get(name) : this.tracks[place]
  }

  forget(): void {
    for (const track of this.tracks) track?.forget()
    for (const track of this.others?.values() ?? []) track.forget()
  }

  /** Forgets other names that are not there any more. */
  retainOthers(names: ReadonlyMap<string, unknown>): void {
    if (this.others === undefined || this.others.size <= names.size) return
    for (const name of this.others.keys()) if (!names.has(name)) this.others.delete(name)
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
