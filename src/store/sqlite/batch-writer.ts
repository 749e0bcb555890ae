/** Applies a batch to the database in one transaction: definitions first, for queues must exist before their entries. */
import type { DefinitionChange } from '../definition-store'
import type { Database, Statement } from './database'
import { DeliveryCountTable } from './delivery-count-table'
import {
  FROM_BYTES,
  MARKS_BYTES,
  Operation,
  POSITION_BYTES,
  RECORD_HEADER_BYTES,
  REMOVE_BYTES,
  RUN_HEADER_BYTES,
  SETTLED_HEADER_BYTES,
  SHARE_BYTES,
} from './encoding'
import { EntryReader, entriesIn } from './entry-reader'
import { KeyTable } from './key-table'
import { SettingTables } from './setting-tables'
import { ShareTable } from './share-table'

export interface Batch {
  /** Operations as `encoding.ts` describes them. */
  readonly operations: Uint8Array
  readonly definitions: readonly DefinitionChange[]
}

interface RunRow {
  readonly id: number
  readonly first: number
  readonly last: number
  readonly count: number
}

/** Runs do not overlap, so these are the settled entries of one of them. */
const SETTLED_IN = 'queue = ? AND position BETWEEN ? AND ?'

export class BatchWriter {
  /** When the batch is written, in milliseconds since the epoch. */
  private now = 0
  private readonly begin: Statement
  private readonly commit: Statement
  private readonly insertRun: Statement
  private readonly mark: Statement
  private readonly deleteRuns: Statement
  private readonly insertSettled: Statement
  private readonly deleteSettled: Statement
  private readonly runAround: Statement
  private readonly countSettled: Statement
  private readonly deleteRun: Statement
  private readonly deleteSettledIn: Statement
  private readonly deleteAllRuns: Statement
  private readonly deleteAllSettled: Statement
  private readonly prepared = new Map<string, Statement>()
  private readonly reader: EntryReader
  private readonly keys: KeyTable
  private readonly deliveryCounts: DeliveryCountTable
  private readonly shares: ShareTable
  private readonly settings: SettingTables

