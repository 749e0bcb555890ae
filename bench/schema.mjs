/**
 * `node bench/schema.mjs [--rounds 5] [--dir DIR]`: what SQLite makes of messages laid out in several ways, for
 * docs/decisions/0005-segments-in-sqlite.md. In this process and by itself: no broker, no thread, one queue. The variants
 * take turns, round after round, each with a new file; medians count. DIR must be on the disk that is meant.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const Sqlite = createRequire(import.meta.url)('better-sqlite3')

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, dir: { type: 'string', default: tmpdir() } },
})
const folder = mkdtempSync(join(values.dir, 'leveret-schema-'))
const FILL_MS = 600
/** What a run holds at most, and what is read back at a time. */
const RUN_BYTES = 256 * 1024
const CHECKPOINT_BYTES = 16 * 1024 * 1024

/** A row for each message; its key is as cheap as keys get: queue and position in one integer. */
const rows = {
  schema: 'CREATE TABLE message (id INTEGER PRIMARY KEY, properties INTEGER NOT NULL, record BLOB NOT NULL)',
  open(database) {
    const insert = database.prepare('INSERT INTO message VALUES (?, ?, ?)')
    const read = database.prepare('SELECT id, properties, record FROM message WHERE id >= ? AND id < ?')
    const settle = database.prepare('DELETE FROM message WHERE id < ?')
    return {
      append(first, count, record) {
        for (let position = first; position < first + count; position++) insert.run(position, 2, record)
      },
      read: (first, end) => read.all(first, end).length,
      settle: end => settle.run(end),
    }
  },
}

/** A row for each batch of a queue: src/store/sqlite/migrations.ts. */
const runs = {
  schema: `
    CREATE TABLE run (id INTEGER PRIMARY KEY, queue INTEGER NOT NULL, first REAL NOT NULL, last REAL NOT NULL,
      count INTEGER NOT NULL, bytes INTEGER NOT NULL, data BLOB NOT NULL);
    CREATE INDEX run_of_queue ON run (queue, last, first, count, bytes);
    CREATE TABLE queue (id INTEGER PRIMARY KEY, head REAL NOT NULL);
    INSERT INTO queue VALUES (1, 0)`,
  open(database) {
    const insert = database.prepare('INSERT INTO run VALUES (NULL, 1, ?, ?, ?, ?, ?)')
    const read = database.prepare(
      'SELECT first, count, data FROM run WHERE queue = 1 AND last >= ? AND first <= ?',
    )
    const mark = database.prepare('UPDATE queue SET head = ? WHERE id = 1')
    const settle = database.prepare('DELETE FROM run WHERE queue = 1 AND last < ?')
    return {
      append(first, count, record) {
        const most = Math.ceil(RUN_BYTES / record.length)
        for (let from = first; from < first + count; from += most) {
          const here = Math.min(most, first + count - from)
          insert.run(from, from + here - 1, here, here * (12 + record.length), dataOf(here, record))
        }
      },
      read(first, end) {
        let found = 0
        for (const run of read.all(first, end - 1)) {
          for (let entry = 0; entry < run.count; entry++) {
            const position = run.first + run.data.readUInt32LE(entry * 12)
            if (position >= first && position < end) found++
          }
        }
        return found
      },
      settle(end) {
        mark.run(end)
        settle.run(end)
      },
    }
  },
}

function dataOf(count, record) {
  const data = Buffer.allocUnsafe(count * (12 + record.length))
  for (let entry = 0; entry < count; entry++) {
    data.writeUInt32LE(entry, entry * 12)
    data.writeUInt32LE(record.length, entry * 12 + 4)
    data.writeUInt32LE(2, entry * 12 + 8)
    record.copy(data, count * 12 + entry * record.length)
  }
  return data
}

const layouts = { row: rows, run: runs }
const variants = []
for (const bytes of [200, 1024]) {
  for (const commit of [1, 50, 1000]) {
    for (const layout of ['row', 'run']) variants.push({ layout, bytes, commit, sync: 'FULL', page: 4096 })
    variants.push({ layout: 'run', bytes, commit, sync: 'NORMAL', page: 4096 })
    for (const page of [8192, 16384]) variants.push({ layout: 'run', bytes, commit, sync: 'FULL', page })
  }
}

