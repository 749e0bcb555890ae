import { openDatabase } from '../../../src/store/sqlite/database'
import { pathsIn, temporaryFolder } from '../../support/temporary-folder'
import { keepsTheContractOfMessageStores } from '../message-store-contract'
import { OpenedStore } from './opened-store'

const newFile = pathsIn(temporaryFolder())
const opened: OpenedStore[] = []
afterEach(() => Promise.all(opened.splice(0).map(store => store.end())))

function open(file = newFile()): OpenedStore {
  const store = new OpenedStore(file)
  opened.push(store)
  return store
}

keepsTheContractOfMessageStores(() => {
  const made = open()
  return { store: made.store, commit: () => made.commit() }
})

/** A queue's own idea of itself, as far as the store asks. */
interface Source {
  head: number
  delivered: number
}

/** A store with one queue, and that queue's marks. */
async function withQueue(file?: string): Promise<{ opened: OpenedStore; source: Source }> {
  const opened = open(file)
  const source = { head: 0, delivered: 0 }
  opened.createQueue(1, source)
  await opened.commit()
  return { opened, source }
}

function append({ store }: OpenedStore, position: number, body: string | Buffer = `body ${position}`): void {
  const record = Buffer.from(body as Buffer)
  store.append(1, position, record, 0, record.length, 0)
}

async function bodies(opened: OpenedStore): Promise<string[]> {
  return (await opened.read(1)).map(({ record, start, end }) => record.toString('utf8', start, end))
}

/** What is in the file now: run for run, and the positions settled out of order. */
function rowsIn(file: string) {
  const database = openDatabase(file, 'os')
  const runs = database.prepare('SELECT first, last, count, bytes FROM run ORDER BY last').all()
  const settled = database.prepare('SELECT position FROM settled ORDER BY position').pluck().all()
  database.close()
  return { runs: runs as { first: number; last: number; count: number; bytes: number }[], settled }
}

/** The rows that a spec leaves behind. */
async function rowsAfter(use: (opened: OpenedStore, source: Source) => void | Promise<void>) {
  const file = newFile()
  const { opened, source } = await withQueue(file)
  await use(opened, source)
  await opened.commit()
  await opened.end()
  return rowsIn(file)
}

describe('a batch', () => {
  it('keeps the entries of a queue together', async () => {
    const { runs } = await rowsAfter(opened => {
      for (let position = 0; position < 100; position++) append(opened, position)
    })
    expect(runs).toEqual([{ first: 0, last: 99, count: 100, bytes: expect.any(Number) }])
  })

  it('never takes an entry to the disk that came and went in it', async () => {
    const { runs, settled } = await rowsAfter((opened, source) => {
      for (let position = 0; position < 50; position++) append(opened, position)
      for (let position = 0; position < 50; position++) opened.store.settle(1, position)
      source.head = source.delivered = 50
    })
    expect({ runs, settled }).toEqual({ runs: [], settled: [] })
  })

  it('takes the entries between those that went', async () => {
    const { runs, settled } = await rowsAfter((opened, source) => {
      for (let position = 0; position < 9; position++) append(opened, position)
      for (const position of [0, 1, 4, 8]) opened.store.settle(1, position)
      source.head = 2
    })
    expect(runs).toEqual([{ first: 2, last: 7, count: 5, bytes: expect.any(Number) }])
    expect(settled).toEqual([])
  })

  it('writes nothing of a queue that came and went in it', async () => {
    const file = newFile()
    const opened = open(file)
    opened.createQueue(1, { head: 0, delivered: 0 })
    append(opened, 0)
    opened.store.change({ kind: 'queue-gone', id: 1 })
    opened.store.removeQueue(1)
    await opened.commit()
    await opened.end()
    expect(rowsIn(file)).toEqual({ runs: [], settled: [] })
    expect(open(file).definitions.queues).toEqual([])
  })
})

