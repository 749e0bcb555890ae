/** A data directory: what its files are called, and who has it. The lock itself is the database's. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { UnusableDatabase } from './sqlite/unusable-database'
import { syncFolder } from './sync-folder'

const DATABASE_FILE = 'leveret.db'

/** Says who holds the directory, for whoever comes second. */
const HOLDER_FILE = 'leveret.pid'

export class DataDir {
  readonly databaseFile: string
  private readonly holderFile: string

  constructor(readonly path: string) {
    this.databaseFile = join(path, DATABASE_FILE)
    this.holderFile = join(path, HOLDER_FILE)
  }

  /** Makes it unless it is there, for its owner alone: messages and password hashes are in it. @throws UnusableDatabase */
  make(): void {
    const made = this.orUnusable(() => mkdirSync(this.path, { recursive: true, mode: 0o700 }))
    if (made !== undefined) syncFoldersAbove(resolve(this.path))
  }

  /** `process 4711`, if the holder says so. */
  get holder(): string {
    try {
      return `process ${readFileSync(this.holderFile, 'utf8').trim()}`
    } catch {
      return 'another process'
    }
  }

  /** Says that this process holds it; a directory that takes no such file is as good. */
  hold(): void {
    try {
      writeFileSync(this.holderFile, `${process.pid}\n`)
    } catch {
      // whoever comes second hears of another process
    }
  }

  release(): void {
    rmSync(this.holderFile, { force: true })
  }

  /** Sizes of the database's files, by name. @throws UnusableDatabase when there is no database among them */
  files(): ReadonlyMap<string, number> {
    const names = this.orUnusable(() => readdirSync(this.path)).filter(name => name.startsWith(DATABASE_FILE))
    if (!names.includes(DATABASE_FILE)) {
      throw new UnusableDatabase(`${this.path} holds no database of Leveret's: there is no ${DATABASE_FILE}`)
    }
    return new Map(names.sort().map(name => [name, statSync(join(this.path, name)).size]))
  }

  private orUnusable<Result>(run: () => Result): Result {
    try {
      return run()
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException // what node:fs throws
      const reason = REASONS[code ?? ''] ?? message
      throw new UnusableDatabase(`${this.path} cannot be the data folder: ${reason}`, { cause })
    }
  }
}

/** It may not be the only folder that was made. */
function syncFoldersAbove(folder: string): void {
  const parent = dirname(folder)
  syncFolder(parent)
  if (parent !== folder) syncFoldersAbove(parent)
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EEXIST: 'it is no folder',
  ENOENT: 'there is no such folder',
  ENOTDIR: 'it is no folder',
  EPERM: 'no permission',
  EROFS: 'the file system is read-only',
}
