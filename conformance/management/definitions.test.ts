/**
 * Definitions both ways between RabbitMQ and Leveret. CONFORMANCE_ORACLE_API is a RabbitMQ's management API; without it
 * everything here is skipped. What is made there has names of its own and is deleted again.
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { ManagementApi, oracleApiUrl } from '../support/management-api'

type Record_ = Readonly<Record<string, unknown>>
type Definitions = Readonly<Record<string, readonly Record_[]>>

interface Embedded {
  readonly managementUrl: string
  close(): Promise<void>
}

const { createBroker } = require(join(__dirname, '../../dist')) as {
  createBroker(options: object): Promise<Embedded>
}

const id = `conformance-${randomBytes(4).toString('hex')}`
const [vhost, other, user] = [`${id}-v`, `${id}-w`, `${id}-u`]

/** Arguments of every type that JSON has, as a binding of a headers exchange may have them. */
const headers = {
  'x-match': 'any',
  text: 'ä',
  small: 1,
  large: 2 ** 40,
  fraction: 1.5,
  yes: true,
  list: [1, 'two', { three: 3 }],
  table: { a: { b: 'c' } },
}

const queueArguments = {
  'x-message-ttl': 60_000,
  'x-max-length': 1000,
  'x-overflow': 'reject-publish',
  'x-dead-letter-exchange': 'from',
  'x-dead-letter-routing-key': 'dead',
  'x-max-priority': 5,
  note: { nested: [1, 2] },
}

async function fill(api: ManagementApi): Promise<void> {
  const v = `/${vhost}`
  await api.send('PUT', `/vhosts${v}`, { description: 'Everything', tags: 'a,b' })
  await api.send('PUT', `/users/${user}`, { password: 'of sha256', tags: 'monitoring,mine' })
  await api.send('PUT', `/users/${user}-512`, {
    password_hash:
      'VzvGmGdCT1zS0C2c1IIqCUfVkdz7aSaVVHbbLkDbFhU9tAHaJhWNBOLMkUIzUWYxGq8lFJSy1Z8LeMsWPjiOoY1mPKA=',
    hashing_algorithm: 'rabbit_password_hashing_sha512',
    tags: '',
  })
  await api.send('PUT', `/permissions${v}/${user}`, { configure: '^a', write: '.*', read: '' })
  await api.send('PUT', `/topic-permissions${v}/${user}`, {
    exchange: 'amq.topic',
    write: '^a\\.',
    read: '.*',
  })
  await api.send('PUT', `/vhost-limits${v}/max-queues`, { value: 50 })
  await api.send('PUT', `/user-limits/${user}/max-channels`, { value: 7 })
  await api.send('PUT', `/policies${v}/p`, {
    pattern: '^a',
    definition: { 'max-length': 10, 'dead-letter-exchange': 'from' },
    priority: 3,
    'apply-to': 'queues',
  })
  await api.send('PUT', `/operator-policies${v}/op`, { pattern: '.*', definition: { expires: 3_600_000 } })
  const exchange = { durable: true, auto_delete: false, internal: false }
  await api.send('PUT', `/exchanges${v}/from`, { ...exchange, type: 'topic', arguments: { own: 1 } })
  await api.send('PUT', `/exchanges${v}/to`, {
    ...exchange,
    type: 'headers',
    internal: true,
    arguments: { 'alternate-exchange': 'from' },
  })
  const queue = { durable: true, auto_delete: false }
  await api.send('PUT', `/queues${v}/a%2Fb`, { ...queue, arguments: queueArguments })
  await api.send('PUT', `/queues${v}/quorum`, { ...queue, arguments: { 'x-queue-type': 'quorum' } })
  await api.send('POST', `/bindings${v}/e/from/e/to`, { routing_key: 'a.#', arguments: {} })
  await api.send('POST', `/bindings${v}/e/to/q/a%2Fb`, { routing_key: '', arguments: headers })
  await api.send('POST', `/bindings${v}/e/amq.topic/q/quorum`, { routing_key: 'k', arguments: {} })
}

