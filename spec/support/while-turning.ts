/** Turns for what takes several of them, until it is done. */
import type { ManualTurn } from './manual-turn'

const TURNS_MAX = 100_000

export async function whileTurning<Result>(turn: ManualTurn, work: Promise<Result>): Promise<Result> {
  let isDone = false
  const done = (): void => {
    isDone = true
  }
  work.then(done, done)
  for (let turns = 0; !isDone; turns++) {
    if (turns === TURNS_MAX) throw new Error(`not done after ${TURNS_MAX} turns`)
    turn.runAll()
    await new Promise(resolve => setImmediate(resolve))
  }
  return work
}
