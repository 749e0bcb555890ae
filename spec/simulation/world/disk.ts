/**
 * A disk that works when it is told to: real SQLite, in this thread. What is on its way and what is written are two
 * things, and a broker that crashes loses the first. It can be slow, and it can be full.
 *
 *      commit ──► on its way ──► written ──► told        a crash between any two of them
 */
import { existsSync } from 'node:fs'
import { addressBytesAt, Message } from '../../../src/message'
import type { StoredDefinitions } from '../../../src/store/definition-store'
import type { SpilledPart } from '../../../src/store/message-store'
import { type Batch, BatchWriter } from '../../../src/store/sqlite/batch-writer'
import { type Database, openDatabase } from '../../../src/store/sqlite/database'
import { readDefinitions } from '../../../src/store/sqlite/definition-reader'
import type { Disk } from '../../../src/store/sqlite/disk'
import { EntryReader, entriesIn, type LoadedEntries } from '../../../src/store/sqlite/entry-reader'
import { forgetOrphans } from '../../../src/store/sqlite/orphans'
import { identityOf } from '../model/plain'

/** What the simulation wants to know of a disk. */
export interface DiskWatch {
  now(): number
  /** A batch leaves the broker: all that was asked for so far is in it. */
  committing(): void
  /** It is written: from now on no crash undoes it. */
  written(): void
  /** It could not be written. */
  refused(): void
  /** Anything else it is asked for. */
  asked(what: string): void
}

export class SimulatedDisk implements Disk {
  readonly definitions: StoredDefinitions
  /** Not much, so that there are batches of either kind. */
  readonly room = Buffer.alloc(512)
  isFull = false
  private readonly database: Database
  private readonly writer: BatchWriter
  private readonly reader: EntryReader
  private readonly spilled = new Map<string, SpilledPart>()
  private jobs: (() => void)[] = []
  private stuck: (() => void) | undefined
  private stalled: (reason: string | undefined) => void = () => {}

  constructor(
    file: string,
    private readonly watch: DiskWatch,
    afterCrash = existsSync(file),
  ) {
    this.database = openDatabase(file, 'os')
    this.writer = new BatchWriter(this.database)
    this.reader = new EntryReader(this.database)
    forgetOrphans(this.database)
    this.definitions = readDefinitions(this.database, afterCrash)
  }

  /** What it has of a queue, as `position:identity`. */
  kept(queueId: number): string[] {
    const head = this.definitions.queues.find(({ id }) => id === queueId)?.head ?? 0
    const message = new Message()
    return entriesIn(this.reader.read(queueId, head, Infinity), head, Infinity).map(entry => {
      const { record, start, end, propertiesBytes } = entry
      const addressBytes = addressBytesAt(record, start)
      message.viewRecord(
        record,
        start,
        addressBytes,
        propertiesBytes,
        end - start - addressBytes - propertiesBytes,
      )
      return `${entry.position}:${identityOf(message)}`
    })
  }

  /** How many rows of messages it has of a queue. */
  rows(queueId: number): number {
    const counts = ['run', 'settled', 'share'].map(
      table =>
        this.database.prepare(`SELECT count(*) FROM ${table} WHERE queue = ?`).pluck().get(queueId) as number,
    )
    return counts.reduce((sum, count) => sum + count, 0)
  }

  /** How many rows it has of queues that are not there. */
  get orphanedRows(): number {
    const counts = ['run', 'settled', 'share', 'seen', 'delivery_count'].map(table => {
      const sql = `SELECT count(*) FROM ${table} WHERE queue > 0 AND queue NOT IN (SELECT id FROM queue)`
      return this.database.prepare(sql).pluck().get() as number
    })
    return counts.reduce((sum, count) => sum + count, 0)
  }

  get isBusy(): boolean {
    return this.jobs.length > 0 || (this.stuck !== undefined && !this.isFull)
  }

  /** Does so many of the things it was asked for, in order. Returns whether there was any. */
  work(count: number): boolean {
    const hadWork = this.isBusy
    if (this.stuck !== undefined && !this.isFull) {
      this.jobs.unshift(this.stuck)
      this.stuck = undefined
      this.stalled(undefined)
    }
    for (let done = 0; done < count; done++) this.jobs.shift()?.()
    return hadWork
  }

  /** Everything it was asked for and did not do is lost. */
  crash(): void {
    this.jobs = []
    this.stuck = undefined
    this.database.close()
  }

  commit(batch: Batch, done: () => void): void {
    this.watch.committing()
    const write = (): void => {
      if (this.isFull) {
        this.stuck = write
        this.watch.refused()
        this.stalled('database or disk is full')
        return
      }
      this.write(batch)
      this.watch.written()
      this.jobs.push(done)
    }
    this.jobs.push(write)
  }

  load(queueId: number, first: number, last: number, loaded: (entries: LoadedEntries) => void): void {
    this.watch.asked('load')
    this.jobs.push(() => loaded(this.reader.read(queueId, first, last)))
  }

  spill(queueId: number, first: number, part: SpilledPart, written: () => void): void {
    this.watch.asked('spill')
    const transfer = [part.entries.buffer as ArrayBuffer, part.records.buffer as ArrayBuffer]
    // Takes the memory, as a thread does: whoever still looks at it finds nothing.
    this.spilled.set(`${queueId}/${first}`, structuredClone(part, { transfer }))
    this.jobs.push(written)
  }

  unspill(queueId: number, first: number, back: (part: SpilledPart) => void): void {
    this.jobs.push(() => {
      const key = `${queueId}/${first}`
      const part = this.spilled.get(key)
      this.spilled.delete(key)
      if (part !== undefined) back(part)
    })
  }

  readSpilled(queueId: number, first: number, seen: (part: SpilledPart | undefined) => void): void {
    this.jobs.push(() => {
      const part = this.spilled.get(`${queueId}/${first}`)
      seen(part === undefined ? undefined : structuredClone(part))
    })
  }

  dropSpilled(): void {}

  onStalled(listener: (reason: string | undefined) => void): void {
    this.stalled = listener
  }

  async close(): Promise<void> {
    this.database.close()
  }

  protected write(batch: Batch): void {
    this.writer.write(batch, this.watch.now())
  }
}
