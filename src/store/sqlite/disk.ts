/** The database as the broker's thread sees it: one batch at a time goes in, entries come back. */
import type { StoredDefinitions } from '../definition-store'
import type { SpilledPart } from '../message-store'
import type { Batch } from './batch-writer'
import type { LoadedEntries } from './entry-reader'

export interface Disk {
  /** What the database held when it was opened. */
  readonly definitions: StoredDefinitions
  /** Where the operations of a batch are written when they fit: it is free while no batch is on its way. */
  readonly room: Buffer
  /** Not again before `done`, which says that all of it is kept. Batches that cannot be written now are tried again. */
  commit(batch: Batch, done: () => void): void
  load(queueId: number, first: number, last: number, loaded: (entries: LoadedEntries) => void): void
  /** Moves a part of a queue out of memory; `written` says that it left this thread's. */
  spill(queueId: number, first: number, part: SpilledPart, written: () => void): void
  unspill(queueId: number, first: number, back: (part: SpilledPart) => void): void
  readSpilled(queueId: number, first: number, seen: (part: SpilledPart | undefined) => void): void
  dropSpilled(queueId: number, from: number): void
  /** Called with why when batches cannot be written, and with undefined when they can again. */
  onStalled(listener: (reason: string | undefined) => void): void
  /** What it gave back makes no sense; told as what keeps batches from being written. */
  damaged?(reason: string): void
  /** `isDrained`: everything was committed; otherwise it is as after a crash. */
  close(isDrained: boolean): Promise<void>
}
