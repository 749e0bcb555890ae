/**
 * Who may see and change what is in a virtual host: by tag, by the virtual hosts that are open to a user, and by his
 * permissions there. The statuses of the first table are RabbitMQ 3.10.8's, asked one by one; where it fails (500) a
 * connection that is not there is 404, and one of others 401.
 */
import type { Socket } from 'node:net'
import { type ChannelModel, connect } from 'amqplib'
import type { HttpMethod } from '../../src/management/api'
import { eventually } from '../support/eventually'
import { ListeningManagement } from './listening-management'

const TAGS = ['none', 'management', 'policymaker', 'monitoring', 'administrator'] as const

type Statuses = readonly [number, number, number, number, number]
type Row = readonly [method: HttpMethod, path: string, statuses: Statuses, body?: object]

const all = [401, 200, 200, 200, 200] as const
const made = [401, 201, 201, 201, 201] as const
const done = [401, 204, 204, 204, 204] as const
const missing = [401, 404, 404, 404, 404] as const
const nobody = [401, 401, 401, 401, 401] as const
const administrator = [401, 401, 401, 401, 200] as const
const watching = [401, 401, 401, 200, 200] as const

const message = { routing_key: 'none', properties: {}, payload: 'x', payload_encoding: 'string' }
const one = { ackmode: 'ack_requeue_true', count: 1, encoding: 'auto' }

/** In a virtual host that all of them may open. */
const MINE: readonly Row[] = [
  ['GET', '/queues/mine', all],
  ['GET', '/queues/mine/q', all],
  ['GET', '/queues/mine/none', missing],
  ['GET', '/queues/mine/q/bindings', all],
  ['PUT', '/queues/mine/q', done, {}],
  ['DELETE', '/queues/mine/none', missing],
  ['DELETE', '/queues/mine/q/contents', done],
  ['POST', '/queues/mine/q/get', all, one],
  ['POST', '/queues/mine/q/actions', [401, 401, 401, 401, 204], { action: 'sync' }],
  ['GET', '/exchanges/mine', all],
  ['GET', '/exchanges/mine/x', all],
  ['PUT', '/exchanges/mine/x', done, {}],
  ['POST', '/exchanges/mine/x/publish', all, message],
  ['GET', '/exchanges/mine/x/bindings/source', all],
  ['GET', '/exchanges/mine/x/bindings/destination', all],
  ['DELETE', '/exchanges/mine/none', missing],
  ['GET', '/bindings/mine', all],
  ['GET', '/bindings/mine/e/x/q/q', all],
  ['POST', '/bindings/mine/e/x/q/q', made, {}],
  ['GET', '/bindings/mine/e/x/q/q/~', all],
  ['DELETE', '/bindings/mine/e/x/q/q/none', missing],
  ['GET', '/vhosts/mine/connections', all],
  ['GET', '/vhosts/mine/channels', all],
  ['GET', '/consumers/mine', all],
]

/** In one that is open to none of them: the tag administrator sees it, but has no permissions there. */
const OTHER: readonly Row[] = [
  ['GET', '/queues/other', administrator],
  ['GET', '/queues/other/q', administrator],
  ['GET', '/queues/other/none', [401, 401, 401, 401, 404]],
  ['GET', '/queues/other/q/bindings', administrator],
  ['PUT', '/queues/other/q', nobody, {}],
  ['DELETE', '/queues/other/q', nobody],
  ['DELETE', '/queues/other/q/contents', nobody],
  ['POST', '/queues/other/q/get', nobody, one],
  ['GET', '/exchanges/other', administrator],
  ['GET', '/exchanges/other/x', administrator],
  ['PUT', '/exchanges/other/x', nobody, {}],
  ['DELETE', '/exchanges/other/x', nobody],
  ['POST', '/exchanges/other/x/publish', nobody, message],
  ['GET', '/exchanges/other/x/bindings/source', administrator],
  ['GET', '/bindings/other', administrator],
  ['GET', '/bindings/other/e/x/q/q', administrator],
  ['POST', '/bindings/other/e/x/q/q', nobody, {}],
  ['DELETE', '/bindings/other/e/x/q/q/~', nobody],
  ['GET', '/vhosts/other/connections', administrator],
  ['GET', '/vhosts/other/channels', administrator],
  ['GET', '/consumers/other', all],
]