/** What is of ours, in an order that does not depend on who tells. */
function ours(definitions: unknown, inVhost = vhost): Record_ {
  const kept = Object.entries(definitions as Definitions).flatMap(([category, records]) => {
    if (!Array.isArray(records) || category === 'global_parameters') return []
    const mine = (records as Record_[]).filter(record => {
      if (category === 'users') return String(record['name']).startsWith(user)
      return category === 'vhosts' ? record['name'] === inVhost : record['vhost'] === inVhost
    })
    return [[category, mine.map(normal).sort((a, b) => (text(a) < text(b) ? -1 : 1))]]
  })
  return Object.fromEntries(kept)
}

/** Virtual hosts have more to say in later versions. */
function normal(record: Record_): Record_ {
  const { metadata: _, tracing: __, description: ___, default_queue_type: ____, ...rest } = record
  if ('password_hash' in record || !('name' in record) || Object.keys(rest).length > 2) return sorted(rest)
  return { name: record['name'] }
}

function sorted(value: unknown): Record_ {
  return JSON.parse(text(value))
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

const describeWithOracle = oracleApiUrl === undefined ? describe.skip : describe

describeWithOracle('definitions, with a RabbitMQ at CONFORMANCE_ORACLE_API', () => {
  const oracle = new ManagementApi(oracleApiUrl ?? 'http://unused')
  let leveret: Embedded
  let api: ManagementApi

  beforeAll(async () => {
    leveret = await createBroker({ port: 0, management: true, managementPort: 0, logLevel: 'silent' })
    api = new ManagementApi(leveret.managementUrl)
    await fill(oracle)
  })

  afterAll(async () => {
    for (const name of [vhost, other]) await oracle.ask('DELETE', `/vhosts/${name}`)
    for (const name of [user, `${user}-512`]) await oracle.ask('DELETE', `/users/${name}`)
    await leveret.close()
  })

  it('of RabbitMQ are what Leveret holds after their import, also after a second one', async () => {
    const exported = (await oracle.get('/definitions')) as Definitions
    const theirs = { ...exported, ...ours(exported), global_parameters: [] }
    await api.send('POST', '/definitions', theirs)
    await api.send('POST', '/definitions', theirs)
    const mine = ours(await api.get('/definitions'))
    expect(mine).toEqual(ours(exported))
    const counts = Object.entries(mine).map(([category, records]) => [category, (records as []).length])
    expect(Object.fromEntries(counts)).toEqual({
      users: 2,
      vhosts: 1,
      permissions: 2,
      topic_permissions: 1,
      parameters: 2,
      policies: 1,
      queues: 2,
      exchanges: 2,
      bindings: 3,
    })
  })

  it('of Leveret are what RabbitMQ holds after their import', async () => {
    const exported = (await api.get('/definitions')) as Definitions
    const mine = ours(exported)
    await oracle.send('DELETE', `/vhosts/${vhost}`)
    for (const name of [user, `${user}-512`]) await oracle.send('DELETE', `/users/${name}`)
    await oracle.send('POST', '/definitions', { rabbit_version: exported['rabbit_version'], ...mine })
    expect(ours(await oracle.get('/definitions'))).toEqual(mine)
  })

  it('of a virtual host of Leveret go into another one of RabbitMQ, and the other way round', async () => {
    await oracle.send('PUT', `/vhosts/${other}`, {})
    await api.send('PUT', `/vhosts/${other}`, {})
    const mine = (await api.get(`/definitions/${vhost}`)) as Definitions
    await oracle.send('POST', `/definitions/${other}`, mine)
    const theirs = (await oracle.get(`/definitions/${other}`)) as Definitions
    for (const category of ['queues', 'exchanges', 'bindings']) {
      const [a = [], b = []] = [mine[category], theirs[category]]
      expect(b.map(sorted).sort()).toHaveLength(a.length)
      expect(new Set(b.map(text))).toEqual(new Set(a.map(text)))
    }
    await api.send('POST', `/definitions/${other}`, theirs)
    const back = (await api.get(`/definitions/${other}`)) as Definitions
    expect(new Set(back['bindings']?.map(text))).toEqual(new Set(mine['bindings']?.map(text)))
  })
})
