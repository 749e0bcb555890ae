/** Looks into a data directory without a broker and without changing anything in it. */
import { DataDir } from './data-dir'
import type { StoredEntry } from './message-store'
import type { Outline, QueueOutline } from './sqlite/outline'
import { DatabaseInUse } from './sqlite/unusable-database'

export interface StoreView {
  /** Sizes in bytes, by name. */
  readonly files: ReadonlyMap<string, number>
  readonly outline: Outline
  /** What is left in a queue, from its head on. */
  firstEntries(queue: QueueOutline, limit: number): readonly StoredEntry[]
}

/**
 * The view is good during the call of `look`.
 * @throws UnusableDatabase for what cannot be looked into; a broker that runs is such a case
 */
export function lookIntoStore<Result>(dataDir: string, look: (view: StoreView) => Result): Result {
  const { lookInto } = require('./sqlite/database') as typeof import('./sqlite/database')
  const { firstEntries, outlineOf } = require('./sqlite/outline') as typeof import('./sqlite/outline')
  const dir = new DataDir(dataDir)
  const files = dir.files()
  try {
    return lookInto(dir.databaseFile, database =>
      look({
        files,
        outline: outlineOf(database),
        firstEntries: (queue, limit) => firstEntries(database, queue, limit),
      }),
    )
  } catch (cause) {
    if (cause instanceof DatabaseInUse) throw new DatabaseInUse(dir.databaseFile, dir.holder)
    throw cause
  }
}
