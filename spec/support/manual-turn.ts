/** Turns that end when a spec says so. */
import { Phases } from '../../src/turn'

const TURNS_MAX = 10_000

export class ManualTurn extends Phases {
  /** Runs turns until none leaves work for another. Returns how many it took. */
  runAll(): number {
    for (let turns = 1; turns <= TURNS_MAX; turns++) if (!this.run()) return turns
    throw new Error(`there was still work after ${TURNS_MAX} turns`)
  }
}
