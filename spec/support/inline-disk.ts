/** The database in this thread, for specs: a commit is done when the microtasks ran. */
import type { StoredDefinitions } from '../../src/store/definition-store'
import { type LoadedEntries, readDefinitions, readEntries } from '../../src/store/sqlite/batch-reader'
import { type Batch, BatchWriter } from '../../src/store/sqlite/batch-writer'
import { type Database, type Durability, openDatabase } from '../../src/store/sqlite/database'
import type { Disk } from '../../src/store/sqlite/disk'

export class InlineDisk implements Disk {
  readonly definitions: StoredDefinitions
  private readonly database: Database
  private readonly writer: BatchWriter

  constructor(file: string, durability: Durability) {
    this.database = openDatabase(file, durability)
    this.writer = new BatchWriter(this.database)
    this.definitions = readDefinitions(this.database)
  }

  commit(batch: Batch, done: () => void): void {
    this.writer.write(batch)
    queueMicrotask(done)
  }

  load(queueId: number, first: number, last: number, loaded: (entries: LoadedEntries) => void): void {
    const entries = readEntries(this.database, queueId, first, last)
    queueMicrotask(() => loaded(entries))
  }

  onStalled(): void {}

  async close(): Promise<void> {
    this.database.close()
  }
}