const ANYWHERE: readonly Row[] = [
  ['GET', '/queues', all],
  ['GET', '/exchanges', all],
  ['GET', '/bindings', all],
  ['GET', '/connections', all],
  ['GET', '/channels', all],
  ['GET', '/consumers', all],
  ['GET', '/queues/none', missing],
  ['GET', '/queues/none/q', missing],
  ['GET', '/bindings/none', missing],
  ['GET', '/consumers/none', missing],
  ['GET', '/vhosts/none/connections', missing],
  ['GET', '/connections/CONNECTION', [401, 200, 401, 200, 200]],
  ['GET', '/connections/CONNECTION/channels', [401, 200, 401, 200, 200]],
  ['GET', '/channels/CONNECTION%20(1)', [401, 200, 401, 200, 200]],
  ['GET', '/connections/none', missing],
  ['GET', '/connections/none/channels', missing],
  ['GET', '/channels/none', missing],
  ['DELETE', '/connections/none', missing],
  ['GET', '/connections/username/management', [401, 200, 401, 200, 200]],
  ['GET', '/connections/username/nobody', watching],
  ['DELETE', '/connections/username/nobody', [401, 401, 401, 401, 204]],
]

let managed: ListeningManagement
const connections = new Map<string, ChannelModel>()

beforeAll(async () => {
  managed = await ListeningManagement.open()
  const { broker } = managed.listening
  for (const vhost of ['mine', 'other']) {
    broker.putVhost(vhost)
    broker.accounts.setPermissions('guest', vhost, { configure: '.*', write: '.*', read: '.*' })
    await managed.ask('PUT', `/queues/${vhost}/q`, {})
    await managed.ask('PUT', `/exchanges/${vhost}/x`, {})
    await managed.ask('POST', `/bindings/${vhost}/e/x/q/q`, {})
  }
  for (const tag of TAGS) managed.addUser(tag, tag === 'none' ? [] : [tag], ['mine'])
  for (const tag of ['management', 'monitoring'] as const) {
    const connection = await connect(managed.amqpUrl(tag, 'mine'))
    connections.set(tag, connection)
    const channel = await connection.createChannel()
    await channel.assertQueue(tag)
    await channel.consume(tag, () => {}, { consumerTag: tag })
  }
})

afterAll(async () => {
  for (const connection of connections.values()) await connection.close()
  await managed.close()
})

async function statusesOf(method: HttpMethod, path: string, body?: object): Promise<number[]> {
  const statuses: number[] = []
  for (const tag of TAGS) statuses.push((await managed.ask(method, path, body, tag)).status)
  return statuses
}

describe.each([
  ['a virtual host that is open to them', MINE],
  ['a virtual host that is not', OTHER],
  ['all of it', ANYWHERE],
])('what users of each tag may do in %s', (_, rows) => {
  for (const [method, path, statuses, body] of rows) {
    it(`${method} ${path}: ${statuses.join(' ')}`, async () => {
      const [connection] = (await managed.get('/connections/username/management')).body
      const asked = path.replace('CONNECTION', encodeURIComponent(connection.name))
      expect(await statusesOf(method, asked, body)).toEqual(statuses)
    })
  }
})

describe('what users of each tag are shown of', () => {
  const shown = async (path: string, of: (item: Readonly<Record<string, string>>) => string | undefined) =>
    Promise.all(
      TAGS.slice(1).map(async tag => {
        const { body } = await managed.get(path, tag)
        return [...new Set<string | undefined>(body.map(of))].sort()
      }),
    )
  const everywhere = ['/', 'mine', 'other']

  it.each(['/exchanges', '/bindings', '/queues'])('%s are their own virtual hosts', async path => {
    const administrators = path === '/exchanges' ? everywhere : ['mine', 'other']
    expect(await shown(path, ({ vhost }) => vhost)).toEqual([['mine'], ['mine'], ['mine'], administrators])
  })

  const both = ['management', 'monitoring']
  it.each(['/connections', '/channels', '/vhosts/mine/connections', '/vhosts/mine/channels'])(
    '%s are their own, or all',
    async path => {
      expect(await shown(path, ({ user }) => user)).toEqual([['management'], [], both, both])
    },
  )

  it.each(['/consumers', '/consumers/mine'])('%s are their own, or all', async path => {
    expect(await shown(path, ({ consumer_tag: tag }) => tag)).toEqual([['management'], [], both, both])
  })
})

describe('a user without the tag management', () => {
  it('is told so, whatever else would be missing', async () => {
    const refused = await managed.ask('POST', '/queues/other/q/actions', {}, 'none')
    expect(refused.body).toEqual({ error: 'not_authorised', reason: 'Not management user' })
  })
})

