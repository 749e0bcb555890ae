/** Opens the store the options ask for. SQLite is only loaded when it is needed. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Turn } from '../turn'
import type { DefinitionStore, StoredDefinitions } from './definition-store'
import { MemoryStore } from './memory-store'
import type { MessageStore } from './message-store'

export interface OpenStore {
  readonly store: MessageStore & DefinitionStore
  /** What it held when it was opened. */
  readonly stored: StoredDefinitions
  /** Called with why when nothing can be kept at present, and with undefined when it can again. */
  onStalled(listener: (reason: string | undefined) => void): void
  /** Keeps what was asked for, then lets the files go. */
  close(): Promise<void>
}

export const DATABASE_FILE = 'leveret.db'

/** Who holds the data directory, for whoever comes second. The lock itself is the database's. */
const HOLDER_FILE = 'leveret.pid'

export function openMemoryStore(turn: Turn): OpenStore {
  return {
    store: new MemoryStore(turn),
    stored: { exchanges: [], queues: [], bindings: [] },
    onStalled: () => {},
    close: async () => {},
  }
}

/** @throws UnusableDatabase, or what making the directory throws */
export async function openDiskStore(
  turn: Turn,
  dataDir: string,
  durability: 'fsync' | 'os',
): Promise<OpenStore> {
  const { SqliteStore } = require('./sqlite/sqlite-store') as typeof import('./sqlite/sqlite-store')
  const { ThreadedDisk } = require('./sqlite/threaded-disk') as typeof import('./sqlite/threaded-disk')
  mkdirSync(dataDir, { recursive: true })
  const holderFile = join(dataDir, HOLDER_FILE)
  const disk = await ThreadedDisk.open(join(dataDir, DATABASE_FILE), durability, () => holderOf(holderFile))
  writeFileSync(holderFile, `${process.pid}\n`)
  const store = new SqliteStore(turn, disk)
  return {
    store,
    stored: disk.definitions,
    onStalled: listener => disk.onStalled(listener),
    close: async () => {
      await store.drain()
      rmSync(holderFile, { force: true })
      await disk.close()
    },
  }
}

function holderOf(file: string): string {
  try {
    return `process ${readFileSync(file, 'utf8').trim()}`
  } catch {
    return 'another process'
  }
}
