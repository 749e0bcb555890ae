/** Messages that are moved between durable queues: a disk that stops at any moment has each once; memory has few of them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { type Destination, Transfer, type TransferRequest } from '../../src/broker/transfer'
import type { Message } from '../../src/message'
import { browse } from '../../src/queues/browse'
import { queueOptions } from '../../src/queues/options'
import { Queue } from '../../src/queues/queue'
import type { Batch } from '../../src/store/sqlite/batch-writer'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store'
import { ManualClock } from '../support/manual-clock'
import { ManualTurn } from '../support/manual-turn'
import { bodyOf, messageWith } from '../support/messages'
import { noDeaths } from '../support/queues'
import { TakingDisk } from '../support/taking-disk'
import { whileTurning } from '../support/while-turning'

const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

function newDatabase(): string {
  const folder = mkdtempSync(join(tmpdir(), 'leveret-spec-'))
  folders.push(folder)
  return join(folder, 'leveret.db')
}

/** Keeps no batch after so many more. */
class EndingDisk extends TakingDisk {
  commits = Number.POSITIVE_INFINITY

  override commit(batch: Batch, done: () => void): void {
    if (this.commits-- > 0) super.commit(batch, done)
  }
}

/** Two durable queues on one disk. */
class Life {
  readonly turn = new ManualTurn()
  readonly disk: EndingDisk
  readonly store: SqliteStore
  readonly source: Queue
  readonly target: Queue

  constructor(readonly file: string = newDatabase()) {
    this.disk = new EndingDisk(file, 'os')
    this.store = new SqliteStore(this.turn, this.disk)
    this.source = this.queue(7)
    this.target = this.queue(8)
  }

  /** In small batches, so that segments are left to the disk. */
  async fill(bodies: readonly string[], persistent = true): Promise<void> {
    for (let at = 0; at < bodies.length; at += 500) {
      for (const body of bodies.slice(at, at + 500)) this.source.enqueue(messageWith(body, { persistent }))
      await this.endTurns()
    }
  }

  async endTurns(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet++) {
      if (this.turn.runAll() > 1) quiet = 0
      await new Promise(resolve => setImmediate(resolve))
    }
  }

  async endTurn(): Promise<void> {
    this.turn.run()
    await new Promise(resolve => setImmediate(resolve))
  }

  transfer(request: Partial<TransferRequest> = {}, stays: (body: string) => boolean = () => false): Transfer {
    const destination: Destination = {
      isOneQueue: false,
      onward: (message: Message) =>
        stays(bodyOf(message)) ? 'unroutable' : { message, queues: [this.target] },
    }
    const whole = { mode: 'move' as const, count: undefined, positions: undefined }
    return new Transfer(this.source, destination, { ...whole, ...request })
  }

  async bodies(queue: Queue): Promise<string[]> {
    const { items } = await whileTurning(this.turn, browse(queue, { limit: 1e6, scanMax: 1e6 }))
    return items.map(({ body }) => body.toString())
  }

  async restarted(): Promise<Life> {
    await this.disk.close()
    const next = new Life(this.file)
    await next.endTurns()
    return next
  }

  segmentsInMemory(queue: Queue): number {
    return queue.ready.segments.filter(({ residence }) => residence === 'memory').length
  }

  private queue(id: number): Queue {
    const stored = this.disk.definitions.queues.find(queue => queue.id === id)
    const record = { id, vhost: '/', name: `q${id}`, autoDelete: false }
    const definition = { ...record, durable: true, owner: undefined, arguments: new Map() }
    const { turn, store } = this
    const around = { clock: new ManualClock(), turn, store, deadLetters: noDeaths, unused: () => {} }
    const queue = new Queue(definition, queueOptions(new Map()), around)
    if (stored === undefined)
      store.change({ kind: 'queue', record: { ...record, arguments: new Uint8Array() } })
    else queue.restore(stored)
    return queue
  }
}

function numbered(from: number, to: number, bodyBytes = 0): string[] {
  return Array.from({ length: to - from }, (_, i) => `${from + i}`.padEnd(bodyBytes, '.'))
}

const isOdd = (body: string): boolean => Number.parseInt(body, 10) % 2 === 1

