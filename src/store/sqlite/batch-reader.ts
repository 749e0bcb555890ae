/** Reads back what the database holds: all definitions and the outline of all queues at boot, entries when asked for. */
import type {
  BindingRecord,
  ExchangeRecord,
  QueueRecord,
  StoredDefinitions,
  StoredQueue,
  StoredRun,
} from '../definition-store'
import type { StoredEntry } from '../message-store'
import { checkedRows } from './checked-rows'
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

type Flags<Row, Names extends keyof Row> = Omit<Row, Names> & { [Name in Names]: number }
type ExchangeRow = Flags<ExchangeRecord, 'autoDelete' | 'internal'>
type QueueRow = Flags<Pick<StoredQueue, keyof QueueRecord | 'head' | 'delivered'>, 'autoDelete'>
type RunRow = StoredRun & { queue: number }

const RUN_SHAPE = { queue: 'count', first: 'count', last: 'count', count: 'count', bytes: 'count' } as const

/** `afterCrash`: nobody knows what was delivered, so everything may have been, as with RabbitMQ. */
export function readDefinitions(database: Database, afterCrash = false): StoredDefinitions {
  const exchanges = readExchanges(database)
  const queues = readQueues(database)
  const runs = grouped(checkedRows<RunRow>(database, 'run', RUNS_SIDE_BY_SIDE, RUN_SHAPE))
  requireInOrder(runs)
  const keysOf = readKeys(database)
  const settled = grouped(
    checkedRows<{ queue: number; position: number }>(
      database,
      'settled',
      'SELECT queue, position FROM settled',
      { queue: 'count', position: 'count' },
    ),
  )
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
    bindings: readBindings(database),
    policies: readPolicies(database),
    limits: readLimits(database),
    access: readAccess(database),
  }
}

function readExchanges(database: Database): ExchangeRow[] {
  return checkedRows<ExchangeRow>(
    database,
    'exchange',
    'SELECT vhost, name, type, auto_delete AS autoDelete, internal, arguments FROM exchange',
    { vhost: 'text', name: 'text', type: 'text', autoDelete: 'flag', internal: 'flag', arguments: 'bytes' },
  )
}

function readQueues(database: Database): QueueRow[] {
  return checkedRows<QueueRow>(
    database,
    'queue',
    'SELECT id, vhost, name, auto_delete AS autoDelete, arguments, head, delivered FROM queue',
    {
      id: 'count',
      vhost: 'text',
      name: 'text',
      autoDelete: 'flag',
      arguments: 'bytes',
      head: 'count',
      delivered: 'count',
    },
  )
}

function readBindings(database: Database): BindingRecord[] {
  return checkedRows<BindingRecord>(
    database,
    'binding',
    `SELECT vhost, identity, source, destination_kind AS destinationKind, destination,
              routing_key AS routingKey, arguments FROM binding ORDER BY id`,
    {
      vhost: 'text',
      identity: 'text',
      source: 'text',
      destinationKind: 'text',
      destination: 'text',
      routingKey: 'text',
      arguments: 'bytes',
    },
  )
}

/** Runs do not overlap, and none holds more than it has room for. */
function requireInOrder(runs: ReadonlyMap<number, readonly RunRow[]>): void {
  for (const ofQueue of runs.values()) {
    let next = 0
    for (const { first, last, count } of ofQueue) {
      if (first < next || last < first || count > last - first + 1)
        throw new Error('runs of the table run overlap')
      next = last + 1
    }
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
  for (const run of runs) requireWhole(run)
  const settled = database
    .prepare('SELECT position FROM settled WHERE queue = ? AND position BETWEEN ? AND ?')
    .pluck()
    .all(queue, first, last) as number[]
  return { runs, settled }
}

/** What its entries say adds up to its data: whoever reads them later has no way back. @throws Error */
function requireWhole({ count, data, first, writtenAt }: LoadedRun): void {
  const areNumbers =
    Number.isSafeInteger(count) && count >= 0 && Number.isSafeInteger(first) && Number.isFinite(writtenAt)
  if (!areNumbers || !(data instanceof Uint8Array) || count * ENTRY_BYTES > data.length) throw damaged()
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  let start = count * ENTRY_BYTES
  for (let at = 0; at < count * ENTRY_BYTES; at += ENTRY_BYTES) {
    const end = start + view.getUint32(at + 4, true)
    if (end > data.length) throw damaged()
    start = end
  }
}

function damaged(): Error {
  return new Error('a run of messages in the database is damaged')
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
