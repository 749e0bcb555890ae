/** A SQLite store in this thread, on turns that end when a spec says so. */

import type { StoredDefinitions } from '../../../src/store/definition-store'
import type { EntrySource, StoredEntry } from '../../../src/store/message-store'
import { SqliteStore } from '../../../src/store/sqlite/sqlite-store'
import { InlineDisk } from '../../support/inline-disk'
import { ManualTurn } from '../../support/manual-turn'

export class OpenedStore {
  readonly turn = new ManualTurn()
  readonly store: SqliteStore
  readonly definitions: StoredDefinitions
  private readonly disk: InlineDisk

  constructor(readonly file: string) {
    this.disk = new InlineDisk(file, 'os')
    this.definitions = this.disk.definitions
    this.store = new SqliteStore(this.turn, this.disk)
  }

  /** What gathered is kept, and who waits has heard of it. */
  async commit(): Promise<void> {
    this.turn.run()
    await new Promise(resolve => setImmediate(resolve))
  }

  /** Lets go of the file with what was committed in it, as the end of the process would. */
  async end(): Promise<void> {
    await this.disk.close()
  }

  createQueue(id: number, source: EntrySource): void {
    this.store.change({
      kind: 'queue',
      record: { id, vhost: '/', name: `q${id}`, autoDelete: false, arguments: Buffer.alloc(4) },
    })
    this.store.openQueue(id, source)
  }

  read(queueId: number, first = 0, last = Number.POSITIVE_INFINITY): Promise<readonly StoredEntry[]> {
    return new Promise(resolve => this.store.load(queueId, first, last, resolve))
  }
}
