/** The keys by which a queue knows duplicates, as they should be: the oldest first, each with the message that has it. */

export interface KnownKey {
  readonly key: string
  /** Milliseconds since the epoch, or infinity. */
  readonly expires: number
  readonly position: number
  /** It outlives the broker. */
  readonly isKept: boolean
}

export class KeysModel {
  known: readonly KnownKey[] = []
  private before: readonly KnownKey[] = []

  /** The message that one with this key repeats. */
  original(key: string | undefined, now: number): KnownKey | undefined {
    return this.known.find(each => each.key === key && each.expires > now)
  }

  /** One comes that repeats none. `sizeMax`: for it the oldest are forgotten. */
  add(added: KnownKey, sizeMax: number): void {
    this.before = this.known.filter(({ key }) => key !== added.key)
    const others = this.before.slice(Math.max(this.before.length + 1 - sizeMax, 0))
    this.known = [...others, added]
  }

  /** The one that came last is not in the queue: it was refused, or handed on at once. */
  undo(): void {
    this.known = this.before
  }

  forget(position: number): void {
    this.known = this.known.filter(each => each.position !== position)
  }

  clear(): void {
    this.known = this.before = []
  }
}