describe('a run', () => {
  it('reaches over 4096 positions at most', async () => {
    const { runs } = await rowsAfter(opened => {
      for (let position = 10; position < 10 + 4097; position++) append(opened, position, 'b')
    })
    expect(runs.map(({ first, last, count }) => [first, last, count])).toEqual([
      [10, 10 + 4095, 4096],
      [10 + 4096, 10 + 4096, 1],
    ])
  })

  it('reaches over 4096 positions at most, also when most of them are gaps', async () => {
    const { runs } = await rowsAfter(opened => {
      for (const position of [0, 4095, 4096, 9000]) append(opened, position, 'b')
    })
    expect(runs.map(({ first, last, count }) => [first, last, count])).toEqual([
      [0, 4095, 2],
      [4096, 4096, 1],
      [9000, 9000, 1],
    ])
  })

  it('ends with the record that brings it to 256 KiB', async () => {
    const sixteenth = Buffer.alloc(16 * 1024, 'b')
    const { runs } = await rowsAfter(opened => {
      for (let position = 0; position < 33; position++) append(opened, position, sixteenth)
    })
    expect(runs.map(({ count }) => count)).toEqual([16, 16, 1])
  })

  it('does not count what went against its 256 KiB', async () => {
    const sixteenth = Buffer.alloc(16 * 1024, 'b')
    const { runs } = await rowsAfter(opened => {
      for (let position = 0; position < 32; position++) append(opened, position, sixteenth)
      for (let position = 0; position < 32; position += 2) opened.store.settle(1, position)
    })
    expect(runs.map(({ count }) => count)).toEqual([16])
  })

  it('may be one record of any size', async () => {
    const file = newFile()
    const { opened } = await withQueue(file)
    const large = Buffer.alloc(20 * 1024 * 1024, 'large ')
    append(opened, 0, 'before')
    append(opened, 1, large)
    append(opened, 2, 'behind')
    await opened.commit()
    expect(await bodies(opened)).toEqual(['before', large.toString(), 'behind'])
    await opened.end()
    expect(rowsIn(file).runs.map(({ count }) => count)).toEqual([2, 1])
  })

  it('goes when head has passed its last entry, and not before', async () => {
    const file = newFile()
    const { opened, source } = await withQueue(file)
    for (let position = 0; position < 3; position++) append(opened, position)
    await opened.commit()
    source.head = 2
    opened.store.settle(1, 0)
    opened.store.settle(1, 1)
    await opened.commit()
    expect(await opened.read(1, 2)).toHaveLength(1)
    source.head = 3
    opened.store.settle(1, 2)
    await opened.commit()
    await opened.end()
    expect(rowsIn(file)).toEqual({ runs: [], settled: [] })
  })

  it('goes when all of its entries are settled, though one before them is not', async () => {
    const { runs, settled } = await rowsAfter(async opened => {
      append(opened, 0)
      await opened.commit()
      for (let position = 1; position < 4; position++) append(opened, position)
      await opened.commit()
      for (const position of [3, 1]) opened.store.settle(1, position)
      await opened.commit()
      opened.store.settle(1, 2)
    })
    expect(runs.map(({ first, last }) => [first, last])).toEqual([[0, 0]])
    expect(settled).toEqual([])
  })
})

describe('entries settled out of order', () => {
  it('are remembered one by one until head has passed them', async () => {
    const file = newFile()
    const { opened, source } = await withQueue(file)
    for (let position = 0; position < 6; position++) append(opened, position)
    await opened.commit()
    for (const position of [4, 2]) opened.store.settle(1, position)
    await opened.commit()
    expect(await bodies(opened)).toEqual(['body 0', 'body 1', 'body 3', 'body 5'])
    for (const position of [0, 1]) opened.store.settle(1, position)
    source.head = 3
    await opened.commit()
    await opened.end()
    expect(rowsIn(file).settled).toEqual([4])
  })
})

describe('a queue that is purged', () => {
  it('loses what waits, whether it was kept already or not, and keeps what is out with consumers', async () => {
    const file = newFile()
    const { opened, source } = await withQueue(file)
    for (let position = 0; position < 5; position++) append(opened, position)
    await opened.commit()
    for (let position = 5; position < 8; position++) append(opened, position)
    source.delivered = 2
    opened.store.settleFrom(1, 2)
    append(opened, 8)
    await opened.commit()
    expect(await bodies(opened)).toEqual(['body 0', 'body 1', 'body 8'])
    await opened.end()
    expect(rowsIn(file)).toMatchObject({ runs: [{ first: 0 }, { first: 8 }], settled: [2, 3, 4] })
  })
})

describe('a queue that is purged twice in one batch', () => {
  it('is purged from the lower position on', async () => {
    const file = newFile()
    const { opened } = await withQueue(file)
    for (let position = 0; position < 9; position++) append(opened, position)
    await opened.commit()
    opened.store.settleFrom(1, 4)
    opened.store.settleFrom(1, 9)
    await opened.commit()
    expect(await bodies(opened)).toEqual(['body 0', 'body 1', 'body 2', 'body 3'])
  })
})

