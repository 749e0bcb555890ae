/**
 * How long the messages of a queue may wait, by position: each keeps the time to live that the queue had when it came,
 * also one that is read back from the disk after a policy changed it. A restart forgets what was before it.
 *
 *      positions   0 …… 99   100 …… 4711   4712 ……        each from the position on at which it began
 *      ttl          none        60000        5000
 */
interface Era {
  readonly from: number
  /** Milliseconds; undefined: no limit. */
  readonly ttl: number | undefined
}

export class TtlHistory {
  private eras: Era[] = [{ from: 0, ttl: undefined }]

  /** What comes from this position on may wait so long. `head`: nobody will ask for what is before it. */
  change(from: number, ttl: number | undefined, head: number): void {
    const before = this.eras.filter(era => era.from < from)
    if (before.at(-1)?.ttl !== ttl || before.length === 0) before.push({ from, ttl })
    const first = before.findLastIndex(era => era.from <= head)
    this.eras = before.slice(Math.max(first, 0))
  }

  at(position: number): number | undefined {
    for (let index = this.eras.length - 1; index > 0; index--) {
      const era = this.eras[index]!
      if (era.from <= position) return era.ttl
    }
    return this.eras[0]!.ttl
  }
}

/** Of what is only shown. */
export const NO_TTL = new TtlHistory()
