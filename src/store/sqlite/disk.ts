/** The database as the broker's thread sees it: one batch at a time goes in, entries come back. */
import type { StoredDefinitions } from '../definition-store'
import type { LoadedEntries } from './batch-reader'
import type { Batch } from './batch-writer'

export interface Disk {
  /** What the database held when it was opened. */
  readonly definitions: StoredDefinitions
  /** Not again before `done`, which says that all of it is kept. Batches that cannot be written now are tried again. */
  commit(batch: Batch, done: () => void): void
  load(queueId: number, first: number, last: number, loaded: (entries: LoadedEntries) => void): void
  /** Called with why when batches cannot be written, and with undefined when they can again. */
  onStalled(listener: (reason: string | undefined) => void): void
  close(): Promise<void>
}