/** One file: filled for a while, a flow through it as short as a commit, then read back and settled. */
function measure({ layout, bytes, commit, sync, page }) {
  const file = join(folder, 'schema.db')
  const database = new Sqlite(file)
  for (const pragma of [
    'locking_mode = EXCLUSIVE',
    `page_size = ${page}`,
    'auto_vacuum = INCREMENTAL',
    'journal_mode = WAL',
    `synchronous = ${sync}`,
    `wal_autocheckpoint = ${CHECKPOINT_BYTES / page}`,
  ]) {
    database.pragma(pragma)
  }
  database.exec(layouts[layout].schema)
  const queue = layouts[layout].open(database)
  const record = Buffer.alloc(bytes, 'b')
  const transaction = database.transaction(work => work())
  let tail = 0
  let head = 0

  const fill = timed(() => {
    transaction(() => queue.append(tail, commit, record))
    tail += commit
    return commit
  })
  database.pragma('wal_checkpoint(TRUNCATE)')
  const perMessage = statSync(file).size / tail

  const drain = timed(() => {
    if (head >= tail) return 0
    const end = Math.min(head + Math.ceil(RUN_BYTES / bytes), tail)
    const found = queue.read(head, end)
    if (found !== end - head) throw new Error(`read ${found} of ${end - head}`)
    transaction(() => queue.settle(end))
    head = end
    return found
  })
  transaction(() => queue.settle(tail))

  const flow = timed(() => {
    transaction(() => {
      queue.settle(tail)
      queue.append(tail, commit, record)
    })
    tail += commit
    return commit
  })
  database.close()
  for (const ending of ['', '-wal']) rmSync(file + ending, { force: true })
  return { fill, flow, drain, perMessage }
}

/**
 * Messages per second, and for each of them microseconds of CPU and bytes written. `work` returns how many it did, 0 when
 * there are no more.
 */
function timed(work) {
  const cpu = process.cpuUsage()
  const written = bytesWritten()
  const started = performance.now()
  let done = 0
  for (;;) {
    const count = work()
    done += count
    if (count === 0 || performance.now() - started > FILL_MS) break
  }
  const { user, system } = process.cpuUsage(cpu)
  return {
    rate: done / ((performance.now() - started) / 1000),
    cpu: (user + system) / done,
    written: (bytesWritten() - written) / done,
  }
}

/** By this process, to any file, so far: Linux counts them. */
function bytesWritten() {
  try {
    return Number(/^wchar: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))[1])
  } catch {
    return Number.NaN
  }
}

function median(numbers) {
  return numbers.sort((a, b) => a - b)[numbers.length >> 1]
}

const results = variants.map(() => [])
for (let round = 0; round < Number(values.rounds); round++) {
  for (const [index, variant] of variants.entries()) results[index].push(measure(variant))
}
rmSync(folder, { recursive: true })

const kilo = number => (number / 1000).toFixed(number < 10_000 ? 2 : 0)
const columns = ['bytes', 'commit', 'layout', 'sync', 'page']
for (const phase of ['fill', 'flow']) columns.push(`${phase} k/s`, 'µs CPU', 'B written')
columns.push('drain k/s', 'µs CPU', 'file B')
console.log(`Node ${process.version}, SQLite in ${values.dir}, medians of ${values.rounds} rounds\n`)
console.log(`| ${columns.join(' | ')} |\n|${'---|'.repeat(columns.length)}`)
for (const [index, { layout, bytes, commit, sync, page }] of variants.entries()) {
  const of = pick => median(results[index].map(pick))
  const figures = []
  for (const phase of ['fill', 'flow', 'drain']) {
    figures.push(kilo(of(result => result[phase].rate)), of(result => result[phase].cpu).toFixed(1))
    if (phase !== 'drain') figures.push(Math.round(of(result => result[phase].written)))
  }
  figures.push(Math.round(of(({ perMessage }) => perMessage)))
  console.log(`| ${[bytes, commit, layout, sync, page, ...figures].join(' | ')} |`)
}
