/** Reads back at boot what the database holds: all definitions, and the outline of all queues. */
import type {
  BindingRecord,
  ExchangeRecord,
  QueueRecord,
  StoredDefinitions,
  StoredQueue,
  StoredRun,
} from '../definition-store'
import { checkedRows } from './checked-rows'
import type { Database } from './database'
import { readDeliveryCounts } from './delivery-count-table'
import { HeadRuns } from './head-run'
import { readKeys } from './key-table'
import { readAccess, readLimits, readPolicies } from './setting-tables'

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
  const headRuns = new HeadRuns(database)
  const keysOf = readKeys(database)
  const deliveryCounts = grouped(readDeliveryCounts(database))
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
        deliveryCounts: deliveryCounts.get(row.id) ?? [],
        runs: headRuns.fromHead(row.id, row.head, runs.get(row.id) ?? []),
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

function grouped<Row extends { queue: number }>(rows: Row[]): Map<number, Row[]> {
  const byQueue = new Map<number, Row[]>()
  for (const row of rows) {
    const group = byQueue.get(row.queue)
    if (group === undefined) byQueue.set(row.queue, [row])
    else group.push(row)
  }
  return byQueue
}
