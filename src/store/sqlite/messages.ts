/** What the broker's thread and the database's thread say to each other. */
import type { StoredDefinitions } from '../definition-store'
import type { SpilledPart } from '../message-store'
import type { Batch } from './batch-writer'
import type { Durability } from './database'
import type { LoadedEntries } from './entry-reader'

/** What every confirm waits for, so it is the cheapest message there is: see decision 6. */
export const COMMITTED = 0

export interface DiskThreadData {
  readonly file: string
  /** Where parts of queues go that are only out of memory; empty at the start. */
  readonly spillFile: string
  readonly durability: Durability
  /** `Disk.room`, in memory that both threads see. */
  readonly room: Uint8Array
}

export type ToDiskThread =
  /** Commit a batch without definitions: so many bytes of operations are in the room. */
  | number
  | { readonly kind: 'commit'; readonly batch: Batch }
  | {
      readonly kind: 'load'
      readonly request: number
      readonly queueId: number
      readonly first: number
      readonly last: number
    }
  | { readonly kind: 'spill'; readonly queueId: number; readonly first: number; readonly part: SpilledPart }
  | { readonly kind: 'unspill'; readonly request: number; readonly queueId: number; readonly first: number }
  | {
      readonly kind: 'read-spilled'
      readonly request: number
      readonly queueId: number
      readonly first: number
    }
  | { readonly kind: 'drop-spilled'; readonly queueId: number; readonly from: number }
  | { readonly kind: 'close'; readonly isDrained: boolean }

export type FromDiskThread =
  | { readonly kind: 'opened'; readonly definitions: StoredDefinitions }
  /** The file cannot be used; the thread ends. */
  | { readonly kind: 'refused'; readonly reason: string; readonly isInUse: boolean }
  /** All of the batch is kept. */
  | typeof COMMITTED
  /** The batch could not be written and is tried again; told once until `recovered`. */
  | { readonly kind: 'stalled'; readonly reason: string }
  | { readonly kind: 'recovered' }
  | { readonly kind: 'loaded'; readonly request: number; readonly entries: LoadedEntries }
  /** One more `spill` was dealt with. */
  | { readonly kind: 'spilled' }
  | { readonly kind: 'unspilled'; readonly request: number; readonly part: SpilledPart }
  | { readonly kind: 'spilled-read'; readonly request: number; readonly part: SpilledPart | undefined }
