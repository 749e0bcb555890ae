/** Reads entries back: the runs that hold them, and which of them are settled. */
import type { StoredEntry } from '../message-store'
import type { Database, Statement } from './database'
import { ENTRY_BYTES, MARK } from './encoding'
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

export class EntryReader {
  private readonly selectRuns: Statement
  private readonly selectSettled: Statement

  constructor(private readonly database: Database) {
    this.selectRuns = database.prepare(
      `SELECT first, count, bytes, data, written_at AS writtenAt FROM run
       WHERE queue = ? AND last >= ? AND first <= ? ORDER BY last`,
    )
    this.selectSettled = database
      .prepare('SELECT position FROM settled WHERE queue = ? AND position BETWEEN ? AND ?')
      .pluck()
  }

  /** The runs that overlap `[first, last]`, whole. @throws Error for those that are damaged */
  read(queue: number, first: number, last: number): LoadedEntries {
    const rows = this.selectRuns.all(queue, first, last) as (LoadedRun & { bytes: number })[]
    const runs = rows.map(({ bytes, data, ...run }) => ({
      ...run,
      data: wholeData(this.database, queue, run.first, bytes, data),
    }))
    for (const run of runs) requireWhole(run)
    const settled = this.selectSettled.all(queue, first, last) as number[]
    return { runs, settled }
  }
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
