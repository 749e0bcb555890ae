/** Reads back what the database holds: all definitions and the outline of all queues at boot, entries when asked for. */
import type {
  BindingRecord,
  ExchangeRecord,
  StoredDefinitions,
  StoredQueue,
  StoredRun,
} from '../definition-store'
import type { StoredEntry } from '../message-store'
import type { Database } from './database'
import { ENTRY_BYTES, MARK } from './encoding'
import { readKeys } from './key-table'
import { readAccess, readLimits, readPolicies } from './setting-tables'
import { wholeData } from './share-table'

/** One run's data, and the position of its first entry. */
export interface LoadedRun {
  readonly first: number
  readonly count: number
  readonly writtenAt: number
  readonly data: Uint8Array
}

export interface LoadedEntries {
  readonly runs: readonly LoadedRun[]
  readonly settled: readonly number[]
}

/**
 * Runs as they lie side by side, up to 4096 positions or about 256 KiB in one: a message that came by itself has a run by
 * itself, and of a million of those SQLite makes a few hundred rows in a fifth of the time that it takes to fetch them all.
 */
const RUNS_SIDE_BY_SIDE = `
  SELECT queue, min(first) AS first, max(last) AS last, sum(count) AS count, sum(bytes) AS bytes
  FROM (SELECT queue, first, last, count, bytes, sum(bytes) OVER (PARTITION BY queue ORDER BY last) AS bytesSoFar FROM run)
  GROUP BY queue, CAST(last / 4096 AS INTEGER), CAST(bytesSoFar / 262144 AS INTEGER)
  ORDER BY queue, last`

/** `afterCrash`: nobody knows what was delivered, so everything may have been, as with RabbitMQ. */
export function readDefinitions(database: Database, afterCrash = false): StoredDefinitions {
  const all = <Row>(sql: string, ...values: unknown[]): Row[] => database.prepare(sql).all(...values) as Row[]
  const exchanges = all<
    Omit<ExchangeRecord, 'autoDelete' | 'internal'> & { autoDelete: number; internal: number }
  >('SELECT vhost, name, type, auto_delete AS autoDelete, internal, arguments FROM exchange')
  const queues = all<Omit<StoredQueue, 'autoDelete'> & { autoDelete: number }>(
    'SELECT id, vhost, name, auto_delete AS autoDelete, arguments, head, delivered FROM queue',
  )
  const runs = grouped(all<StoredRun & { queue: number }>(RUNS_SIDE_BY_SIDE))
  const keysOf = readKeys(database)
  const settled = grouped(all<{ queue: number; position: number }>('SELECT queue, position FROM settled'))
  return {
    exchanges: exchanges.map(row => ({
      ...row,
      autoDelete: row.autoDelete === 1,
      internal: row.internal === 1,
      keys: keysOf({ kind: 'exchange', vhost: row.vhost, name: row.name }),
    })),
    queues: queues.map(row => {
      const stored = {
        ...row,
        autoDelete: row.autoDelete === 1,
        keys: keysOf({ kind: 'queue', id: row.id }),
        runs: runs.get(row.id) ?? [],
        settled: (settled.get(row.id) ?? []).map(({ position }) => position),
      }
      return afterCrash ? allDelivered(stored) : stored
    }),
    bindings: all<BindingRecord>(
      `SELECT vhost, identity, source, destination_kind AS destinationKind, destination,
              routing_key AS routingKey, arguments FROM binding ORDER BY id`,
    ),
    policies: readPolicies(database),
    limits: readLimits(database),
    access: readAccess(database),
  }
}

function allDelivered(queue: StoredQueue): StoredQueue {
  const behindLast = (queue.runs.at(-1)?.last ?? -1) + 1
  if (queue.delivered >= behindLast) return queue
  return { ...queue, delivered: behindLast, isDeliveredNews: true }
}

/** The runs that overlap `[first, last]`, whole. */
export function readEntries(database: Database, queue: number, first: number, last: number): LoadedEntries {
  const rows = database
    .prepare(`SELECT first, count, bytes, data, written_at AS writtenAt FROM run
              WHERE queue = ? AND last >= ? AND first <= ? ORDER BY last`)
    .all(queue, first, last) as (LoadedRun & { bytes: number })[]
  const runs = rows.map(({ bytes, data, ...run }) => ({
    ...run,
    data: wholeData(database, queue, run.first, bytes, data),
  }))
  const settled = database
    .prepare('SELECT position FROM settled WHERE queue = ? AND position BETWEEN ? AND ?')
    .pluck()
    .all(queue, first, last) as number[]
  return { runs, settled }
}

/** The entries of `[first, last]` that are not settled, as views on the runs' data. */
export function entriesIn(loaded: LoadedEntries, first: number, last: number): StoredEntry[] {
  const settled = new Set(loaded.settled)
  const entries: StoredEntry[] = []
  for (const run of loaded.runs) {
    const record = Buffer.from(run.data.buffer, run.data.byteOffset, run.data.byteLength)
    let start = run.count * ENTRY_BYTES
    for (let at = 0; at < run.count * ENTRY_BYTES; at += ENTRY_BYTES) {
      const position = run.first + record.readUInt32LE(at)
      const end = start + record.readUInt32LE(at + 4)
      if (position >= first && position <= last && !settled.has(position)) {
        const word = record.readUInt32LE(at + 8)
        const propertiesBytes = word % MARK
        const marks = Math.floor(word / MARK)
        entries.push({ position, record, start, end, propertiesBytes, marks, writtenAt: run.writtenAt })
      }
      start = end
    }
  }
  return entries
}

function grouped<Row extends { queue: number }>(rows: Row[]): Map<number, Row[]> {
  const byQueue = new Map<number, Row[]>()
  for (const row of rows) {
    const group = byQueue.get(row.queue)
    if (group === undefined) byQueue.set(row.queue, [row])
    else group.push(row)
  }
  return byQueue
}
