import type { Batch } from '../../../src/store/sqlite/batch-writer'
import { SqliteStore } from '../../../src/store/sqlite/sqlite-store'
import { InlineDisk } from '../../support/inline-disk'
import { ManualTurn } from '../../support/manual-turn'
import { pathsIn, temporaryFolder } from '../../support/temporary-folder'

const newFile = pathsIn(temporaryFolder())

/** Has each batch until a spec lets it be written. */
class HoldingDisk extends InlineDisk {
  batch: Batch | undefined
  private write = (): void => {}

  override commit(batch: Batch, done: () => void): void {
    this.batch = batch
    this.write = () => super.commit(batch, done)
  }

  async release(): Promise<void> {
    this.batch = undefined
    this.write()
    await new Promise(resolve => setImmediate(resolve))
  }
}

describe('what is read back', () => {
  it('is asked for a few segments at a time, in the order in which they are wanted', async () => {
    const turn = new ManualTurn()
    const waiting: (() => void)[] = []
    class SlowDisk extends InlineDisk {
      override load(...[queueId, first, last, loaded]: Parameters<InlineDisk['load']>): void {
        waiting.push(() => super.load(queueId, first, last, loaded))
      }
    }
    const disk = new SlowDisk(newFile(), 'os')
    const store = new SqliteStore(turn, disk)
    const came: number[] = []
    for (let i = 0; i < 100; i++) store.load(1, i, i, () => came.push(i))
    let most = 0
    while (waiting.length > 0) {
      most = Math.max(most, waiting.length)
      waiting.shift()!()
      await new Promise(resolve => setImmediate(resolve))
    }
    expect(most).toBe(8)
    expect(came).toEqual(Array.from({ length: 100 }, (_, i) => i))
    await disk.close()
  })
})

describe('the memory that a store and its disk share for small batches', () => {
  const turn = new ManualTurn()
  let disk: HoldingDisk
  let store: SqliteStore

  beforeEach(async () => {
    disk = new HoldingDisk(newFile(), 'os')
    store = new SqliteStore(turn, disk)
    const record = { id: 1, vhost: '/', name: 'q', autoDelete: false, arguments: Buffer.alloc(4) }
    store.change({ kind: 'queue', record })
    store.openQueue(1, { head: 0, delivered: 0 })
    turn.run()
    await disk.release()
  })

  afterEach(() => disk.close())

  function append(position: number, bytes: number): void {
    store.append(1, position, Buffer.alloc(bytes, position), 0, bytes, 0)
    turn.run()
  }

  async function kept(): Promise<Buffer[]> {
    const entries = await new Promise<Parameters<Parameters<SqliteStore['load']>[3]>[0]>(resolve =>
      store.load(1, 0, Number.POSITIVE_INFINITY, resolve),
    )
    return entries.map(({ record, start, end }) => Buffer.from(record.subarray(start, end)))
  }

  it('has a batch that fits, and not one that does not', async () => {
    append(1, 100)
    expect(disk.batch?.operations.buffer).toBe(disk.room.buffer)
    await disk.release()
    append(2, disk.room.length)
    expect(disk.batch?.operations.buffer).not.toBe(disk.room.buffer)
    await disk.release()
    append(3, 100)
    expect(disk.batch?.operations.buffer).toBe(disk.room.buffer)
    await disk.release()
    expect(await kept()).toEqual([
      Buffer.alloc(100, 1),
      Buffer.alloc(disk.room.length, 2),
      Buffer.alloc(100, 3),
    ])
  })

  it('is not written to while the disk may still read a batch in it', async () => {
    append(1, 100)
    const before = Buffer.from(disk.room)
    append(2, 100)
    append(3, 200)
    expect(disk.room.equals(before)).toBe(true)
    await disk.release()
    expect(await kept()).toEqual([Buffer.alloc(100, 1)])
    turn.run()
    await disk.release()
    expect(await kept()).toEqual([Buffer.alloc(100, 1), Buffer.alloc(100, 2), Buffer.alloc(200, 3)])
  })
})
