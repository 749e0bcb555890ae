/** The store of a test broker, over what outlives its lives. */
import type { StoredDefinitions } from '../../src/store/definition-store'
import type { StoredEntry } from '../../src/store/message-store'
import { Kept, type SurvivingStore } from '../../src/testing/kept/surviving-store'
import { keepsTheContractOfMessageStores } from '../store/message-store-contract'
import { ManualClock } from '../support/manual-clock'
import { ManualTurn } from '../support/manual-turn'

keepsTheContractOfMessageStores(() => {
  const turn = new ManualTurn()
  return { store: new Kept().open(turn, new ManualClock()).store, commit: () => void turn.run() }
})

describe('a store that outlives its broker', () => {
  const turn = new ManualTurn()
  const clock = new ManualClock()
  const source = { head: 0, delivered: 0 }
  let kept: Kept
  let store: SurvivingStore
  let stored: StoredDefinitions

  beforeEach(() => {
    kept = new Kept()
    live()
    store.change({ kind: 'queue', record: queue(1) })
  })

  function queue(id: number) {
    return { id, vhost: '/', name: `queue ${id}`, autoDelete: false, arguments: Buffer.alloc(0) }
  }

  /** A new life begins. */
  function live(): void {
    const { opened, store: next } = kept.open(turn, clock)
    store = next
    stored = opened.stored
    for (const id of [1, 2]) store.openQueue(id, source)
  }

  function append(...positions: number[]): void {
    for (const position of positions) store.append(1, position, Buffer.from(`..${position}..`), 2, 3, 1, 2)
  }

  function left(): number[] {
    return stored.queues.flatMap(({ runs }) => runs.map(({ first }) => first))
  }

  it('has what was committed, and nothing of what was gathering when it was cut off', () => {
    append(0, 1)
    turn.run()
    append(2)
    store.settle(1, 0)
    store.cut()
    turn.run()
    append(3)
    turn.run()
    store.change({ kind: 'queue', record: queue(2) })
    live()
    expect(left()).toEqual([0, 1])
    expect(stored.queues).toHaveLength(1)
  })

  it('never commits again when it was cut off', () => {
    append(0)
    store.cut()
    turn.runAll()
    expect(store.committed).toBe(0)
  })

  it('forgets what was settled, in the same batch or later, one by one or all from a position on', () => {
    append(0, 1, 2)
    store.settle(1, 1)
    turn.run()
    append(3, 4)
    store.settleFrom(1, 2)
    append(5)
    turn.run()
    live()
    expect(left()).toEqual([0, 5])
    store.removeQueue(1)
    turn.run()
    live()
    expect(left()).toEqual([])
  })

  it('remembers what was delivered; after a crash all of it may have been', () => {
    append(0, 1)
    turn.run()
    source.delivered = 1
    store.markDelivered(1)
    turn.run()
    live()
    expect(stored.queues[0]).toMatchObject({ delivered: 1 })
    store.cut()
    live()
    expect(stored.queues[0]).toMatchObject({ delivered: 2, isDeliveredNews: true })
    source.delivered = 0
  })

  it('reads entries back in a later turn, as they were when they were committed', () => {
    const record = Buffer.from('..abc..')
    clock.advance(1000)
    store.append(1, 7, record, 2, 5, 1, 3)
    turn.run()
    record.fill('x')
    live()
    let read: readonly StoredEntry[] = []
    store.load(1, 0, 10, entries => {
      read = entries
    })
    expect(read).toEqual([])
    turn.run()
    const [entry] = read
    expect(entry).toMatchObject({ position: 7, propertiesBytes: 1, marks: 3, writtenAt: clock.now() })
    expect(entry?.record.toString('latin1', entry.start, entry.end)).toBe('abc')
  })

  it('gives the number of a queue that is gone with its virtual host to another, without its messages', () => {
    append(0)
    turn.run()
    store.change({ kind: 'vhost-gone', name: '/' })
    live()
    store.change({ kind: 'queue', record: queue(1) })
    live()
    expect(left()).toEqual([])
  })
})