describe('a queue that is removed', () => {
  it('leaves nothing behind, in the file and in memory', async () => {
    const file = newFile()
    const { opened } = await withQueue(file)
    for (let position = 0; position < 5; position++) append(opened, position)
    await opened.commit()
    opened.store.settle(1, 3)
    await opened.commit()
    append(opened, 5)
    opened.store.settle(1, 2)
    opened.store.removeQueue(1)
    expect(() => append(opened, 6)).toThrow('queue 1 was not opened')
    await opened.commit()
    expect(await opened.read(1)).toEqual([])
    await opened.end()
    expect(rowsIn(file)).toEqual({ runs: [], settled: [] })
  })
})

describe('a store that is ended in the middle of a batch', () => {
  it('has all of the batches before it, and nothing of it', async () => {
    const file = newFile()
    const { opened, source } = await withQueue(file)
    append(opened, 0)
    append(opened, 1)
    await opened.commit()
    append(opened, 2)
    opened.store.settle(1, 0)
    opened.store.change({ kind: 'exchange-gone', vhost: '/', name: 'e' })
    source.head = 1
    await opened.end()
    const again = open(file)
    expect(again.definitions.queues).toMatchObject([{ id: 1, head: 0, runs: [{ first: 0, last: 1 }] }])
    expect(await bodies(again)).toEqual(['body 0', 'body 1'])
  })
})

describe('a store that drains', () => {
  it('waits for what joins while a batch is on its way', async () => {
    const { opened } = await withQueue()
    append(opened, 0)
    opened.turn.run() // on its way
    append(opened, 1)
    const drained = opened.store.drain()
    for (let turns = 0; turns < 3; turns++) await opened.commit()
    await drained
    expect(await bodies(opened)).toEqual(['body 0', 'body 1'])
  })
})

describe('a large record of several queues', () => {
  const LARGE = 32 * 1024
  const QUEUES = [1, 2, 3]

  /** The same record in all of them, committed. */
  async function fannedOut(file: string, bytes = LARGE): Promise<{ opened: OpenedStore; sources: Source[] }> {
    const opened = open(file)
    const sources = QUEUES.map(() => ({ head: 0, delivered: 0 }))
    const record = Buffer.alloc(bytes, 'r')
    for (const [at, id] of QUEUES.entries()) {
      opened.createQueue(id, sources[at]!)
      opened.store.append(id, 0, record, 0, bytes, 5, at)
    }
    await opened.commit()
    return { opened, sources }
  }

  function recordBytes(file: string): { records: unknown; runs: unknown } {
    const database = openDatabase(file, 'os')
    const sum = (table: string): unknown =>
      database.prepare(`SELECT total(length(data)) FROM ${table}`).pluck().get()
    const bytes = { records: sum('record'), runs: sum('run') }
    database.close()
    return bytes
  }

  it('is in the file once, and read back for each of them as if it were its own', async () => {
    const file = newFile()
    const { opened } = await fannedOut(file)
    for (const [at, id] of QUEUES.entries()) {
      const [entry] = await opened.read(id)
      expect(entry).toMatchObject({ position: 0, propertiesBytes: 5, marks: at })
      expect(entry!.record.subarray(entry!.start, entry!.end)).toEqual(Buffer.alloc(LARGE, 'r'))
    }
    await opened.end()
    expect(recordBytes(file)).toEqual({ records: LARGE, runs: 3 * 12 })
  })

  it('is there after a restart, with its size, and goes with the last that has it', async () => {
    const file = newFile()
    await (await fannedOut(file)).opened.end()
    const again = open(file)
    expect(again.definitions.queues.map(({ runs }) => runs[0]?.bytes)).toEqual(QUEUES.map(() => LARGE + 12))
    const sources = QUEUES.map(id => {
      const source = { head: 0, delivered: 0 }
      again.store.openQueue(id, source)
      return source
    })
    sources[0]!.head = 1
    again.store.settle(1, 0)
    again.store.removeQueue(2)
    again.store.change({ kind: 'queue-gone', id: 2 })
    await again.commit()
    expect(await again.read(3)).toHaveLength(1)
    again.store.settleFrom(3, 0)
    sources[2]!.head = 1
    await again.commit()
    await again.end()
    expect(recordBytes(file)).toEqual({ records: 0, runs: 0 })
  })

  it('below 32 KiB is kept by each: looking for it would cost more', async () => {
    const file = newFile()
    await (await fannedOut(file, LARGE - 1)).opened.end()
    expect(recordBytes(file).records).toBe(0)
  })

  it('of a queue that is gone when the broker ends is forgotten at the next start', async () => {
    const file = newFile()
    const { opened } = await fannedOut(file)
    for (const id of QUEUES) opened.store.change({ kind: 'queue-gone', id })
    await opened.commit()
    await opened.end()
    await open(file).end()
    expect(recordBytes(file)).toEqual({ records: 0, runs: 0 })
  })
})