describe('a move between durable queues', () => {
  it('of a backlog on the disk keeps its order', async () => {
    const life = new Life()
    const bodies = numbered(0, 30_000, 100)
    await life.fill(bodies)
    await whileTurning(life.turn, life.transfer().done)
    expect(await life.bodies(life.target)).toEqual(bodies)
    expect(life.source.messageCount).toBe(0)
    const next = await life.restarted()
    expect([next.source.messageCount, next.target.messageCount]).toEqual([0, 30_000])
    await next.disk.close()
  })

  it.each([
    ['kept', true],
    ['spilled', false],
  ])('holds few of those in memory that stay: %s', async (_how, persistent) => {
    const life = new Life()
    const bodies = numbered(0, 30_000, 100)
    await life.fill(bodies, persistent)
    const before = life.segmentsInMemory(life.source)
    const result = await whileTurning(life.turn, life.transfer({}, isOdd).done)
    expect(result).toMatchObject({ moved: 15_000, left: 15_000 })
    await life.endTurns()
    // Those last looked at leave with the next ones, or when a segment begins.
    expect(life.segmentsInMemory(life.source)).toBeLessThanOrEqual(before + 2)
    expect(await life.bodies(life.source)).toEqual(bodies.filter(isOdd))
    expect(await life.bodies(life.target)).toEqual(bodies.filter(body => !isOdd(body)))
    await life.disk.close()
  })

  it('takes single ones out of the middle of the disk, and they never come back', async () => {
    const life = new Life()
    const bodies = numbered(0, 20_000, 100)
    await life.fill(bodies)
    const positions = [12_345, 3, 15_000, 12_346]
    await whileTurning(life.turn, life.transfer({ positions }).done)
    await life.endTurns()
    const rest = bodies.filter((_, position) => !positions.includes(position))
    expect(await life.bodies(life.source)).toEqual(rest)
    const next = await life.restarted()
    expect(await next.bodies(next.source)).toEqual(rest)
    expect(await next.bodies(next.target)).toEqual([3, 12_345, 12_346, 15_000].map(at => bodies[at]))
    await next.disk.close()
  })

  it('reads nothing back that it has moved, also while the disk has not heard of it', async () => {
    const life = new Life()
    const bodies = numbered(0, 20_000, 100)
    await life.fill(bodies)
    life.disk.commits = 0
    const positions = [12_345, 15_000, 18_000]
    await whileTurning(life.turn, life.transfer({ positions }).done)
    expect(await life.bodies(life.source)).toEqual(bodies.filter((_, at) => !positions.includes(at)))
    await life.disk.close()
  })

  it('waits for a disk that does not keep up, and can be called off then', async () => {
    const life = new Life()
    await life.fill(numbered(0, 9000, 5000))
    life.disk.commits = 0
    const transfer = life.transfer()
    for (let turns = 0; turns < 5000 && !life.store.isBehind; turns++) await life.endTurn()
    const { moved } = transfer
    expect(moved).toBeLessThan(9000)
    for (let turns = 0; turns < 50; turns++) await life.endTurn()
    expect(transfer.moved).toBe(moved)
    transfer.cancel()
    expect(await transfer.done).toMatchObject({ moved, isCancelled: true })
    await life.disk.close()
  })

  it('ends with a ticket that makes it safe', async () => {
    const life = new Life()
    await life.fill(numbered(0, 10))
    const { ticket } = await whileTurning(life.turn, life.transfer().done)
    await life.endTurns()
    expect(life.store.committed).toBeGreaterThanOrEqual(ticket)
    expect(ticket).toBeGreaterThan(0)
    await life.disk.close()
  })

  it('has each message once, in the one queue or the other, wherever the disk stopped', async () => {
    const job = fc.record({
      picked: fc.option(fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 20 }), { nil: undefined }),
      count: fc.option(fc.integer({ min: 1, max: 2000 }), { nil: undefined }),
      oddStay: fc.boolean(),
    })
    const round = fc.record({
      fill: fc.integer({ min: 0, max: 1500 }),
      job,
      commits: fc.integer({ min: 0, max: 12 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 4 }), async rounds => {
        let life = new Life()
        let count = 0
        for (const { fill, job, commits } of rounds) {
          await life.fill(numbered(count, count + fill, 700))
          count += fill
          life.disk.commits = commits
          const { picked: positions, count: wanted, oddStay } = job
          const transfer = life.transfer({ positions, count: wanted }, oddStay ? isOdd : undefined)
          for (let turns = 0; turns < 40; turns++) {
            await life.endTurn()
          }
          transfer.cancel()
          life = await life.restarted()
          const [left, moved] = [await life.bodies(life.source), await life.bodies(life.target)]
          const all = [...left, ...moved].map(body => Number.parseInt(body, 10)).sort((a, b) => a - b)
          expect(all).toEqual(Array.from({ length: count }, (_, i) => i))
          expect(left).toEqual([...left].sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)))
        }
        await life.disk.close()
      }),
      { numRuns: 15 },
    )
  })
})
