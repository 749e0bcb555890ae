/**
 * What a store gives back after a crash, against the plainest model of it: maps from positions to bytes, of which a copy
 * is taken at each commit. A crash throws away what is not in the copy, and the file is opened again.
 */
import fc from 'fast-check'
import { type Database, openDatabase } from '../../../src/store/sqlite/database'
import { outlineOf } from '../../../src/store/sqlite/outline'
import { pathsIn, temporaryFolder } from '../../support/temporary-folder'
import { OpenedStore } from './opened-store'

const newFile = pathsIn(temporaryFolder())

/** One queue, as the broker would see it. `head` and `delivered` are what the store asks a queue for. */
class ModelQueue {
  readonly waiting = new Map<number, string>()
  tail = 0
  delivered = 0

  get head(): number {
    return Math.min(...this.waiting.keys(), this.tail)
  }

  copy(): ModelQueue {
    const copy = new ModelQueue()
    for (const [position, text] of this.waiting) copy.waiting.set(position, text)
    copy.tail = this.tail
    copy.delivered = this.delivered
    return copy
  }
}

type Step =
  | { readonly kind: 'append'; readonly queue: number; readonly bytes: number; readonly gap: number }
  /** The same record to both queues. */
  | { readonly kind: 'fan'; readonly bytes: number }
  | { readonly kind: 'settle' | 'deliver' | 'purge'; readonly queue: number; readonly at: number }
  | { readonly kind: 'delete'; readonly queue: number }
  | { readonly kind: 'commit' | 'crash' }

const queue = fc.nat(1)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      queue,
      bytes: fc.oneof({ weight: 20, arbitrary: fc.nat(40) }, { weight: 1, arbitrary: fc.nat(200_000) }),
      gap: fc.oneof({ weight: 20, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(6000) }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('fan' as const),
      bytes: fc.constantFrom(40, 32 * 1024 - 1, 32 * 1024),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('settle' as const), queue, at: fc.nat(1000) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('deliver' as const), queue, at: fc.nat(1000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('purge' as const), queue, at: fc.nat(1000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), queue }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('commit' as const, 'crash' as const) }) },
)

/** The store and the model, side by side. */
class SideBySide {
  private readonly file = newFile()
  private opened = new OpenedStore(this.file)
  private ids = 0
  private fans = 0
  private queues = new Map<number, ModelQueue>()
  private kept = new Map<number, ModelQueue>()

