/** The turns of the event loop, and whether anything still happens in them. */
import { SystemTurn } from '../../turn'

/**
 * So many turns without anything to do: a client in this process has read what was sent to it, answered from its own
 * `setImmediate`, and was heard.
 */
const IDLE_TURNS = 5
/** Who never comes to rest, as a consumer that requeues whatever it gets, is not waited for any longer. */
const TURNS_MAX = 1000

export class CountedTurn extends SystemTurn {
  private marks = 0

  /** Ends when nothing has happened in the broker for some turns. False: something always did, for a great many. */
  async idle(): Promise<boolean> {
    for (let turns = 0, idle = 0; turns < TURNS_MAX; turns++) {
      const before = this.marks + 1 // our own
      await this.next()
      idle = this.marks === before ? idle + 1 : 0
      if (idle === IDLE_TURNS) return true
    }
    return false
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