  constructor(private readonly database: Database) {
    const prepare = (sql: string): Statement => database.prepare(sql)
    this.begin = prepare('BEGIN IMMEDIATE')
    this.commit = prepare('COMMIT')
    this.insertRun = prepare(
      'INSERT INTO run (queue, first, last, count, bytes, data, written_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    this.mark = prepare('UPDATE queue SET head = ?, delivered = ? WHERE id = ?')
    this.deleteRuns = prepare('DELETE FROM run WHERE queue = ? AND last < ?')
    this.insertSettled = prepare('INSERT OR IGNORE INTO settled (queue, position) VALUES (?, ?)')
    this.deleteSettled = prepare('DELETE FROM settled WHERE queue = ? AND position < ?')
    this.runAround = prepare(
      'SELECT id, first, last, count FROM run WHERE queue = ? AND last >= ? ORDER BY last LIMIT 1',
    )
    this.countSettled = prepare(`SELECT count(*) FROM settled WHERE ${SETTLED_IN}`).pluck()
    this.deleteRun = prepare('DELETE FROM run WHERE id = ?')
    this.deleteSettledIn = prepare(`DELETE FROM settled WHERE ${SETTLED_IN}`)
    this.deleteAllRuns = prepare('DELETE FROM run WHERE queue = ?')
    this.deleteAllSettled = prepare('DELETE FROM settled WHERE queue = ?')
    this.reader = new EntryReader(database)
    this.keys = new KeyTable(database)
    this.deliveryCounts = new DeliveryCountTable(database)
    this.shares = new ShareTable(database)
    this.settings = new SettingTables(database)
  }

  /** All of it is kept when this returns, none of it when it throws. `now`: milliseconds since the epoch. */
  write(batch: Batch, now: number): void {
    this.now = now
    this.begin.run()
    try {
      for (const change of batch.definitions) this.define(change)
      this.operate(
        Buffer.from(batch.operations.buffer, batch.operations.byteOffset, batch.operations.byteLength),
      )
      this.commit.run()
    } catch (error) {
      if (this.database.inTransaction) this.database.exec('ROLLBACK')
      throw error
    }
  }

  private operate(bytes: Buffer): void {
    let at = 0
    for (;;) {
      const operation = bytes.readUInt32LE(at)
      if (operation === Operation.end) return
      const queue = bytes.readUInt32LE(at + 4)
      if (operation === Operation.run) at = this.writeRun(bytes, at, queue)
      else if (operation === Operation.marks) at = this.writeMarks(bytes, at, queue)
      else if (operation === Operation.settled) at = this.writeSettled(bytes, at, queue)
      else if (operation === Operation.from) at = this.settleFrom(bytes, at, queue)
      else if (operation === Operation.record) at = this.writeRecord(bytes, at, queue)
      else if (operation === Operation.share) at = this.writeShare(bytes, at, queue)
      else at = this.remove(at, queue)
    }
  }

  private writeRun(bytes: Buffer, at: number, queue: number): number {
    const count = bytes.readUInt32LE(at + 8)
    const length = bytes.readUInt32LE(at + 12)
    const data = at + RUN_HEADER_BYTES
    const first = bytes.readDoubleLE(at + 16)
    const last = bytes.readDoubleLE(at + 24)
    this.insertRun.run(queue, first, last, count, length, bytes.subarray(data, data + length), this.now)
    return data + length
  }

  private writeRecord(bytes: Buffer, at: number, number: number): number {
    const data = at + RECORD_HEADER_BYTES
    const end = data + bytes.readUInt32LE(at + 8)
    this.shares.record(number, bytes.subarray(data, end))
    return end
  }

  private writeShare(bytes: Buffer, at: number, queue: number): number {
    const number = bytes.readUInt32LE(at + 8)
    const recordBytes = bytes.readUInt32LE(at + 12)
    const position = bytes.readDoubleLE(at + 20)
    this.shares.share(queue, position, number, recordBytes, bytes.readUInt32LE(at + 16), this.now)
    return at + SHARE_BYTES
  }

  private remove(at: number, queue: number): number {
    this.deleteAllRuns.run(queue)
    this.deleteAllSettled.run(queue)
    this.shares.forget(queue, 0, Infinity)
    return at + REMOVE_BYTES
  }

  private writeMarks(bytes: Buffer, at: number, queue: number): number {
    const head = bytes.readDoubleLE(at + 8)
    this.mark.run(head, bytes.readDoubleLE(at + 16), queue)
    this.deleteRuns.run(queue, head)
    this.deleteSettled.run(queue, head)
    this.shares.forget(queue, 0, head - 1)
    return at + MARKS_BYTES
  }

  private writeSettled(bytes: Buffer, at: number, queue: number): number {
    const count = bytes.readUInt32LE(at + 8)
    const start = at + SETTLED_HEADER_BYTES
    const positions = new Float64Array(count)
    for (let index = 0; index < count; index++) {
      positions[index] = bytes.readDoubleLE(start + index * POSITION_BYTES)
      this.insertSettled.run(queue, positions[index])
    }
    this.deleteFinished(queue, positions.sort())
    return start + count * POSITION_BYTES
  }

  /** A run goes with its last entry, also while head is held back before it: one consumer may hold a message for days. */
  private deleteFinished(queue: number, positions: Float64Array): void {
    let behind = Number.NEGATIVE_INFINITY
    for (const position of positions) {
      if (position <= behind) continue
      const run = this.runAround.get(queue, position) as RunRow | undefined
      if (run === undefined) return
      behind = run.last
      if (this.countSettled.get(queue, run.first, run.last) !== run.count) continue
      this.deleteRun.run(run.id)
      this.deleteSettledIn.run(queue, run.first, run.last)
      this.shares.forget(queue, run.first, run.last)
    }
  }

  private settleFrom(bytes: Buffer, at: number, queue: number): number {
    const from = bytes.readDoubleLE(at + 8)
    this.run('DELETE FROM run WHERE queue = ? AND first >= ?', queue, from)
    // Those of the runs that are gone would be held against others; the run that is cut gets its own again.
    this.run('DELETE FROM settled WHERE queue = ? AND position >= ?', queue, from)
    this.shares.forget(queue, from, Infinity)
    const cut = entriesIn(this.reader.read(queue, from, Infinity), from, Infinity)
    for (const { position } of cut) this.insertSettled.run(queue, position)
    this.deleteFinished(
      queue,
      Float64Array.from(cut, ({ position }) => position),
    )
    return at + FROM_BYTES
  }

  private define(change: DefinitionChange): void {
    switch (change.kind) {
      case 'exchange': {
        const { vhost, name, type, autoDelete, internal, arguments: args } = change.record
        this.run(
          'INSERT OR REPLACE INTO exchange VALUES (?, ?, ?, ?, ?, ?)',
          vhost,
          name,
          type,
          +autoDelete,
          +internal,
          args,
        )
        return
      }
      case 'exchange-gone':
        this.run('DELETE FROM exchange WHERE vhost = ? AND name = ?', change.vhost, change.name)
        this.keys.clear({ kind: 'exchange', vhost: change.vhost, name: change.name })
        return
      case 'queue': {
        const { id, vhost, name, autoDelete, arguments: args } = change.record
        const sql = 'INSERT INTO queue (id, vhost, name, auto_delete, arguments) VALUES (?, ?, ?, ?, ?)'
        this.run(sql, id, vhost, name, +autoDelete, args)
        return
      }
      case 'queue-gone':
        this.run('DELETE FROM queue WHERE id = ?', change.id)
        this.keys.clear({ kind: 'queue', id: change.id })
        this.deliveryCounts.clear(change.id)
        return
      case 'binding': {
        const {
          vhost,
          identity,
          source,
          destinationKind,
          destination,
          routingKey,
          arguments: args,
        } = change.record
        const sql = 'INSERT OR REPLACE INTO binding VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)'
        this.run(sql, vhost, identity, source, destinationKind, destination, routingKey, args)
        return
      }
      case 'bindings-gone':
        for (const identity of change.identities)
          this.run('DELETE FROM binding WHERE vhost = ? AND identity = ?', change.vhost, identity)
        return
      case 'key':
      case 'key-gone':
        this.keys.apply(change)
        return
      case 'delivery-count':
      case 'delivery-count-gone':
        this.deliveryCounts.apply(change)
        return
      default:
        this.settings.apply(change)
    }
  }

  /** Statements that definitions need: a hundred thousand of those may come in one batch. */
  private run(sql: string, ...values: unknown[]): void {
    let statement = this.prepared.get(sql)
    if (statement === undefined) {
      statement = this.database.prepare(sql)
      this.prepared.set(sql, statement)
    }
    statement.run(...values)
  }
}
