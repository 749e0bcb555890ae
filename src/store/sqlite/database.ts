/**
 * Opens the database file: pragmas, identity, schema. The only file that imports better-sqlite3. A file that is not
 * ours, newer than we know or damaged is refused and never written to. Nothing else in this process may open the file:
 * closing any descriptor of it would drop the lock (POSIX).
 */
import { closeSync, existsSync, openSync, rmSync, statSync } from 'node:fs'
import BetterSqlite from 'better-sqlite3'
import { MIGRATIONS } from './migrations'
import { DatabaseInUse, UnusableDatabase } from './unusable-database'

export type Database = BetterSqlite.Database
export type Statement = BetterSqlite.Statement<unknown[]>

/** What a commit promises: `fsync`: kept through a power cut; `os`: kept through a crash of this process. */
export type Durability = 'fsync' | 'os'

/** "LVRT": what `file` shows of our databases, and what tells them from others. */
const APPLICATION_ID = 0x4c565254

/** Whoever looks into the file is soon done. */
const LOCK_PATIENCE_MS = 200

/** @throws UnusableDatabase, saying what is wrong with which file */
export function openDatabase(file: string, durability: Durability): Database {
  return opened(file, database => {
    // One process per file, held by the kernel: it ends with the process, however that ends. Before the first read, which
    // takes the lock, and only then is the WAL opened: nobody who looks into the file at that moment can take it away.
    database.pragma('locking_mode = EXCLUSIVE')
    requireOurs(file, database)
    if (versionOf(database) === 0) {
      // Before the first table: pages of settled messages can be given back to the file system. Only then, for it writes,
      // and a file that turns out to be damaged must stay as it is.
      database.pragma('auto_vacuum = INCREMENTAL')
    }
    database.pragma('journal_mode = WAL')
    database.pragma(`synchronous = ${durability === 'fsync' ? 'FULL' : 'NORMAL'}`)
    database.pragma('wal_autocheckpoint = 4000')
    migrate(database)
  })
}

/** A file for what need not outlive the process: nothing in it is synced, and it is new each time. */
export function openSpillDatabase(file: string): Database {
  makeForOwner(file)
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

/**
 * Looks into the file without changing it: what SQLite must put beside it to read it goes again.
 * @throws UnusableDatabase
 */
export function lookInto<Result>(file: string, look: (database: Database) => Result): Result {
  const companions = ['-shm', '-wal'].map(ending => file + ending).filter(path => !existsSync(path))
  let database: Database | undefined
  try {
    database = new BetterSqlite(file, { readonly: true, fileMustExist: true, timeout: LOCK_PATIENCE_MS })
    requireOurs(file, database)
    if (versionOf(database) === 0) throw new UnusableDatabase(`${file} is empty`)
    const result = look(database)
    removeEmpty(companions)
    return result
  } catch (cause) {
    const error = unusable(file, cause)
    if (!(error instanceof DatabaseInUse)) removeEmpty(companions)
    throw error
  } finally {
    database?.close()
  }
}

/** Companions of a file that we are reading: no broker can have it open, for it would need the lock to itself. */
function removeEmpty(companions: readonly string[]): void {
  for (const path of companions) {
    const stats = statSync(path, { throwIfNoEntry: false })
    // The index has a size but no content of its own; a log with content belongs to the file.
    if (stats !== undefined && (stats.size === 0 || path.endsWith('-shm'))) rmSync(path)
  }
}

/** Runs what reads the file. @throws UnusableDatabase for what SQLite has against it */
export function orUnusable<Result>(file: string, run: () => Result): Result {
  try {
    return run()
  } catch (cause) {
    throw unusable(file, cause)
  }
}

function unusable(file: string, cause: unknown): UnusableDatabase {
  if (cause instanceof UnusableDatabase) return cause
  const code = codeOf(cause)
  // Beside the plain codes there are finer ones: SQLITE_BUSY_RECOVERY, SQLITE_CORRUPT_INDEX.
  if (code.startsWith('SQLITE_BUSY')) return new DatabaseInUse(file)
  const reason = messageOf(cause)
  if (code === 'SQLITE_NOTADB')
    return new UnusableDatabase(`${file} is no SQLite database; it was left as it is`, { cause })
  if (code.startsWith('SQLITE_CORRUPT'))
    return new UnusableDatabase(`${file} is damaged (${reason}); it was left as it is`, { cause })
  return new UnusableDatabase(`${file} cannot be used: ${reason}`, { cause })
}

function messageOf(cause: unknown): string {
  if (typeof cause === 'object' && cause !== null && 'message' in cause) return String(cause.message)
  return String(cause)
}

/** By name: the class is the addon's, which a process may load under more than one module registry. */
function codeOf(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return ''
  return typeof cause.code === 'string' ? cause.code : ''
}

function versionOf(database: Database): number {
  return Number(database.pragma('user_version', { simple: true }))
}

function opened(file: string, prepare: (database: Database) => void): Database {
  let database: Database | undefined
  try {
    makeForOwner(file)
    database = new BetterSqlite(file, { timeout: LOCK_PATIENCE_MS })
    prepare(database)
    return database
  } catch (cause) {
    database?.close()
    throw unusable(file, cause)
  }
}

/**
 * Messages and password hashes are in it: nobody else reads them, unless whoever made the file said so. SQLite gives its
 * companions the same mode. One that is there is not opened.
 */
function makeForOwner(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch {
    // It is there; or it cannot be made, which SQLite tells better.
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
  const version = versionOf(database)
  if (!isNew && version < 1)
    throw new UnusableDatabase(`${file} is damaged (tables of schema ${version}); it was left as it is`)
  if (version > MIGRATIONS.length) {
    throw new UnusableDatabase(
      `${file} was written by a newer Leveret (schema ${version}, this one knows ${MIGRATIONS.length}); it was left as it is`,
    )
  }
}

/** All of it or nothing: a file that turns out to be of another shape than it says stays as it is. */
function migrate(database: Database): void {
  const version = versionOf(database)
  if (version === MIGRATIONS.length) return
  database.transaction(() => {
    if (version === 0) database.pragma(`application_id = ${APPLICATION_ID}`)
    for (const migration of MIGRATIONS.slice(version)) database.exec(migration)
    database.pragma(`user_version = ${MIGRATIONS.length}`)
  })()
}
