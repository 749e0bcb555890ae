/**
 * Which connections go on reading after a turn. Those that said little go on at once. Those with more to say than that go on one
 * after the other, a few in each turn, so that a turn stays short however many publishers run free: the others' messages
 * wait for a whole one, and often for two.
 *
 *      busy   │ a │ b │ c │ d │ e │ f │ …        the first four read a chunk in the next turn and queue up again
 *
 * Without it, 100 publishers at full speed made turns of 26 ms (the median that a message met; 125 ms the p99).
 */
import { Ring } from '../structures/ring'
import type { Turn, TurnWork } from '../turn'

/** A quarter of what Node reads at once: behind a chunk of this size there is probably another. */
const BUSY_BYTES = 16 * 1024
/** Chunks of 64 KiB with messages of 16 bytes, the dearest there are, take about half a millisecond each. */
const BUSY_PER_TURN = 4

export class ReadingOrder implements TurnWork {
  private readonly busy = new Ring<TurnWork>()
  private marked = false

  constructor(private readonly turn: Turn) {}

  /** Runs the work of a connection when its time to read has come. `bytes`: of its last chunk. */
  enter(work: TurnWork, bytes: number): void {
    if (bytes < BUSY_BYTES) {
      this.turn.readOn(work)
      return
    }
    this.busy.push(work)
    this.mark()
  }

  runTurn(): void {
    this.marked = false
    for (let left = BUSY_PER_TURN; left > 0 && this.busy.length > 0; left--) this.busy.shift()?.runTurn()
    if (this.busy.length > 0) this.mark()
  }

  private mark(): void {
    if (this.marked) return
    this.marked = true
    this.turn.readOn(this)
  }
}