  async begin(): Promise<void> {
    this.create()
    this.create()
    await this.commit()
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'append':
        return this.append(step.queue, step.bytes, step.gap)
      case 'fan':
        return this.fan(step.bytes)
      case 'settle':
        return this.settle(step.queue, step.at)
      case 'deliver':
        return this.deliver(step.queue, step.at)
      case 'purge':
        return this.purge(step.queue, step.at)
      case 'delete':
        return this.delete(step.queue)
      case 'commit':
        return await this.commit()
      case 'crash':
        return await this.crash()
    }
  }

  async crash(): Promise<void> {
    await this.opened.end()
    this.checkOutline()
    this.queues = new Map([...this.kept].map(([id, queue]) => [id, queue.copy()]))
    this.opened = new OpenedStore(this.file)
    this.checkDefinitions()
    for (const [id, queue] of this.queues) this.opened.store.openQueue(id, queue)
    for (const id of this.queues.keys()) await this.checkEntries(id)
  }

  async end(): Promise<void> {
    await this.opened.end()
  }

  private append(at: number, bytes: number, gap: number): void {
    const [id, queue] = this.queueAt(at)
    const position = queue.tail + gap // what lies between was transient
    const text = `${position} `.padEnd(bytes, '.')
    queue.waiting.set(position, text)
    queue.tail = position + 1
    const record = Buffer.from(`before${text}behind`)
    this.opened.store.append(id, position, record, 6, 6 + text.length, position % 7)
  }

  /** A record of a message for both queues, at different places. */
  private fan(bytes: number): void {
    const text = `fan ${this.fans++} `.padEnd(bytes, '.')
    const record = Buffer.from(text)
    for (const [id, queue] of this.queues) {
      const position = queue.tail++
      queue.waiting.set(position, text)
      this.opened.store.append(id, position, record, 0, record.length, position % 7)
    }
  }

  private settle(at: number, which: number): void {
    const [id, queue] = this.queueAt(at)
    const positions = [...queue.waiting.keys()]
    const position = positions[which % positions.length]
    if (position === undefined) return
    queue.waiting.delete(position)
    queue.delivered = Math.max(queue.delivered, position + 1)
    this.opened.store.settle(id, position)
  }

  private deliver(at: number, which: number): void {
    const [id, queue] = this.queueAt(at)
    queue.delivered = Math.max(queue.delivered, which % (queue.tail + 1))
    this.opened.store.markDelivered(id)
  }

  /** As a queue does it: what was delivered may be out with consumers, and stays. */
  private purge(at: number, which: number): void {
    const [id, queue] = this.queueAt(at)
    const from = queue.delivered + (which % (queue.tail - queue.delivered + 1))
    for (const position of queue.waiting.keys()) if (position >= from) queue.waiting.delete(position)
    queue.delivered = queue.tail
    this.opened.store.settleFrom(id, from)
  }

  private delete(at: number): void {
    const [id] = this.queueAt(at)
    this.queues.delete(id)
    this.opened.store.change({ kind: 'queue-gone', id })
    this.opened.store.removeQueue(id)
    this.create()
  }

  private create(): void {
    const queue = new ModelQueue()
    this.queues.set(++this.ids, queue)
    this.opened.createQueue(this.ids, queue)
  }

  private async commit(): Promise<void> {
    await this.opened.commit()
    this.kept = new Map([...this.queues].map(([id, queue]) => [id, queue.copy()]))
    for (const id of this.queues.keys()) await this.checkEntries(id)
  }

  private async checkEntries(id: number): Promise<void> {
    const kept = this.kept.get(id)!
    const expected = [...kept.waiting]
    const read = await this.opened.read(id, kept.head)
    expect(
      read.map(({ position, record, start, end }) => [position, record.toString('latin1', start, end)]),
    ).toEqual(expected)
    expect(read.map(({ propertiesBytes }) => propertiesBytes)).toEqual(
      expected.map(([position]) => position % 7),
    )
  }

  /** What the broker would make its queues from. */
  private checkDefinitions(): void {
    const { queues } = this.opened.definitions
    expect(queues.map(({ id }) => id).sort()).toEqual([...this.kept.keys()].sort())
    for (const { id, head, delivered, runs, settled } of queues) {
      const kept = this.kept.get(id)!
      expect([head, delivered]).toEqual([kept.head, kept.delivered])
      const gone = settled.filter(position =>
        runs.some(({ first, last }) => position >= first && position <= last),
      )
      const passed = runs.filter(({ first }) => first < head)
      expect(passed.length).toBeLessThanOrEqual(1)
      const count = runs.reduce((sum, run) => sum + run.count, 0) - gone.length
      if (passed.length === 0) expect(count).toBe(kept.waiting.size)
      else expect(count).toBeGreaterThan(kept.waiting.size)
      expect(runs).toEqual([...runs].sort((a, b) => a.first - b.first))
      for (const [index, { last }] of runs.entries())
        expect(last).toBeLessThan(runs[index + 1]?.first ?? Infinity)
    }
  }

  /** What `leveret inspect` would say. */
  private checkOutline(): void {
    const database = openDatabase(this.file, 'os')
    const counts = outlineOf(database).queues.map(({ id, messages }) => [id, messages])
    expect(sharesAmiss(database)).toEqual({ unused: 0, sharedByNobody: 0, missing: 0 })
    database.close()
    expect(counts.sort()).toEqual([...this.kept].map(([id, { waiting }]) => [id, waiting.size]).sort())
  }

  private queueAt(at: number): [number, ModelQueue] {
    return [...this.queues][at]!
  }
}

/** Records that nobody has, places that share one and are gone, and entries whose record is nowhere. */
function sharesAmiss(database: Database) {
  const count = (sql: string): unknown => database.prepare(`SELECT count(*) FROM ${sql}`).pluck().get()
  return {
    unused: count('record WHERE id NOT IN (SELECT record FROM share)'),
    sharedByNobody: count(
      'share WHERE NOT EXISTS (SELECT 1 FROM run WHERE run.queue = share.queue AND first = position)',
    ),
    missing: count(
      `run WHERE bytes > length(data) AND NOT EXISTS
       (SELECT 1 FROM share JOIN record ON record.id = record WHERE share.queue = run.queue AND position = first)`,
    ),
  }
}

describe('a store on SQLite', () => {
  it('gives back, after any crash, what was committed and not settled, in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 120, size: 'max' }), async steps => {
        const both = new SideBySide()
        await both.begin()
        for (const step of steps) await both.take(step)
        await both.crash()
        await both.end()
      }),
      { numRuns: 150 },
    )
  }, 60_000)
})
