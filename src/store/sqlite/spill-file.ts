/**
 * Parts of queues that are out of memory for now. Lives in a file of its own, unsynced and thrown away at the next start.
 * A part that cannot be written, for the disk is full, stays in this thread's memory instead.
 */
import { rmSync } from 'node:fs'
import type { SpilledPart } from '../message-store'
import { type Database, openSpillDatabase, type Statement } from './database'

export class SpillFile {
  private database: Database | undefined
  private readonly unwritten = new Map<string, SpilledPart>()
  private statements: { insert: Statement; select: Statement; remove: Statement; drop: Statement } | undefined

  constructor(private readonly file: string) {
    rmSync(file, { force: true })
  }

  put(queueId: number, first: number, part: SpilledPart): void {
    try {
      const { entries, records } = part
      const bytes = Buffer.from(entries.buffer, entries.byteOffset, entries.byteLength)
      this.open().insert.run(queueId, first, bytes, records)
    } catch {
      this.unwritten.set(`${queueId}/${first}`, part)
    }
  }

  /** Returns the part and forgets it. */
  take(queueId: number, first: number): SpilledPart {
    const part = this.read(queueId, first)
    if (part === undefined) throw new Error(`nothing was spilled for queue ${queueId} at ${first}`)
    if (!this.unwritten.delete(`${queueId}/${first}`)) this.open().remove.run(queueId, first)
    return part
  }

  /** Returns the part, which stays. */
  read(queueId: number, first: number): SpilledPart | undefined {
    const unwritten = this.unwritten.get(`${queueId}/${first}`)
    if (unwritten !== undefined) return unwritten
    const row = this.statements?.select.get(queueId, first) as
      | { entries: Buffer; records: Buffer }
      | undefined
    if (row === undefined) return undefined
    // In memory of their own, which can be handed to another thread, and aligned.
    const entries = new Uint8Array(row.entries)
    return { entries: new Int32Array(entries.buffer), records: new Uint8Array(row.records) }
  }

  drop(queueId: number, from: number): void {
    this.statements?.drop.run(queueId, from)
    for (const key of this.unwritten.keys()) {
      const [queue, first] = key.split('/').map(Number)
      if (queue === queueId && first! >= from) this.unwritten.delete(key)
    }
  }

  close(): void {
    this.database?.close()
    rmSync(this.file, { force: true })
  }

  /** Made when first needed: most brokers never spill. */
  private open(): NonNullable<SpillFile['statements']> {
    if (this.statements !== undefined) return this.statements
    const database = openSpillDatabase(this.file)
    this.database = database
    this.statements = {
      insert: database.prepare('INSERT INTO part VALUES (?, ?, ?, ?)'),
      select: database.prepare('SELECT entries, records FROM part WHERE queue = ? AND first = ?'),
      remove: database.prepare('DELETE FROM part WHERE queue = ? AND first = ?'),
      drop: database.prepare('DELETE FROM part WHERE queue = ? AND first >= ?'),
    }
    return this.statements
  }
}
