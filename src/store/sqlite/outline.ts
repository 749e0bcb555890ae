/** What a database holds, in numbers, and the first messages of a queue: for looking into it without a broker. */
import type { StoredAccess } from '../access-records'
import type {
  BindingRecord,
  ExchangeRecord,
  LimitsRecord,
  PolicyRecord,
  QueueRecord,
} from '../definition-store'
import type { StoredEntry } from '../message-store'
import type { Database } from './database'
import { entriesIn, type LoadedRun } from './entry-reader'
import { readAccess, readLimits, readPolicies } from './setting-tables'
import { wholeData } from './share-table'

export interface Outline {
  readonly schemaVersion: number
  readonly pages: { readonly bytes: number; readonly count: number; readonly free: number }
  readonly exchanges: readonly ExchangeRecord[]
  readonly queues: readonly QueueOutline[]
  readonly bindings: readonly BindingRecord[]
  readonly policies: readonly PolicyRecord[]
  readonly limits: readonly LimitsRecord[]
  readonly access: StoredAccess
}

export interface QueueOutline extends QueueRecord {
  /** The lowest position that is not settled. */
  readonly head: number
  /** Everything before it was delivered at least once. */
  readonly delivered: number
  /** Messages that are left. */
  readonly messages: number
  readonly runs: number
  /** Bytes of those runs: also those of messages that are settled while others of their run are not. */
  readonly bytes: number
}

export function outlineOf(database: Database): Outline {
  const pragma = (name: string): number => Number(database.pragma(name, { simple: true }))
  return {
    schemaVersion: pragma('user_version'),
    pages: { bytes: pragma('page_size'), count: pragma('page_count'), free: pragma('freelist_count') },
    exchanges: exchangesIn(database),
    queues: queuesIn(database),
    bindings: bindingsIn(database),
    policies: hasPolicies(database) ? readPolicies(database) : [],
    limits: hasPolicies(database) ? readLimits(database) : [],
    access: readAccess(database),
  }
}

/** The entries of a queue that are left, from its head on; at most `limit`, and nothing behind them is read. */
export function firstEntries(database: Database, { id, head }: QueueOutline, limit: number): StoredEntry[] {
  const runs = database.prepare(
    `SELECT first, last, count, bytes, data, 0 AS writtenAt FROM run
     WHERE queue = ? AND last >= ? ORDER BY last`,
  )
  const settledIn = database
    .prepare('SELECT position FROM settled WHERE queue = ? AND position BETWEEN ? AND ?')
    .pluck()
  const entries: StoredEntry[] = []
  for (const run of runs.iterate(id, head) as IterableIterator<LoadedRun & { last: number; bytes: number }>) {
    if (entries.length >= limit) break
    const settled = settledIn.all(id, run.first, run.last) as number[]
    const data = wholeData(database, id, run.first, run.bytes, run.data)
    entries.push(...entriesIn({ runs: [{ ...run, data }], settled }, head, run.last))
  }
  return entries.slice(0, limit)
}

/** A file that no broker has opened since schema 3 is looked into as it is. */
function hasPolicies(database: Database): boolean {
  return Number(database.pragma('user_version', { simple: true })) >= 4
}

function exchangesIn(database: Database): ExchangeRecord[] {
  const rows = database
    .prepare(
      `SELECT vhost, name, type, auto_delete AS autoDelete, internal, arguments FROM exchange
       ORDER BY vhost, name`,
    )
    .all() as (Omit<ExchangeRecord, 'autoDelete' | 'internal'> & { autoDelete: number; internal: number })[]
  return rows.map(row => ({ ...row, autoDelete: row.autoDelete === 1, internal: row.internal === 1 }))
}

function bindingsIn(database: Database): BindingRecord[] {
  return database
    .prepare(
      `SELECT vhost, identity, source, destination_kind AS destinationKind, destination,
              routing_key AS routingKey, arguments FROM binding
       ORDER BY vhost, source, destination_kind, destination, routing_key`,
    )
    .all() as BindingRecord[]
}

function queuesIn(database: Database): QueueOutline[] {
  const rows = database
    .prepare(
      `SELECT queue.id AS id, vhost, name, auto_delete AS autoDelete, arguments, head, delivered,
              count(run.first) AS runs, total(run.count) AS entries, total(run.bytes) AS bytes,
              (${SETTLED_BEHIND_HEAD}) AS settled
       FROM queue LEFT JOIN run ON run.queue = queue.id AND run.last >= queue.head
       GROUP BY queue.id ORDER BY vhost, name`,
    )
    .all() as (Omit<QueueOutline, 'autoDelete'> & { autoDelete: number; entries: number; settled: number })[]
  return rows.map(({ entries, settled, ...queue }) => ({
    ...queue,
    autoDelete: queue.autoDelete === 1,
    messages: entries - settled - countBefore(database, queue.id, queue.head),
  }))
}

/** Runs do not overlap, so a settled position belongs to the first run that ends behind it, or to one that is gone. */
const SETTLED_BEHIND_HEAD = `
  SELECT count(*) FROM settled
  WHERE settled.queue = queue.id AND position >= head AND position >=
    (SELECT first FROM run WHERE run.queue = settled.queue AND last >= position ORDER BY last LIMIT 1)`

/** Entries that head has passed, in the one run it stands in. */
function countBefore(database: Database, queue: number, head: number): number {
  const runs = database
    .prepare(`SELECT first, count, data, 0 AS writtenAt FROM run
              WHERE queue = ? AND last >= ? AND first < ?`)
    .all(queue, head, head) as LoadedRun[]
  return runs.reduce((sum, run) => sum + entriesIn({ runs: [run], settled: [] }, 0, head - 1).length, 0)
}
