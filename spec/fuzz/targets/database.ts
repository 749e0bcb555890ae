/**
 * The data folder, damaged: pages turned, cut, swapped, blanked, and rows that hold what we never wrote. It is opened, or
 * refused by a sentence that names the file, which then is as it was; nothing crashes, hangs, or complains to nobody.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite from 'better-sqlite3'
import type { Random } from '../../crash/random'
import type { Input, Target, World } from '../target'

const FILE = 'leveret.db'
const PAGE_BYTES = 4096
/** A busy machine is slow; this is a hang. */
const PATIENCE_MS = 20_000

export const database: Target = {
  name: 'database',
  briefly: 4,
  dictionary: [
    Buffer.from('SQLite format 3\0'),
    Buffer.from([0x0d]),
    Buffer.from([0x05]),
    Buffer.from('LVRT'),
  ],
  inputsPerWorld: 200,
  forgets: true,
  triesToShrink: 60,
  generate,
  open: () => DatabaseWorld.open(),
}

/** What is done to the folder, a letter and what it takes. */
const EDITS = ['set', 'set', 'set', 'blank', 'swap', 'cut', 'append', 'sql', 'sql', 'sql', 'sql'] as const

const TABLES: Readonly<Record<string, readonly string[]>> = {
  exchange: ['vhost', 'name', 'type', 'auto_delete', 'internal', 'arguments'],
  queue: ['id', 'vhost', 'name', 'auto_delete', 'arguments', 'head', 'delivered'],
  binding: ['vhost', 'identity', 'source', 'destination_kind', 'destination', 'routing_key', 'arguments'],
  run: ['queue', 'first', 'last', 'count', 'bytes', 'data', 'written_at'],
  settled: ['queue', 'position'],
  policy: ['vhost', 'kind', 'name', 'pattern', 'apply_to', 'priority', 'definition'],
  limits: ['scope', 'name', 'limits'],
  seen: ['queue', 'vhost', 'exchange', 'key', 'expires', 'position'],
  vhost: ['name', 'description', 'tags', 'default_queue_type', 'protected'],
  user: ['name', 'tags', 'password_hash', 'hashing_algorithm'],
  permission: ['vhost', 'user', 'configure', 'write', 'read'],
  topic_permission: ['vhost', 'user', 'exchange', 'write', 'read'],
  parameter: ['vhost', 'component', 'name', 'value'],
  global_parameter: ['name', 'value'],
}
const VALUES = [
  ...[
    "''",
    "'nowhere'",
    "'['",
    "'{}'",
    "'null'",
    "'[1]'",
    "'(a+'",
    "x''",
    "x'00'",
    "x'00000000'",
    "x'ffffffff'",
    "x'00000004016b5800'",
  ],
  ...[
    '-1',
    '0',
    '1',
    '2',
    '0.5',
    '1e300',
    '-1e300',
    '9007199254740993',
    '9223372036854775807',
    "'x-unheard-of'",
    'randomblob(300)',
  ],
]
const STATEMENTS = [
  ...[
    'PRAGMA user_version = 99',
    'PRAGMA user_version = 0',
    'PRAGMA user_version = 3',
    'PRAGMA application_id = 1',
    'DROP TABLE run',
  ],
  ...[
    'DROP TABLE user',
    'DROP INDEX run_of_queue',
    'CREATE TABLE other (a)',
    'ALTER TABLE queue RENAME COLUMN head TO tail',
  ],
  ...[
    'DELETE FROM vhost',
    'DELETE FROM queue',
    'DELETE FROM exchange',
    'PRAGMA journal_mode = DELETE',
    'VACUUM',
  ],
]

function generate(random: Random): Input {
  return Array.from({ length: random.magnitude(1, 6) }, () => {
    const edit = random.pick(EDITS)
    return edit === 'sql' ? Buffer.from(`sql ${statement(random)}`) : byteEdit(random, edit)
  })
}

function statement(random: Random): string {
  if (random.chance(0.15)) return random.pick(STATEMENTS)
  const table = random.pick(Object.keys(TABLES))
  const column = random.pick(TABLES[table] as readonly string[])
  const where = random.chance(0.5)
    ? ''
    : ` WHERE ${random.pick(TABLES[table] as readonly string[])} > ${random.pick(VALUES)}`
  return `UPDATE OR REPLACE ${table} SET ${column} = ${random.pick(VALUES)}${where}`
}

/** Places are parts of the file in 65536ths, so that they hold for a file of any length. */
function byteEdit(random: Random, edit: string): Buffer {
  const file = random.chance(0.2) ? 'wal' : 'db'
  const places = [random.between(0, 65535), random.between(0, 65535)].join(' ')
  return Buffer.concat([Buffer.from(`${edit} ${file} ${places} `), random.bytes(random.magnitude(1, 16))])
}

