import { MemoryStore } from '../../src/store/memory-store'
import type { MessageStore } from '../../src/store/message-store'
import { ManualTurn } from '../support/manual-turn'
import { keepsTheContractOfMessageStores } from './message-store-contract'

const record = Buffer.from('record')

keepsTheContractOfMessageStores(() => {
  const turn = new ManualTurn()
  return { store: new MemoryStore(turn), commit: () => void turn.run() }
})

function storeOf(turn: ManualTurn): MessageStore {
  return new MemoryStore(turn)
}

describe('a memory store', () => {
  it('commits in the commit phase of the turn, between deliveries and answers', () => {
    const turn = new ManualTurn()
    const store = storeOf(turn)
    const ticket = store.append(1, 0, record, 0, 6, 2)
    const seen: number[] = []
    turn.deliver({ runTurn: () => seen.push(store.committed) })
    turn.answer({ runTurn: () => seen.push(store.committed) })
    turn.run()
    expect(seen).toEqual([0, ticket])
  })

  it('takes what deliveries of the turn settle into the same batch', () => {
    const turn = new ManualTurn()
    const store = storeOf(turn)
    const tickets = [store.append(1, 0, record, 0, 6, 2)]
    turn.deliver({ runTurn: () => tickets.push(store.settle(1, 0)) })
    turn.run()
    expect(tickets).toEqual([store.committed, store.committed])
  })

  it('costs no turn when nothing was asked of it', () => {
    const turn = new ManualTurn()
    const store = storeOf(turn)
    store.onCommitted(() => {
      throw new Error('nothing was asked')
    })
    turn.runAll()
    expect(store.committed).toBe(0)
  })
})
