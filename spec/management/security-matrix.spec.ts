/**
 * What the two matrices of RabbitMQ's endpoints leave out, which is mostly Leveret's own: by tag, and by right where messages are
 * read or moved. And that no endpoint is in none of the three.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HttpMethod } from '../../src/management/api'
import { type ManagedBroker, managedBroker } from '../support/managed-broker'

const TAGS = ['none', 'management', 'policymaker', 'monitoring', 'administrator'] as const
type Statuses = readonly [number, number, number, number, number]
type Row = readonly [method: HttpMethod, path: string, statuses: Statuses, body?: object]

const everything = { configure: '.*', write: '.*', read: '.*' }
const toQueue = { destination: { queue: 'to' }, count: 0 }
const managing = [401, 200, 200, 200, 200] as const
/** Who is no administrator must have an entry for the virtual host, and the right to the queue. */
const theirs = [401, 401, 401, 401, 200] as const

const ROWS: readonly Row[] = [
  ['GET', '/health/checks/metadata-store/initialized', managing],
  ['GET', '/health/checks/metadata-store/initialized/with-data', managing],
  ['GET', '/health/checks/node-is-mirror-sync-critical', managing],
  ['GET', '/health/checks/quorum-queues-without-elected-leaders/all-vhosts', managing],
  ['GET', '/health/checks/quorum-queues-without-elected-leaders/all-vhosts/pattern/x', managing],
  ['GET', '/health/checks/quorum-queues-without-elected-leaders/vhost/mine', managing],
  ['GET', '/health/checks/quorum-queues-without-elected-leaders/vhost/mine/pattern/x', managing],
  ['DELETE', '/topic-permissions/mine/nobody', [401, 401, 401, 401, 404]],
  ['GET', '/all-configuration', [401, 401, 401, 401, 200]],
  ['POST', '/all-configuration', [401, 401, 401, 401, 204], {}],

  ['GET', '/queues/detailed', managing],
  ['GET', '/queues/mine/q/messages', managing],
  ['GET', '/queues/other/q/messages', theirs],
  ['GET', '/queues/mine/q/unacked', managing],
  ['GET', '/queues/other/q/unacked', theirs],
  ['POST', '/queues/mine/q/move', managing, toQueue],
  ['POST', '/queues/other/q/move', theirs, toQueue],
  ['POST', '/queues/mine/q/redrive', managing, { count: 0 }],
  ['POST', '/queues/other/q/redrive', theirs, { count: 0 }],
  ['POST', '/exchanges/mine/amq.topic/explain', managing, {}],
  ['POST', '/exchanges/other/amq.topic/explain', theirs, {}],
  ['GET', '/topology/mine', managing],
  ['GET', '/topology/other', theirs],
  ['GET', '/connections/none/sessions', [401, 404, 404, 404, 404]],
  ['DELETE', '/consumers/mine/none/1/c', [401, 404, 404, 404, 404]],
  ['GET', '/live?path=/nowhere&path=x', [401, 400, 400, 400, 400]],
]

let managed: ManagedBroker

beforeAll(async () => {
  managed = await managedBroker()
  const { accounts } = managed.broker
  for (const vhost of ['mine', 'other']) {
    await managed.ask('PUT', `/vhosts/${vhost}`)
    managed.broker.accounts.setPermissions('guest', vhost, everything)
    for (const queue of ['q', 'to']) await managed.ask('PUT', `/queues/${vhost}/${queue}`, { body: {} })
  }
  for (const tag of TAGS) {
    accounts.putUser(tag, { password: tag, tags: tag === 'none' ? '' : tag })
    accounts.setPermissions(tag, 'mine', everything)
  }
  accounts.setPermissions('administrator', 'other', everything)
})
afterAll(() => managed.close())

describe('what users of each tag may do', () => {
  for (const [method, path, statuses, body] of ROWS) {
    it(`${method} ${path}: ${statuses.join(' ')}`, async () => {
      const got: number[] = []
      for (const user of TAGS) got.push((await managed.ask(method, path, { user, body })).status)
      expect(got).toEqual(statuses)
    })
  }

  it('is nothing for who has no name', async () => {
    for (const [method, path, , body] of ROWS)
      expect((await managed.ask(method, path, { user: '', body })).status).toBe(401)
  })

  it('is told of every endpoint that is not for anyone', async () => {
    const { paths } = (await managed.ask('GET', '/openapi.json')).body as {
      paths: Record<string, Record<string, Described>>
    }
    const told = ['matrix', 'contents-matrix', 'security-matrix'].flatMap(rowsOf)
    const untold = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(
          ([method, { security }]) => security === undefined && !told.some(row => isOf(row, method, path)),
        )
        .map(([method]) => `${method} ${path}`),
    )
    expect(untold).toEqual([])
  })
})

describe('messages of a queue', () => {
  const rights = ['configure', 'write', 'read'] as const
  const rows = [
    ['GET', '/queues/mine/q/messages', [401, 401, 200], undefined],
    ['GET', '/queues/mine/q/unacked', [401, 401, 200], undefined],
    ['POST', '/queues/mine/q/move', [401, 401, 401], toQueue],
    [
      'POST',
      '/queues/mine/q/move',
      [401, 401, 401],
      { destination: { exchange: 'amq.fanout' }, mode: 'copy', count: 0 },
    ],
    ['POST', '/queues/mine/q/redrive', [401, 401, 200], { count: 0 }],
  ] as const

  it.each(rows)(
    '%s %s with the right to configure, write or read: %j',
    async (method, path, statuses, body) => {
      const got: number[] = []
      for (const right of rights) {
        managed.broker.accounts.setPermissions('management', 'mine', {
          ...{ configure: '', write: '', read: '' },
          [right]: '.*',
        })
        got.push((await managed.ask(method, path, { user: 'management', body })).status)
      }
      expect(got).toEqual(statuses)
    },
  )
})

interface Described {
  /** Empty: for anyone. */
  readonly security?: readonly unknown[]
}

function rowsOf(name: string): (readonly [method: string, path: string])[] {
  const text = readFileSync(join(__dirname, `${name}.spec.ts`), 'utf8')
  return [...text.matchAll(/\['(GET|PUT|POST|DELETE)', [`']([^`'?]+)/g)].map(([, method, path]) => [
    method!,
    path!,
  ])
}

function isOf([method, asked]: readonly [string, string], of: string, path: string): boolean {
  const pattern = path.replace(/^\/api/, '').replace(/\{[^}]+\}/g, '[^/]+')
  return method === of.toUpperCase() && new RegExp(`^${pattern}$`).test(asked)
}
