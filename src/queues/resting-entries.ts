/**
 * Entries of which nothing need be in memory as long as nobody takes any: the list rests then. Whoever takes what was left there
 * all the same comes to something that nobody has looked at.
 */
import { Entries, NO_POSITION, NOT_LOADED } from './entries'
import { Segment } from './segment'

/** Less is not worth a segment of its own. */
const SLAB_TO_KEEP_BYTES = 16 * 1024

export abstract class RestingEntries extends Entries {
  protected isResting = false
  /** What was next then. */
  private restedAt: number = NO_POSITION

  override stir(): void {
    this.isResting = false
  }

  override get restsBehind(): boolean {
    return this.isResting && this.peek() === NOT_LOADED && this.next !== this.restedAt
  }

  /** The position that `peek` answers when it is in memory; NO_POSITION: there is none, or it is not known. */
  protected abstract get next(): number

  protected beginRest(): void {
    this.isResting = true
    this.restedAt = this.next
    this.shrink()
  }

  /** What is next was not known, and has been looked at. */
  protected haveSeenNext(): void {
    this.restedAt = this.next
  }

  /** Begins a segment where the last has more memory than a new one would: it can leave, or be forgotten. */
  private shrink(): void {
    if (this.last.slabBytes <= SLAB_TO_KEEP_BYTES) return
    if (this.last.count === 0) this.segments.pop()
    this.last = this.near = new Segment(this.tail)
    this.segments.push(this.last)
  }
}
