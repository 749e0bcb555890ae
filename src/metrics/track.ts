/**
 * One number over time: its value at each sampling of the recent past, and fewer of them the further back.
 *
 *     slots        … 40 41 42 43 44 45 46 47 48        a slot is one sampling interval
 *     every 1            ●  ●  ●  ●  ●  ●  ●  ●        a tier keeps the newest so many
 *     every 4      ●           ●           ●           and of those the value at the beginning of each step
 *
 * A value that does not change need not be recorded: it is what it was. Knows no clock.
 */

/** Of every so many slots one, the newest `keep` of them. The finest tier first. */
export interface Tier {
  readonly every: number
  readonly keep: number
}

export class Track {
  private rings: readonly Float64Array[] | undefined
  private first = 0
  private last = Number.NEGATIVE_INFINITY
  private before = 0
  private latest = 0

  constructor(private readonly tiers: readonly Tier[]) {}

  get value(): number {
    return this.latest
  }

  /** Slots grow; one that does not is left out (somebody set the clock). */
  record(slot: number, value: number): void {
    if (slot <= this.last) return
    this.rings ??= this.begin(slot)
    for (let at = 0; at < this.tiers.length; at++) {
      const { every, keep } = this.tiers[at]!
      const ring = this.rings[at]!
      const to = Math.floor(slot / every)
      const from = Math.max(Math.floor(this.last / every) + 1, to - keep + 1)
      for (let step = from; step <= to; step++)
        ring[step % keep] = step * every === slot ? value : this.latest
    }
    this.last = slot
    this.latest = value
  }

  /** The value at a slot; undefined: that is too long ago. */
  at(slot: number): number | undefined {
    if (slot >= this.last || this.rings === undefined) return this.latest
    if (slot < this.first) return this.before
    for (let at = 0; at < this.tiers.length; at++) {
      const { every, keep } = this.tiers[at]!
      const step = Math.floor(slot / every)
      if (Math.floor(this.last / every) - step < keep)
        return step * every < this.first ? this.before : this.rings[at]![step % keep]
    }
    return undefined
  }

  /** It has not changed for longer than anything is kept. */
  forget(): void {
    this.rings = undefined
  }

  private begin(slot: number): readonly Float64Array[] {
    this.first = slot
    this.last = slot - 1
    this.before = this.latest
    return this.tiers.map(({ keep }) => new Float64Array(keep))
  }
}
