/** docs/reference/database.md against the schema, in both directions, and against a run that is decoded as it says. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeProperties } from '../../../src/amqp/properties'
import { type Database, openDatabase } from '../../../src/store/sqlite/database'
import { MIGRATIONS } from '../../../src/store/sqlite/migrations'
import { pathsIn, temporaryFolder } from '../../support/temporary-folder'
import { OpenedStore } from './opened-store'

const root = join(__dirname, '../../..')
const page = readFileSync(join(root, 'docs/reference/database.md'), 'utf8')
const newFile = pathsIn(temporaryFolder())

let database: Database
beforeAll(() => {
  database = openDatabase(newFile(), 'fsync')
})
afterAll(() => database.close())

describe('the page on the database', () => {
  it('has every table with its columns, and no others', () => {
    expect(tablesOn(page)).toEqual(tablesIn(database))
  })

  it('has every index', () => {
    const onPage = [...page.matchAll(/^The index `(\w+)` on `([^`]+)`/gm)].map(([, name, columns]) => ({
      name,
      columns,
    }))
    expect(onPage).toEqual(indexesIn(database))
  })

  it('has every setting as it is', () => {
    const onPage = rowsOf(section(page, '## Settings')).map(([pragma, value]) => [bare(pragma), bare(value)])
    expect(onPage.length).toBeGreaterThan(0)
    for (const [pragma, value] of onPage) {
      expect([pragma, String(database.pragma(`${pragma}`, { simple: true }))]).toEqual([pragma, value])
    }
    const set = [
      ...readFileSync(join(root, 'src/store/sqlite/database.ts'), 'utf8').matchAll(/pragma\(['`](\w+) =/g),
    ]
    const untold = set.map(([, pragma]) => pragma).filter(pragma => !onPage.some(([told]) => told === pragma))
    expect([...new Set(untold)]).toEqual(['application_id', 'user_version'])
  })

  it('has the version and the application id', () => {
    expect(page).toContain(`The schema version is ${MIGRATIONS.length}.`)
    const id = Number(database.pragma('application_id', { simple: true }))
    expect(page).toContain(`\`application_id\` is \`0x${id.toString(16)}\``)
  })

  it('tells how the data of a run is read', async () => {
    const file = newFile()
    const opened = new OpenedStore(file)
    opened.createQueue(1, { head: 0, delivered: 0 })
    const properties = encodeProperties({ deliveryMode: 2, messageId: 'mine' })
    const written = [
      { position: 5, exchange: 'logs', routingKey: 'a.b', properties, body: 'first' },
      { position: 9, exchange: '', routingKey: 'ü', properties: encodeProperties({}), body: '' },
    ]
    for (const message of written) {
      const address = Buffer.concat([shortString(message.exchange), shortString(message.routingKey)])
      const record = Buffer.concat([address, message.properties, Buffer.from(message.body)])
      opened.store.append(1, message.position, record, 0, record.length, message.properties.length)
    }
    await opened.commit()
    await opened.end()

    const reopened = openDatabase(file, 'fsync')
    const row = reopened.prepare('SELECT first, last, count, bytes, data FROM run').get() as Run
    reopened.close()
    expect([row.first, row.last, row.count, row.bytes]).toEqual([5, 9, 2, row.data.length])
    expect(decoded(row)).toEqual(written)
  })
})

describe('the comparison', () => {
  it('finds a column that is missing, that there is not, and one of another type', () => {
    expect(tablesOn(page.replace('| `position` | `REAL` | at', '| `place` | `REAL` | at'))).not.toEqual(
      tablesIn(database),
    )
    expect(tablesOn(page.replace(/^\| `position`.*\n/m, ''))).not.toEqual(tablesIn(database))
    expect(tablesOn(page.replace('`head` | `REAL`', '`head` | `TEXT`'))).not.toEqual(tablesIn(database))
  })

  it('finds a table that is missing, and one that there is not', () => {
    expect(tablesOn(page.replace('### `settled`', '### settled'))).not.toEqual(tablesIn(database))
    expect(tablesOn(`${page}\n### \`hare\`\n\n| column | type | holds |\n|---|---|---|\n`)).not.toEqual(
      tablesIn(database),
    )
  })
})

/** Columns as `name TYPE`, by table. */
type Tables = Readonly<Record<string, readonly string[]>>

interface Run {
  readonly first: number
  readonly last: number
  readonly count: number
  readonly bytes: number
  readonly data: Buffer
}

function tablesOn(text: string): Tables {
  const names = [...text.matchAll(/^### `(\w+)`$/gm)].map(([, name]) => name as string)
  return Object.fromEntries(
    names.map(name => [
      name,
      rowsOf(section(text, `### \`${name}\``)).map(([column, type]) => `${bare(column)} ${bare(type)}`),
    ]),
  )
}

function tablesIn(from: Database): Tables {
  const names = from
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all() as string[]
  return Object.fromEntries(
    names.map(name => {
      const columns = from.pragma(`table_info(${name})`) as { name: string; type: string }[]
      return [name, columns.map(column => `${column.name} ${column.type}`)]
    }),
  )
}

function indexesIn(from: Database): { name: string; columns: string }[] {
  const names = from
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")
    .pluck()
    .all() as string[]
  return names.map(name => {
    const columns = from.pragma(`index_info(${name})`) as { name: string }[]
    return { name, columns: columns.map(column => column.name).join(', ') }
  })
}

/** By the page alone: nothing of the sources is used. */
function decoded({ first, count, data }: Run) {
  const messages = []
  let record = count * 12
  for (let entry = 0; entry < count * 12; entry += 12) {
    const end = record + data.readUInt32LE(entry + 4)
    const exchangeEnd = record + 1 + data.readUInt8(record)
    const keyEnd = exchangeEnd + 1 + data.readUInt8(exchangeEnd)
    const propertiesEnd = keyEnd + data.readUInt32LE(entry + 8)
    messages.push({
      position: first + data.readUInt32LE(entry),
      exchange: data.toString('utf8', record + 1, exchangeEnd),
      routingKey: data.toString('utf8', exchangeEnd + 1, keyEnd),
      properties: data.subarray(keyEnd, propertiesEnd),
      body: data.toString('utf8', propertiesEnd, end),
    })
    record = end
  }
  return messages
}

function shortString(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([Buffer.of(bytes.length), bytes])
}

function section(text: string, title: string): string {
  const [, behind = ''] = `\n${text}`.split(`\n${title}\n`)
  return behind.split(/\n#+ /)[0] ?? ''
}

/** The cells of a table's rows, without its head and the line below. */
function rowsOf(text: string): string[][] {
  const lines = text.split('\n').filter(line => line.startsWith('| '))
  return lines.slice(1).map(line => line.slice(2).split(' | '))
}

function bare(cell: string | undefined): string {
  return (cell ?? '').replace(/^`|`.*$/g, '')
}
