/** The turns of the event loop, and whether anything still happens in them. */
import { SystemTurn } from '../turn'

/**
 * So many turns without anything to do: a client in this process has read what was sent to it, answered from its own
 * `setImmediate`, and was heard.
 */
const IDLE_TURNS = 5

export class CountedTurn extends SystemTurn {
  private marks = 0

  /** Ends when nothing has happened in the broker for some turns. */
  async idle(): Promise<void> {
    for (let turns = 0; turns < IDLE_TURNS; turns++) {
      const before = this.marks + 1 // our own
      await this.next()
      if (this.marks !== before) turns = -1
    }
  }

  /** Ends with this turn. */
  next(): Promise<void> {
    return new Promise(resolve => this.readOn({ runTurn: resolve }))
  }

  protected override wake(): void {
    this.marks++
    super.wake()
  }
}
