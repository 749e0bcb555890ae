/** How a disk knows how its last life ended. From `dist/`: the database has a thread, which is a file of its own. */
import { existsSync } from 'node:fs'
import { ManualTurn } from '../../support/manual-turn'
import { pathsIn, temporaryFolder } from '../../support/temporary-folder'

const { ThreadedDisk } =
  require('../../../dist/store/sqlite/threaded-disk') as typeof import('../../../src/store/sqlite/threaded-disk')
const { SqliteStore } =
  require('../../../dist/store/sqlite/sqlite-store') as typeof import('../../../src/store/sqlite/sqlite-store')

const newFile = pathsIn(temporaryFolder())

describe('a disk', () => {
  let file: string
  beforeEach(() => {
    file = newFile()
  })

  const open = () => ThreadedDisk.open(file, 'os', () => 'nobody')

  /** Makes a queue with one message that nobody has seen. */
  async function fill(disk: Awaited<ReturnType<typeof open>>): Promise<void> {
    const turn = new ManualTurn()
    const store = new SqliteStore(turn, disk)
    const record = { id: 1, vhost: '/', name: 'q', autoDelete: false, arguments: Buffer.alloc(4) }
    store.change({ kind: 'queue', record })
    store.openQueue(1, { head: 0, delivered: 0 })
    store.append(1, 0, Buffer.from('message'), 0, 7, 0)
    const drained = store.drain()
    turn.run()
    await drained
  }

  /** What the next life believes was delivered; it changes nothing. */
  async function deliveredNext(): Promise<number | undefined> {
    const disk = await open()
    await disk.close(true)
    return disk.definitions.queues[0]?.delivered
  }

  it('that was drained before it was closed knows what was delivered', async () => {
    const disk = await open()
    expect(existsSync(`${file}-open`)).toBe(true)
    await fill(disk)
    await disk.close(true)
    expect(existsSync(`${file}-open`)).toBe(false)
    expect(await deliveredNext()).toBe(0)
  })

  it('that was closed with something left to write takes everything for delivered', async () => {
    const disk = await open()
    await fill(disk)
    await disk.close(false)
    expect(existsSync(`${file}-wal`)).toBe(false)
    expect(await deliveredNext()).toBe(1)
  })

  it('that another process has keeps its mark when it is refused to others', async () => {
    const disk = await open()
    await expect(open()).rejects.toThrow('in use')
    expect(existsSync(`${file}-open`)).toBe(true)
    await disk.close(true)
  })
})
