/** Opens the store the options ask for. SQLite is only loaded when it is needed. */
import type { Turn } from '../turn'
import { DataDir } from './data-dir'
import { type DefinitionStore, NOTHING_STORED, type StoredDefinitions } from './definition-store'
import { MemoryStore } from './memory-store'
import type { MessageStore } from './message-store'

export interface OpenStore {
  readonly store: MessageStore & DefinitionStore
  /** What it held when it was opened. */
  readonly stored: StoredDefinitions
  /**
   * Runs what makes sense of what it held. If that throws, nothing that was asked for meanwhile is kept, and the files stay as
   * they are. @throws UnusableDatabase
   */
  understood<Result>(run: () => Result): Result
  /** Called with why when nothing can be kept at present, and with undefined when it can again. */
  onStalled(listener: (reason: string | undefined) => void): void
  /** Keeps what was asked for, then lets the files go. */
  close(): Promise<void>
}

export function openMemoryStore(turn: Turn): OpenStore {
  return {
    store: new MemoryStore(turn),
    stored: NOTHING_STORED,
    understood: run => run(),
    onStalled: () => {},
    close: async () => {},
  }
}

/** @throws UnusableDatabase */
export async function openDiskStore(
  turn: Turn,
  dataDir: string,
  durability: 'fsync' | 'os',
): Promise<OpenStore> {
  const { SqliteStore } = require('./sqlite/sqlite-store') as typeof import('./sqlite/sqlite-store')
  const { ThreadedDisk } = require('./sqlite/threaded-disk') as typeof import('./sqlite/threaded-disk')
  const dir = new DataDir(dataDir)
  dir.make()
  const disk = await ThreadedDisk.open(dir.databaseFile, durability, () => dir.holder)
  dir.hold()
  const store = new SqliteStore(turn, disk)
  const stalled = new Stalled(disk)
  let isRefused = false
  return {
    store,
    stored: disk.definitions,
    understood: run => {
      try {
        return run()
      } catch (cause) {
        isRefused = true
        throw notUnderstood(dir.databaseFile, cause)
      }
    },
    onStalled: listener => stalled.tell(listener),
    close: async () => {
      if (isRefused) {
        dir.release()
        return await disk.close(false)
      }
      // A disk that takes nothing must not keep the broker from stopping: what it did not take was never confirmed.
      const isDrained = await Promise.race([
        store.drain().then(() => true),
        stalled.happened().then(() => false),
      ])
      dir.release()
      await disk.close(isDrained)
    },
  }
}

function notUnderstood(file: string, cause: unknown): Error {
  const { UnusableDatabase } =
    require('./sqlite/unusable-database') as typeof import('./sqlite/unusable-database')
  const reason = (cause instanceof Error ? cause.message : String(cause)).replace(/\s+/g, ' ')
  return new UnusableDatabase(
    `${file} holds what cannot be understood (${reason}); it was left as it is: put a copy from before in its place`,
    { cause },
  )
}

/** What the disk says of not taking writes, for those who want to hear it and for the one who waits for the end. */
class Stalled {
  private reason: string | undefined
  private listener: (reason: string | undefined) => void = () => {}
  private waiting: (() => void) | undefined

  constructor(disk: { onStalled(listener: (reason: string | undefined) => void): void }) {
    disk.onStalled(reason => {
      this.reason = reason
      this.listener(reason)
      if (reason !== undefined) this.waiting?.()
    })
  }

  tell(listener: (reason: string | undefined) => void): void {
    this.listener = listener
    if (this.reason !== undefined) listener(this.reason)
  }

  happened(): Promise<void> {
    if (this.reason !== undefined) return Promise.resolve()
    return new Promise(resolve => {
      this.waiting = resolve
    })
  }
}
