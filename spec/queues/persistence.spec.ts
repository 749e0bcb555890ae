import { Persistence } from '../../src/queues/persistence'
import { ReadyList } from '../../src/queues/ready'
import type { StoredQueue, StoredRun } from '../../src/store/definition-store'
import { HeldStore } from '../support/held-store'

/** What a queue makes of its outline after a restart, before any entry was loaded. */
function restored(stored: Partial<StoredQueue>): ReadyList {
  const ready = new ReadyList()
  const record = { id: 1, vhost: '/', name: 'q', autoDelete: false, arguments: Buffer.alloc(4) }
  const nothing = { head: 0, delivered: 0, runs: [], settled: [] }
  new Persistence(1, ready, new HeldStore()).restore({ ...record, ...nothing, ...stored })
  return ready
}

function run(first: number, last: number, count = last + 1 - first): StoredRun {
  return { first, last, count, bytes: count * 100 }
}

describe('a queue that was restored', () => {
  it('has as many messages as are left', () => {
    const ready = restored({ runs: [run(0, 9), run(20, 29), run(9000, 9004)], settled: [3, 25, 9000] })
    expect(ready.length).toBe(22)
  })

  it('begins at its head, also in the middle of a run', () => {
    const ready = restored({ head: 4, runs: [run(0, 9)] })
    expect([ready.head, ready.length]).toEqual([4, 6])
  })

  it('begins behind a run of which nothing is left', () => {
    const ready = restored({ runs: [run(1, 3), run(9000, 9004)], settled: [1, 2, 3] })
    expect([ready.head, ready.length]).toEqual([9000, 5])
  })

  it('goes on behind everything that ever was in it', () => {
    expect(restored({ head: 7, delivered: 12 }).head).toBe(12)
    expect(restored({ head: 7, settled: [20] }).head).toBe(21)
  })

  it('finds what is settled among hundreds of thousands of runs', () => {
    const runs = Array.from({ length: 300_000 }, (_, index) => run(index * 5000, index * 5000 + 1))
    const ready = restored({ runs, settled: runs.map(({ last }) => last) })
    expect(ready.length).toBe(300_000)
  })
})
