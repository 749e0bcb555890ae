/**
 * An empty file beside the database, there while a broker has it: who finds one knows that the last broker did not stop
 * well. Of SQLite's log that cannot be told. It goes whenever the database is closed, and the addon closes it also when
 * the process ends by `process.exit` or an exception, or the disk thread by one; SQLite's own shell does, too.
 */
import { closeSync, existsSync, openSync, rmSync } from 'node:fs'
import { orUnusable } from './database'

export class OpenMark {
  private readonly path: string

  constructor(private readonly databaseFile: string) {
    this.path = `${databaseFile}-open`
  }

  /**
   * Puts it there. Returns whether one was there already. For who has the database's lock; outlives a power cut when the
   * folder is synced. @throws UnusableDatabase
   */
  put(): boolean {
    const wasThere = existsSync(this.path)
    if (!wasThere) orUnusable(this.databaseFile, () => closeSync(openSync(this.path, 'w')))
    return wasThere
  }

  /** All that is to be remembered is in the database. Before it is closed: the next broker's mark must stay. */
  remove(): void {
    rmSync(this.path, { force: true })
  }
}
