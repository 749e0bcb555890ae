/**
 * Records that several queues share, and who has which. A record goes with the last entry that has it, in the commit that
 * takes that entry away.
 */
import type { Database, Statement } from './database'
import { ENTRY_BYTES } from './encoding'

export class ShareTable {
  /** Queues that may have entries whose record is shared: the others are never looked up. */
  private readonly queues: Set<number>
  /** Rows of this batch's records by their number in it. */
  private readonly rows: (number | bigint)[] = []
  private readonly insertRecord: Statement
  private readonly insertRun: Statement
  private readonly insert: Statement
  private readonly remove: Statement
  private readonly removeRecord: Statement

  constructor(database: Database) {
    const prepare = (sql: string): Statement => database.prepare(sql)
    this.queues = new Set(prepare('SELECT DISTINCT queue FROM share').pluck().all() as number[])
    this.insertRecord = prepare('INSERT INTO record (data) VALUES (?)')
    this.insertRun = prepare(
      'INSERT INTO run (queue, first, last, count, bytes, data, written_at) VALUES (?, ?, ?, 1, ?, ?, ?)',
    )
    this.insert = prepare('INSERT INTO share VALUES (?, ?, ?)')
    this.remove = prepare(
      'DELETE FROM share WHERE queue = ? AND position BETWEEN ? AND ? RETURNING record',
    ).pluck()
    this.removeRecord = prepare(
      'DELETE FROM record WHERE id = ? AND NOT EXISTS (SELECT 1 FROM share WHERE share.record = record.id)',
    )
  }

  /** The first of a batch has number 0. */
  record(number: number, data: Uint8Array): void {
    this.rows[number] = this.insertRecord.run(data).lastInsertRowid
  }

  /** An entry that has that record: a run by itself, of which the database keeps all but the record. */
  share(
    queue: number,
    position: number,
    number: number,
    bytes: number,
    propertiesWord: number,
    now: number,
  ): void {
    const entry = Buffer.alloc(ENTRY_BYTES)
    entry.writeUInt32LE(bytes, 4)
    entry.writeUInt32LE(propertiesWord, 8)
    this.insertRun.run(queue, position, position, ENTRY_BYTES + bytes, entry, now)
    this.insert.run(queue, position, this.rows[number])
    this.queues.add(queue)
  }

  /** The runs of a queue between two positions are gone. */
  forget(queue: number, first: number, last: number): void {
    if (!this.queues.has(queue)) return
    for (const record of this.remove.all(queue, first, last)) this.removeRecord.run(record)
  }
}

/** A run's data as it would be if it had its record itself. `bytes`: how much that is. What is damaged stays as it is. */
export function wholeData(
  database: Database,
  queue: number,
  first: number,
  bytes: number,
  data: Uint8Array,
): Uint8Array {
  if (!(data instanceof Uint8Array) || bytes === data.length) return data
  const record = database
    .prepare('SELECT data FROM record WHERE id = (SELECT record FROM share WHERE queue = ? AND position = ?)')
    .pluck()
    .get(queue, first)
  return record instanceof Uint8Array ? Buffer.concat([data, record]) : data
}
