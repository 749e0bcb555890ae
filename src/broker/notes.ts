/**
 * What exchanges that drop duplicates noted of a message while it was routed, in the hands of whoever routed it: what got
 * nowhere is to be no duplicate when it comes again.
 */

/** Who noted it, under a number of its own. */
interface Noting {
  forget(key: string, number: number): void
  keep(key: string, number: number, expires: number | undefined): void
}

/** A key that was noted when a message was routed, by which others are duplicates of it. */
export class Note {
  constructor(
    private readonly seen: Noting,
    private readonly key: string,
    private readonly number: number,
    private readonly expires: number,
  ) {}

  /** The message got nowhere: it will come again. */
  withdraw(): void {
    this.seen.forget(this.key, this.number)
  }

  /** Nobody knows yet whether the message stays: a crash is to forget it. */
  hold(): void {
    this.seen.keep(this.key, this.number, undefined)
  }

  /** It stays. */
  keep(): void {
    this.seen.keep(this.key, this.number, this.expires)
  }
}

export const NOTHING_NOTED: readonly Note[] = []

export function withdrawAll(notes: readonly Note[]): void {
  for (const note of notes) note.withdraw()
}
