/**
 * One number over time: its value at each sampling of the recent past, and fewer of them the further back.
 *
 *     slots        … 40 41 42 43 44 45 46 47 48        a slot is one sampling interval
 *     every 1            ●  ●  ●  ●  ●  ●  ●  ●        a tier keeps the newest so many
 *     every 4      ●           ●           ●           and of those the value at the beginning of each step
 *
 * A value that does not change need not be recorded: it is what it was. Plain arrays that grow: ten thousand queues may
 * begin to be busy in the same second, and a typed array takes ten times as long to make. Knows no clock.
 */

/** Of every so many slots one, the newest `keep` of them. The finest tier first. */
export interface Tier {
  readonly every: number
  readonly keep: number
}

export class Track {
  /** Of each tier; step s is at (s − that of `first`) modulo `keep`. */
  private rings: (number[] | undefined)[] | undefined
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
    for (let at = 0; at < this.tiers.length; at++) this.fill(this.rings, at, slot, value)
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
      if (Math.floor(this.last / every) - step >= keep) continue
      const fromFirst = step - Math.ceil(this.first / every)
      return fromFirst < 0 ? this.before : this.rings[at]?.[fromFirst % keep]
    }
    return undefined
  }

  /** It has not changed for longer than anything is kept. */
  forget(): void {
    this.rings = undefined
    this.last = Number.NEGATIVE_INFINITY
  }

  private begin(slot: number): (number[] | undefined)[] {
    this.first = slot
    this.last = slot - 1
    this.before = this.latest
    return this.tiers.map(() => undefined)
  }

  /** The steps since the last record had its value. */
  private fill(rings: (number[] | undefined)[], at: number, slot: number, value: number): void {
    const { every, keep } = this.tiers[at]!
    const first = Math.ceil(this.first / every)
    const to = Math.floor(slot / every)
    const from = Math.max(Math.floor(this.last / every) + 1, to - keep + 1)
    for (let step = from; step <= to; step++) {
      const then = step * every === slot ? value : this.latest
      rings[at] ??= step === first ? [then] : [] // most begin small: room for one
      rings[at][(step - first) % keep] = then
    }
  }
}
