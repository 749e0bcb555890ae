import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import BetterSqlite from 'better-sqlite3'
import { lookInto, openDatabase, orUnusable } from '../../../src/store/sqlite/database'
import { readDefinitions } from '../../../src/store/sqlite/definition-reader'
import { MIGRATIONS } from '../../../src/store/sqlite/migrations'
import { outlineOf } from '../../../src/store/sqlite/outline'
import { DatabaseInUse, UnusableDatabase } from '../../../src/store/sqlite/unusable-database'
import { pathsIn, temporaryFolder } from '../../support/temporary-folder'
import { OpenedStore } from './opened-store'

const newFolder = pathsIn(temporaryFolder())

function newFile(): string {
  const folder = newFolder()
  mkdirSync(folder)
  return join(folder, 'leveret.db')
}

/** A file that was used and closed. */
async function usedFile(queues = 3, messages = 2000): Promise<string> {
  const file = newFile()
  const opened = new OpenedStore(file)
  for (let id = 1; id <= queues; id++) {
    opened.createQueue(id, { head: 0, delivered: 0 })
    for (let position = 0; position < messages; position++) {
      const record = Buffer.from(`message ${position} `.padEnd(200, 'b'))
      opened.store.append(id, position, record, 0, record.length, 0)
    }
  }
  await opened.commit()
  await opened.end()
  return file
}

/** An SQLite database of someone else. */
function foreignFile(prepare: (database: BetterSqlite.Database) => void): string {
  const file = newFile()
  const database = new BetterSqlite(file)
  prepare(database)
  database.close()
  return file
}

/** Changes one thing in a file with SQLite itself. */
function altered(file: string, sql: string): string {
  const database = new BetterSqlite(file)
  database.exec(sql)
  database.close()
  return file
}

/** Everything that is in the file's folder, by name. */
function contentOf(file: string): Record<string, string> {
  const folder = dirname(file)
  return Object.fromEntries(
    readdirSync(folder, { withFileTypes: true }).map(entry => [
      entry.name,
      entry.isFile() ? readFileSync(join(folder, entry.name), 'base64') : 'a folder',
    ]),
  )
}

/** What a broker does before it takes anyone in. */
function boot(file: string): void {
  const database = openDatabase(file, 'fsync')
  try {
    orUnusable(file, () => readDefinitions(database))
  } finally {
    database.close()
  }
}

describe('a database that is new', () => {
  it('has the newest schema, and says whose it is', () => {
    const database = openDatabase(newFile(), 'fsync')
    expect(database.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length)
    expect(Number(database.pragma('application_id', { simple: true })).toString(16)).toBe('4c565254')
    database.close()
  })

  it.each([
    ['fsync', 2],
    ['os', 1],
  ] as const)('has a log, and syncs at each commit for %s only', (durability, synchronous) => {
    const database = openDatabase(newFile(), durability)
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(database.pragma('synchronous', { simple: true })).toBe(synchronous)
    database.close()
  })

  it('can give pages back, also after it was opened again', () => {
    const file = newFile()
    for (let times = 0; times < 2; times++) {
      const database = openDatabase(file, 'fsync')
      expect(database.pragma('auto_vacuum', { simple: true })).toBe(2)
      database.close()
    }
  })

  it('may be an empty file, or one in which the schema was not finished', () => {
    const empty = newFile()
    writeFileSync(empty, '')
    boot(empty)
    const unfinished = foreignFile(database => database.pragma('application_id = 0x4c565254'))
    boot(unfinished)
    expect(Object.keys(contentOf(unfinished))).toEqual(['leveret.db'])
  })
})

describe('a database of schema 1', () => {
  it('keeps its bindings, and new ones come after them', () => {
    const file = newFile()
    const old = new BetterSqlite(file)
    old.exec(MIGRATIONS[0] ?? '')
    old.pragma('application_id = 0x4c565254')
    old.pragma('user_version = 1')
    const values = (identity: string) => `'/', '${identity}', 'x', 'queue', '${identity}', 'key', x''`
    for (const identity of ['m', 'b']) old.exec(`INSERT INTO binding VALUES (${values(identity)})`)
    old.close()
    const database = openDatabase(file, 'fsync')
    database.exec(`INSERT INTO binding VALUES (NULL, ${values('a')})`)
    const { bindings } = readDefinitions(database)
    expect(bindings.map(binding => binding.destination)).toEqual(['b', 'm', 'a'])
    expect(bindings[0]).toEqual({
      vhost: '/',
      identity: 'b',
      source: 'x',
      destinationKind: 'queue',
      destination: 'b',
      routingKey: 'key',
      arguments: Buffer.alloc(0),
    })
    database.close()
  })

  const ofSchema1 = (): string =>
    foreignFile(database => {
      database.exec(MIGRATIONS[0] as string)
      database.exec(
        "INSERT INTO queue (id, vhost, name, auto_delete, arguments) VALUES (1, '/', 'q', 0, x'00000000')",
      )
      database.pragma('application_id = 0x4c565254')
      database.pragma('user_version = 1')
    })

  it('is brought up to date, with all that is in it', () => {
    const file = ofSchema1()
    const database = openDatabase(file, 'fsync')
    expect(database.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length)
    const { queues, policies, limits } = readDefinitions(database)
    database.close()
    expect(queues.map(({ name }) => name)).toEqual(['q'])
    expect([policies, limits]).toEqual([[], []])
  })

  it('is looked into as it is', () => {
    const file = ofSchema1()
    const { schemaVersion, queues, policies, limits } = lookInto(file, outlineOf)
    expect([schemaVersion, queues.length, policies, limits]).toEqual([1, 1, [], []])
  })
})