class DatabaseWorld implements World {
  private constructor(
    private readonly folder: string,
    private child: ChildProcess,
  ) {}

  static async open(): Promise<DatabaseWorld> {
    const folder = mkdtempSync(join(tmpdir(), 'leveret-fuzz-'))
    const world = new DatabaseWorld(folder, startChild())
    const answer = await world.tell({ kind: 'make', folder: join(folder, 'made') })
    if (answer.kind !== 'open') throw new Error(`no folder to damage: ${JSON.stringify(answer)}`)
    cpSync(join(folder, 'made'), join(folder, 'killed'), { recursive: true })
    await world.tell({ kind: 'close' })
    return world
  }

  async feed(input: Input): Promise<void> {
    const place = join(this.folder, 'damaged')
    rmSync(place, { recursive: true, force: true })
    // With a log beside the database where the first edit is for one.
    const source = /^\w+ wal /.test(input[0]?.toString('latin1') ?? '') ? 'killed' : 'made'
    cpSync(join(this.folder, source), place, { recursive: true })
    for (const edit of input) apply(place, edit)
    const before = contents(place)
    const answer = await this.tell({ kind: 'open', folder: place })
    if (answer.kind === 'defect') throw new Error(answer.text)
    if (answer.looked !== undefined) requireSentence(answer.looked, place)
    if (answer.kind !== 'refused') return
    requireSentence(answer, place)
    if (!contents(place).equals(before)) throw new Error(`refused and yet written to: ${answer.text}`)
  }

  close(): void {
    this.child.kill('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }

  private tell(message: object): Promise<Answer> {
    const { child } = this
    return new Promise((resolve, reject) => {
      const over = (run: () => void): void => {
        clearTimeout(timer)
        child.removeAllListeners()
        run()
      }
      const lost = (why: string): void =>
        over(() => {
          child.kill('SIGKILL')
          this.child = startChild()
          reject(new Error(why))
        })
      const timer = setTimeout(() => lost(`no answer after ${PATIENCE_MS} ms`), PATIENCE_MS)
      child.once('message', (answer: Answer) => over(() => resolve(answer)))
      child.once('exit', (code, signal) => lost(`the process ended with ${code ?? signal}`))
      child.send(message)
    })
  }
}

interface Refusal {
  readonly name: string
  readonly text: string
  readonly stack: string
}

type Answer =
  | { readonly kind: 'made' | 'open' | 'opened'; readonly looked?: Refusal }
  | ({ readonly kind: 'refused'; readonly looked?: Refusal } & Refusal)
  | { readonly kind: 'defect'; readonly text: string }

function startChild(): ChildProcess {
  return fork(join(__dirname, 'database-child.cjs'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: [],
  })
}

function requireSentence({ name, text, stack }: Refusal, place: string): void {
  const isOurs = name === 'UnusableDatabase' || name === 'DatabaseInUse'
  if (!isOurs || !text.includes(place) || text.includes('\n')) throw new Error(`${name}: ${text}\n${stack}`)
}

function contents(place: string): Buffer {
  return readFileSync(join(place, FILE))
}

function apply(place: string, edit: Buffer): void {
  const text = edit.toString('latin1')
  const [kind] = text.split(' ', 1)
  if (kind === 'sql') return applySql(join(place, FILE), text.slice(4))
  const [, , which, from, to] = /^(\w+) (\w+) (\d+) (\d+) /.exec(text) ?? []
  const file = join(place, which === 'wal' ? `${FILE}-wal` : FILE)
  if (to === undefined || !existsSync(file)) return
  const bytes = readFileSync(file)
  const at = Math.floor((Math.min(Number(from), 65535) / 65536) * bytes.length)
  const other = Math.floor((Math.min(Number(to), 65535) / 65536) * bytes.length)
  const rest = Buffer.from(text.slice(`${kind} ${which} ${from} ${to} `.length), 'latin1')
  switch (kind) {
    case 'set':
      rest.copy(bytes, at)
      break
    case 'blank':
      bytes.fill(0, pageOf(at), pageOf(at) + PAGE_BYTES)
      break
    case 'swap':
      bytes.copy(bytes, pageOf(at), pageOf(other), pageOf(other) + PAGE_BYTES)
      break
    case 'cut':
      return truncateSync(file, at)
    default:
      return writeFileSync(file, Buffer.concat([bytes, rest]))
  }
  writeFileSync(file, bytes)
}

function pageOf(at: number): number {
  return at - (at % PAGE_BYTES)
}

/** What SQLite itself refuses leaves the file as it was. */
function applySql(file: string, sql: string): void {
  let opened: BetterSqlite.Database | undefined
  try {
    opened = new BetterSqlite(file)
    opened.unsafeMode(true)
    opened.pragma('ignore_check_constraints = ON')
    opened.exec(sql)
  } catch {
    // no such edit
  } finally {
    opened?.close()
  }
}
