import { CommitWaiters } from '../../src/store/commit-waiters'
import { HeldStore } from '../support/held-store'
import { ManualTurn } from '../support/manual-turn'

function waiting(): { turn: ManualTurn; store: HeldStore; waiters: CommitWaiters } {
  const turn = new ManualTurn()
  const store = new HeldStore()
  return { turn, store, waiters: new CommitWaiters(store, turn) }
}

describe('who waits for a commit', () => {
  it('is woken in the answer phase after it, not before', () => {
    const { turn, store, waiters } = waiting()
    const runTurn = jest.fn()
    waiters.wake({ runTurn })
    turn.runAll()
    expect(runTurn).not.toHaveBeenCalled()
    store.commit()
    expect(runTurn).not.toHaveBeenCalled()
    turn.runAll()
    expect(runTurn).toHaveBeenCalledTimes(1)
  })

  it('is woken once, however often it asked, and not by the commit after it', () => {
    const { turn, store, waiters } = waiting()
    const work = { runTurn: jest.fn() }
    waiters.wake(work)
    waiters.wake(work)
    store.commit()
    turn.runAll()
    store.commit()
    turn.runAll()
    expect(work.runTurn).toHaveBeenCalledTimes(1)
  })

  it('may ask again when it is woken, and is woken by the next commit', () => {
    const { turn, store, waiters } = waiting()
    const work: { runTurn: jest.Mock } = { runTurn: jest.fn(() => waiters.wake(work)) }
    waiters.wake(work)
    for (let commits = 1; commits <= 3; commits++) {
      store.commit()
      turn.runAll()
      expect(work.runTurn).toHaveBeenCalledTimes(commits)
    }
  })

  it('is woken in the order of asking', () => {
    const { turn, store, waiters } = waiting()
    const woken: string[] = []
    for (const name of ['a', 'b', 'c']) waiters.wake({ runTurn: () => woken.push(name) })
    store.commit()
    turn.runAll()
    expect(woken).toEqual(['a', 'b', 'c'])
  })
})
