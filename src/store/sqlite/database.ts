/**
 * Opens the database file: pragmas, identity, schema. The only file that imports better-sqlite3. A file that is not
 * ours, newer than we know or damaged is refused and never written to.
 */
import BetterSqlite from 'better-sqlite3'
import { MIGRATIONS } from './migrations'
import { DatabaseInUse, UnusableDatabase } from './unusable-database'

export type Database = BetterSqlite.Database
export type Statement = BetterSqlite.Statement<unknown[]>

/** What a commit promises: `fsync`: kept through a power cut; `os`: kept through a crash of this process. */
export type Durability = 'fsync' | 'os'

/** "LVRT": what `file` shows of our databases, and what tells them from others. */
const APPLICATION_ID = 0x4c565254

/** @throws UnusableDatabase, saying what is wrong with which file */
export function openDatabase(file: string, durability: Durability): Database {
  return opened(file, false, database => {
    requireOurs(file, database)
    // One process per file, held by the kernel: it ends with the process, however that ends.
    database.pragma('locking_mode = EXCLUSIVE')
    // Before the first table: pages of settled messages can be given back to the file system.
    database.pragma('auto_vacuum = INCREMENTAL')
    database.pragma('journal_mode = WAL')
    database.pragma(`synchronous = ${durability === 'fsync' ? 'FULL' : 'NORMAL'}`)
    database.pragma('wal_autocheckpoint = 4000')
    migrate(database)
  })
}

/** A file for what need not outlive the process: nothing in it is synced, and it is new each time. */
export function openSpillDatabase(file: string): Database {
  const database = new BetterSqlite(file)
  database.pragma('locking_mode = EXCLUSIVE')
  database.pragma('journal_mode = MEMORY')
  database.pragma('synchronous = OFF')
  database.pragma('auto_vacuum = FULL')
  database.exec(
    'CREATE TABLE part (queue INTEGER, first REAL, entries BLOB, records BLOB, PRIMARY KEY (queue, first))',
  )
  return database
}

/** For looking only: `leveret inspect`. @throws UnusableDatabase */
export function openDatabaseToRead(file: string): Database {
  return opened(file, true, database => {
    requireOurs(file, database)
    if (database.pragma('user_version', { simple: true }) === 0) {
      throw new UnusableDatabase(`${file} is empty`)
    }
  })
}

function opened(file: string, readonly: boolean, prepare: (database: Database) => void): Database {
  let database: Database | undefined
  try {
    database = new BetterSqlite(file, { readonly, fileMustExist: readonly, timeout: 200 })
    prepare(database)
    return database
  } catch (cause) {
    database?.close()
    if (cause instanceof UnusableDatabase) throw cause
    if (cause instanceof BetterSqlite.SqliteError && cause.code === 'SQLITE_BUSY')
      throw new DatabaseInUse(file)
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new UnusableDatabase(`${file} cannot be used: ${reason}`, { cause })
  }
}

function requireOurs(file: string, database: Database): void {
  const isNew = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0
  const applicationId = database.pragma('application_id', { simple: true })
  if (applicationId !== APPLICATION_ID && !(isNew && applicationId === 0)) {
    throw new UnusableDatabase(
      `${file} is an SQLite database, but not one of Leveret's; it was left as it is`,
    )
  }
  const version = Number(database.pragma('user_version', { simple: true }))
  if (version > MIGRATIONS.length) {
    throw new UnusableDatabase(
      `${file} was written by a newer Leveret (schema ${version}, this one knows ${MIGRATIONS.length}); it was left as it is`,
    )
  }
}

function migrate(database: Database): void {
  const version = Number(database.pragma('user_version', { simple: true }))
  if (version === 0) {
    database.pragma(`application_id = ${APPLICATION_ID}`)
  }
  for (let next = version; next < MIGRATIONS.length; next++) {
    database.transaction(() => {
      database.exec(MIGRATIONS[next]!)
      database.pragma(`user_version = ${next + 1}`)
    })()
  }
}
