/** Users, permissions, virtual hosts and parameters in the file, and what is left there when a virtual host goes. */
import { type AccessChange, NO_ACCESS } from '../../../src/store/access-records'
import type { DefinitionChange } from '../../../src/store/definition-store'
import { BatchWriter } from '../../../src/store/sqlite/batch-writer'
import { type Database, openDatabase } from '../../../src/store/sqlite/database'
import { readDefinitions } from '../../../src/store/sqlite/definition-reader'
import { forgetOrphans } from '../../../src/store/sqlite/orphans'
import { pathsIn, temporaryFolder } from '../../support/temporary-folder'

const newFile = pathsIn(temporaryFolder())
const NO_OPERATIONS = Buffer.alloc(4)
const NO_ARGUMENTS = Buffer.alloc(4)

let database: Database
let writer: BatchWriter
beforeEach(() => {
  database = openDatabase(newFile(), 'os')
  writer = new BatchWriter(database)
})
afterEach(() => database.close())

const keep = (...definitions: DefinitionChange[]) =>
  writer.write({ operations: NO_OPERATIONS, definitions }, 0)
const held = () => readDefinitions(database).access

const vhost = (name: string, description = ''): DefinitionChange => ({
  kind: 'vhost',
  record: { name, description, tags: '[]', defaultQueueType: null, isProtected: false },
})
const user = (name: string, passwordHash = 'h'): DefinitionChange => ({
  kind: 'user',
  record: { name, tags: '["a"]', passwordHash, hashingAlgorithm: 'rabbit_password_hashing_md5' },
})
const of = (user: string, vhost: string) => ({ user, vhost, write: 'w', read: 'r' })
const everythingOf = (name: string, vhost: string): AccessChange[] => [
  { kind: 'permission', record: { ...of(name, vhost), configure: 'c' } },
  { kind: 'topic-permission', record: { ...of(name, vhost), exchange: 'x' } },
  { kind: 'topic-permission', record: { ...of(name, vhost), exchange: 'y' } },
]

describe('what is kept of access', () => {
  it('is nothing in a new file', () => {
    expect(held()).toEqual(NO_ACCESS)
  })

  it('is in the order in which it was made, whatever changed since', () => {
    keep(vhost('b'), vhost('a'), user('z'), user('y'))
    keep(vhost('b', 'changed'), user('z', ''))
    expect(held().vhosts.map(({ name, description }) => [name, description])).toEqual([
      ['b', 'changed'],
      ['a', ''],
    ])
    expect(held().users).toEqual([
      { name: 'z', tags: '["a"]', passwordHash: '', hashingAlgorithm: 'rabbit_password_hashing_md5' },
      { name: 'y', tags: '["a"]', passwordHash: 'h', hashingAlgorithm: 'rabbit_password_hashing_md5' },
    ])
  })

  it('goes one by one', () => {
    keep(...everythingOf('ann', '/'), ...everythingOf('ben', '/'))
    keep({ kind: 'topic-permission-gone', user: 'ann', vhost: '/', exchange: 'x' })
    expect(held().topicPermissions.map(({ user, exchange }) => user + exchange)).toEqual([
      'anny',
      'benx',
      'beny',
    ])
    keep({ kind: 'topic-permission-gone', user: 'ben', vhost: '/', exchange: undefined })
    keep({ kind: 'permission-gone', user: 'ann', vhost: '/' })
    expect(held().topicPermissions.map(({ user, exchange }) => user + exchange)).toEqual(['anny'])
    expect(held().permissions.map(({ user }) => user)).toEqual(['ben'])
    const parameter = { vhost: '/', component: 'c', name: 'n' }
    keep({ kind: 'parameter', record: { ...parameter, value: '1' } })
    keep({ kind: 'parameter', record: { ...parameter, value: '2' } })
    keep({ kind: 'global-parameter', record: { name: 'g', value: '3' } })
    expect(held()).toMatchObject({
      parameters: [{ ...parameter, value: '2' }],
      globalParameters: [{ name: 'g', value: '3' }],
    })
    keep({ kind: 'parameter-gone', ...parameter }, { kind: 'global-parameter-gone', name: 'g' })
    expect(held()).toMatchObject({ parameters: [], globalParameters: [] })
  })

  it('of a user goes with it', () => {
    keep(user('ann'), user('ben'), ...everythingOf('ann', '/'), ...everythingOf('ben', '/'))
    for (const name of ['ann', 'ben']) keep({ kind: 'limits', record: { scope: 'user', name, limits: '{}' } })
    keep({ kind: 'limits', record: { scope: 'vhost', name: 'ann', limits: '{}' } })
    keep({ kind: 'user-gone', name: 'ann' })
    const { users, permissions, topicPermissions } = held()
    expect(users.map(({ name }) => name)).toEqual(['ben'])
    expect(permissions.map(({ user }) => user)).toEqual(['ben'])
    expect(new Set(topicPermissions.map(({ user }) => user))).toEqual(new Set(['ben']))
    expect(readDefinitions(database).limits).toMatchObject([
      { scope: 'user', name: 'ben' },
      { scope: 'vhost', name: 'ann' },
    ])
  })
})