describe('a database that is opened', () => {
  it('is not written to, but by those who use it', async () => {
    const file = await usedFile()
    const before = contentOf(file)
    boot(file)
    expect(contentOf(file)).toEqual(before)
  })

  it('is locked from then on, before anything is written', async () => {
    const file = await usedFile()
    const database = openDatabase(file, 'fsync')
    expect(() => openDatabase(file, 'fsync')).toThrow(new DatabaseInUse(file))
    expect(() => lookInto(file, outlineOf)).toThrow(DatabaseInUse)
    expect(Object.keys(contentOf(file))).toEqual(['leveret.db', 'leveret.db-wal'])
    database.close()
    boot(file)
  })

  it('is not locked by those who were refused', async () => {
    const file = altered(await usedFile(), 'PRAGMA user_version = 1000')
    expect(() => boot(file)).toThrow(UnusableDatabase)
    altered(file, `PRAGMA user_version = ${MIGRATIONS.length}`)
    boot(file)
  })
})

describe('looking into a database', () => {
  it('changes nothing and leaves nothing', async () => {
    const file = await usedFile()
    const before = contentOf(file)
    expect(lookInto(file, outlineOf).queues.map(({ messages }) => messages)).toEqual([2000, 2000, 2000])
    expect(contentOf(file)).toEqual(before)
  })

  it('sees what a crash left in the log, and leaves it there', async () => {
    const crashed = new OpenedStore(newFile())
    crashed.createQueue(1, { head: 0, delivered: 0 })
    await crashed.commit()
    const file = newFile()
    for (const [name, content] of Object.entries(contentOf(crashed.file))) {
      writeFileSync(join(dirname(file), name), Buffer.from(content, 'base64'))
    }
    await crashed.end()
    const before = contentOf(file)
    expect(Object.keys(before)).toEqual(['leveret.db', 'leveret.db-wal'])
    expect(lookInto(file, outlineOf).queues).toHaveLength(1)
    expect(contentOf(file)).toEqual(before)
  })

  it('may be done by several at once, and not while a broker starts', async () => {
    const file = await usedFile()
    const before = contentOf(file)
    lookInto(file, () => {
      expect(lookInto(file, outlineOf).queues).toHaveLength(3)
      expect(() => openDatabase(file, 'fsync')).toThrow(DatabaseInUse)
    })
    expect(contentOf(file)).toEqual(before)
  })
})

/** Files that must be refused, each with what is said of it. `boot` and `inspect` alike. */
const refused: Readonly<Record<string, { file(): string | Promise<string>; reason: RegExp }>> = {
  'one that a newer Leveret wrote': {
    file: async () => altered(await usedFile(), `PRAGMA user_version = ${MIGRATIONS.length + 1}`),
    reason: new RegExp(
      `was written by a newer Leveret \\(schema ${MIGRATIONS.length + 1}, this one knows ${MIGRATIONS.length}\\)`,
    ),
  },
  'one of another program': {
    file: () => foreignFile(database => database.exec('CREATE TABLE queue (id INTEGER)')),
    reason: /is an SQLite database, but not one of Leveret's; it was left as it is$/,
  },
  'one of another program that uses a log': {
    file: () =>
      foreignFile(database => {
        database.pragma('journal_mode = WAL')
        database.exec('CREATE TABLE queue (id INTEGER)')
      }),
    reason: /is an SQLite database, but not one of Leveret's; it was left as it is$/,
  },
  'one that another program has put its name on': {
    file: () => foreignFile(database => database.pragma('application_id = 42')),
    reason: /is an SQLite database, but not one of Leveret's; it was left as it is$/,
  },
  'a text file': {
    file: () => written('This is a diary.\n'.repeat(500)),
    reason: /is no SQLite database; it was left as it is$/,
  },
  'a file of a few bytes': {
    file: () => written('hi'),
    reason: /is no SQLite database; it was left as it is$/,
  },
  'one whose first bytes were overwritten': {
    file: async () => flipped(await usedFile(), 0, 16),
    reason: /is no SQLite database; it was left as it is$/,
  },
  'one whose table of tables was overwritten': {
    file: async () => flipped(await usedFile(), 100, 4096),
    reason: /is damaged \(.*\); it was left as it is$/,
  },
  'one whose pages were overwritten': {
    file: async () => flipped(await usedFile(), 4096, 12 * 4096),
    reason: /is damaged \(.*\); it was left as it is$/,
  },
  'one that was cut off': {
    file: async () => {
      const file = await usedFile()
      writeFileSync(file, readFileSync(file).subarray(0, 3 * 4096))
      return file
    },
    reason: /is damaged \(.*\); it was left as it is$/,
  },
  'a folder of that name': {
    file: () => {
      const file = newFile()
      mkdirSync(file)
      return file
    },
    reason: /leveret.db cannot be used: /,
  },
}

describe.each(Object.entries(refused))('%s', (_, { file, reason }) => {
  it.each([
    ['a broker', boot],
    ['who looks into it', (path: string) => lookInto(path, outlineOf)],
  ])('is refused to %s, and stays byte for byte as it was', async (_, open) => {
    const path = await file()
    const before = contentOf(path)
    expect(() => open(path)).toThrow(UnusableDatabase)
    expect(() => open(path)).toThrow(reason)
    expect(() => open(path)).toThrow(path)
    expect(contentOf(path)).toEqual(before)
  })
})

function written(text: string): string {
  const file = newFile()
  writeFileSync(file, text)
  return file
}

function flipped(file: string, from: number, to: number): string {
  const bytes = readFileSync(file)
  for (let at = from; at < Math.min(to, bytes.length); at++) bytes[at]! ^= 0xff
  writeFileSync(file, bytes)
  return file
}