describe('what a user with some permissions may change', () => {
  const RIGHTS = ['configure', 'write', 'read', 'write and read'] as const
  const bodyless = undefined
  const rows: readonly (readonly [HttpMethod, string, object | undefined, readonly number[]])[] = [
    ['PUT', '/queues/mine/new', {}, [201, 401, 401, 401]],
    ['DELETE', '/queues/mine/new', bodyless, [204, 401, 401, 401]],
    ['PUT', '/exchanges/mine/new', {}, [201, 401, 401, 401]],
    ['DELETE', '/exchanges/mine/new', bodyless, [204, 401, 401, 401]],
    ['DELETE', '/queues/mine/q/contents', bodyless, [401, 401, 204, 204]],
    ['POST', '/queues/mine/q/get', one, [401, 401, 200, 200]],
    ['POST', '/bindings/mine/e/x/q/q', { routing_key: 'k' }, [401, 401, 401, 201]],
    ['DELETE', '/bindings/mine/e/x/q/q/k', bodyless, [401, 401, 401, 204]],
  ]

  beforeAll(() => {
    const { broker } = managed.listening
    for (const right of RIGHTS) {
      managed.addUser(right, ['management'])
      const may = (name: string): string => (right.includes(name) ? '.*' : '')
      const patterns = { configure: may('configure'), write: may('write'), read: may('read') }
      broker.accounts.setPermissions(right, 'mine', patterns)
    }
  })

  for (const [method, path, body, statuses] of rows) {
    it(`${method} ${path}: ${statuses.join(' ')}`, async () => {
      const got: number[] = []
      for (const right of RIGHTS) {
        const made = method === 'DELETE' && /new|\/k$/.test(path)
        if (made && path.includes('bindings')) {
          await managed.ask('POST', '/bindings/mine/e/x/q/q', { routing_key: 'k' })
        } else if (made) await managed.ask('PUT', path, {})
        got.push((await managed.ask(method, path, body, right)).status)
        if (method === 'PUT') await managed.ask('DELETE', path)
      }
      expect(got).toEqual(statuses)
    })
  }

  it('is told what is missing by a channel, and nothing but that by a declaration', async () => {
    const publish = await managed.ask('POST', '/exchanges/mine/x/publish', message, 'read')
    expect(publish).toMatchObject({
      status: 400,
      body: {
        reason: "403 ACCESS_REFUSED - write access to exchange 'x' in vhost 'mine' refused for user 'read'",
      },
    })
    const got = await managed.ask('POST', '/queues/mine/q/get', one, 'write')
    expect(got.body).toEqual({
      error: 'not_authorised',
      reason: "ACCESS_REFUSED - read access to queue 'q' in vhost 'mine' refused for user 'write'",
    })
    const declared = await managed.ask('PUT', '/queues/mine/new', {}, 'write')
    expect(declared.body).toEqual({ error: 'not_authorised', reason: 'Access refused.' })
  })
})

describe('closing connections', () => {
  const connected = async (user: string) => {
    const connection = await connect(managed.amqpUrl(user, 'mine'))
    const closed = new Promise<string>(resolve => connection.on('close', error => resolve(String(error))))
    const { body } = await managed.get('/connections?columns=name,peer_port')
    const { localPort } = (connection.connection as unknown as { stream: Socket }).stream
    const own = body.find(({ peer_port: port }: { peer_port: number }) => port === localPort)
    const path = `/connections/${encodeURIComponent(own.name)}`
    return { path, closed }
  }

  it('is for administrators, and for whose they are', async () => {
    const { path, closed } = await connected('management')
    expect((await managed.ask('DELETE', path, undefined, 'monitoring')).status).toBe(401)
    expect((await managed.ask('DELETE', path, undefined, 'management')).status).toBe(204)
    expect(await closed).toMatch(/320.*CONNECTION_FORCED - Closed via management plugin/)
  })

  it('tells the client why', async () => {
    const { path, closed } = await connected('monitoring')
    const answered = await managed.ask('DELETE', path, undefined, 'guest', { 'x-reason': 'time to go' })
    expect(answered.status).toBe(204)
    expect(await closed).toMatch(/CONNECTION_FORCED - time to go/)
  })

  it('of a user closes all', async () => {
    managed.addUser('leaver', ['management'], ['mine'])
    const both = [await connected('leaver'), await connected('leaver')]
    expect((await managed.ask('DELETE', '/connections/username/leaver')).status).toBe(204)
    for (const { closed } of both) expect(await closed).toMatch(/CONNECTION_FORCED/)
    await eventually(async () => expect((await managed.get('/connections/username/leaver')).body).toEqual([]))
  })
})
