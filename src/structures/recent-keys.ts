/**
 * Keys that were seen not long ago, each for a time of its own and no more than so many: for a new one too many the oldest
 * is forgotten. A list beside the map, for a Map finds its first key slowly once many before it were deleted.
 *
 *      oldest ──► k1 ⇄ k2 ⇄ k5 ◄── newest          in the order they came
 */

export interface RecentKey {
  readonly key: string
  /** Milliseconds since the epoch, or infinity. */
  readonly expires: number
  /** Whatever the owner wants to remember with it. */
  readonly position: number
  older: RecentKey | undefined
  newer: RecentKey | undefined
}

export class RecentKeys {
  private readonly byKey = new Map<string, RecentKey>()
  private oldest: RecentKey | undefined
  private newest: RecentKey | undefined

  constructor(
    public sizeMax: number,
    /** A key went by itself: it was too old, or one too many. */
    private readonly forgotten: (gone: RecentKey) => void = () => {},
  ) {}

  get size(): number {
    return this.byKey.size
  }

  /** Undefined: not seen, or too long ago. `now`: milliseconds since the epoch. */
  find(key: string, now: number): RecentKey | undefined {
    const found = this.byKey.get(key)
    if (found === undefined || found.expires > now) return found
    this.remove(found)
    this.forgotten(found)
    return undefined
  }

  /** As `find`, without forgetting anything. */
  knows(key: string, now: number): boolean {
    const found = this.byKey.get(key)
    return found !== undefined && found.expires > now
  }

  /** A key that is not there. */
  add(key: string, expires: number, position = 0): void {
    while (this.oldest !== undefined && this.size >= this.sizeMax) {
      const gone = this.oldest
      this.remove(gone)
      this.forgotten(gone)
    }
    const added: RecentKey = { key, expires, position, older: this.newest, newer: undefined }
    if (this.newest === undefined) this.oldest = added
    else this.newest.newer = added
    this.newest = added
    this.byKey.set(key, added)
  }

  delete(key: string): void {
    const found = this.byKey.get(key)
    if (found !== undefined) this.remove(found)
  }

  private remove(gone: RecentKey): void {
    this.byKey.delete(gone.key)
    const { older, newer } = gone
    if (older === undefined) this.oldest = newer
    else older.newer = newer
    if (newer === undefined) this.newest = older
    else newer.older = older
  }
}
