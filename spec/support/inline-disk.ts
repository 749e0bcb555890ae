/** The database in this thread, for specs: a commit is done when the microtasks ran. */
import type { StoredDefinitions } from '../../src/store/definition-store'
import type { SpilledPart } from '../../src/store/message-store'
import { type Batch, BatchWriter } from '../../src/store/sqlite/batch-writer'
import { type Database, type Durability, openDatabase } from '../../src/store/sqlite/database'
import { readDefinitions } from '../../src/store/sqlite/definition-reader'
import type { Disk } from '../../src/store/sqlite/disk'
import { EntryReader, type LoadedEntries } from '../../src/store/sqlite/entry-reader'
import { forgetOrphans } from '../../src/store/sqlite/orphans'

export class InlineDisk implements Disk {
  readonly definitions: StoredDefinitions
  /** Not much, so that specs have batches of either kind. */
  readonly room = Buffer.allocUnsafeSlow(1024)
  private readonly database: Database
  private readonly writer: BatchWriter
  private readonly reader: EntryReader
  private readonly spilled = new Map<string, SpilledPart>()

  constructor(
    file: string,
    durability: Durability,
    /** What time it is when something is written. */
    private readonly now: () => number = Date.now,
  ) {
    this.database = openDatabase(file, durability)
    this.writer = new BatchWriter(this.database)
    this.reader = new EntryReader(this.database)
    forgetOrphans(this.database)
    this.definitions = readDefinitions(this.database)
  }

  get spilledParts(): number {
    return this.spilled.size
  }

  commit(batch: Batch, done: () => void): void {
    this.writer.write(batch, this.now())
    queueMicrotask(done)
  }

  load(queueId: number, first: number, last: number, loaded: (entries: LoadedEntries) => void): void {
    const entries = this.reader.read(queueId, first, last)
    queueMicrotask(() => loaded(entries))
  }

  spill(queueId: number, first: number, part: SpilledPart, written: () => void): void {
    this.spilled.set(`${queueId}/${first}`, part)
    queueMicrotask(written)
  }

  unspill(queueId: number, first: number, back: (part: SpilledPart) => void): void {
    const part = this.spilled.get(`${queueId}/${first}`)
    if (part === undefined) throw new Error(`nothing was spilled for queue ${queueId} at ${first}`)
    this.spilled.delete(`${queueId}/${first}`)
    queueMicrotask(() => back(part))
  }

  readSpilled(queueId: number, first: number, seen: (part: SpilledPart | undefined) => void): void {
    const part = this.spilled.get(`${queueId}/${first}`)
    const copy = part === undefined ? undefined : structuredClone(part)
    queueMicrotask(() => seen(copy))
  }

  dropSpilled(queueId: number, from: number): void {
    for (const key of [...this.spilled.keys()]) {
      const [queue, first] = key.split('/').map(Number)
      if (queue === queueId && first! >= from) this.spilled.delete(key)
    }
  }

  onStalled(): void {}

  async close(): Promise<void> {
    this.database.close()
  }
}