/** One of everything in a virtual host, its queue with that number. */
function full(name: string, id: number): DefinitionChange[] {
  const args = { autoDelete: false, arguments: NO_ARGUMENTS }
  const binding = {
    identity: 'i',
    source: 'x',
    destinationKind: 'queue',
    destination: 'q',
    routingKey: '',
  } as const
  const policy = {
    kind: 'policy',
    name: 'p',
    pattern: '',
    applyTo: 'all',
    priority: 0,
    definition: '{}',
  } as const
  const key = { key: 'k', expires: 1, position: 0 }
  return [
    vhost(name),
    { kind: 'exchange', record: { vhost: name, name: 'x', type: 'direct', internal: false, ...args } },
    { kind: 'queue', record: { id, vhost: name, name: 'q', ...args } },
    { kind: 'binding', record: { vhost: name, ...binding, arguments: NO_ARGUMENTS } },
    { kind: 'policy', record: { vhost: name, ...policy } },
    { kind: 'limits', record: { scope: 'vhost', name, limits: '{}' } },
    { kind: 'key', owner: { kind: 'exchange', vhost: name, name: 'x' }, record: key },
    { kind: 'key', owner: { kind: 'queue', id }, record: key },
    { kind: 'parameter', record: { vhost: name, component: 'c', name: 'n', value: '1' } },
    ...everythingOf('ann', name),
  ]
}

describe('a virtual host that goes', () => {
  const TABLES = [
    'exchange',
    'queue',
    'binding',
    'policy',
    'limits',
    'seen',
    'permission',
    'parameter',
    'vhost',
  ]
  const counts = () =>
    TABLES.map(table => database.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number)

  it('takes all of its rows along, and none of another', () => {
    keep(...full('other', 1))
    const before = counts()
    keep(...full('v', 2))
    expect(counts().map((count, at) => count - before[at]!)).toEqual(before)
    keep({ kind: 'vhost-gone', name: 'v' })
    expect(counts()).toEqual(before)
    expect(readDefinitions(database).queues.map(({ vhost, keys }) => [vhost, keys?.length])).toEqual([
      ['other', 1],
    ])
  })

  it('leaves messages that go when the file is opened again, and no others', () => {
    keep(...full('other', 1), ...full('v', 2), ...full('w', 3))
    const run = database.prepare(
      "INSERT INTO run (queue, first, last, count, bytes, data) VALUES (?, ?, ?, 1, 1, '')",
    )
    const settled = database.prepare('INSERT INTO settled VALUES (?, 1)')
    for (const queue of [1, 2, 3]) {
      run.run(queue, 0, 0)
      run.run(queue, 2, 2)
      settled.run(queue)
    }
    keep({ kind: 'vhost-gone', name: 'v' })
    forgetOrphans(database)
    for (const table of ['run', 'settled', 'seen']) {
      const left = database.prepare(`SELECT DISTINCT queue FROM ${table} WHERE queue > 0`).pluck().all()
      expect([table, left]).toEqual([table, [1, 3]])
    }
    expect(database.prepare('SELECT count(*) FROM seen WHERE queue = 0').pluck().get()).toBe(2)
  })
})
