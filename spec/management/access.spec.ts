/** Users, permissions, virtual hosts, limits, policies and parameters, as they are set and shown over HTTP. */
import { eventually } from '../support/eventually'
import { type ManagedBroker, managedBroker } from '../support/managed-broker'

describe('over the management', () => {
  let managed: ManagedBroker

  beforeEach(async () => {
    managed = await managedBroker()
  })

  afterEach(() => managed.close())

  const statusOf = async (...args: Parameters<ManagedBroker['ask']>): Promise<number> =>
    (await managed.ask(...args)).status
  const bodyOf = async (path: string): Promise<unknown> => (await managed.ask('GET', path)).body

  it('a user is made, may log in at once, and cannot when it is deleted', async () => {
    const body = { password: 'app', tags: 'management,mine' }
    expect(await statusOf('PUT', '/users/app', { body })).toBe(201)
    expect(await statusOf('PUT', '/users/app', { body })).toBe(204)
    const whoami = await managed.ask('GET', '/whoami', { user: 'app' })
    expect(whoami.body).toEqual({ name: 'app', tags: ['management', 'mine'] })
    expect(await statusOf('DELETE', '/users/app')).toBe(204)
    expect(await statusOf('GET', '/whoami', { user: 'app' })).toBe(401)
  })

  it('a user is shown with its hash and limits, and a hash taken elsewhere lets it in', async () => {
    const { body: hashed } = await managed.ask('PUT', '/auth/hash_password', { body: { password: 'app' } })
    const { password_hash } = hashed as { password_hash: string }
    const body = { password_hash, tags: ['management'], limits: { 'max-channels': 5 } }
    expect(await statusOf('PUT', '/users/app', { body })).toBe(201)
    expect(await bodyOf('/users/app')).toEqual({
      name: 'app',
      password_hash,
      hashing_algorithm: 'rabbit_password_hashing_sha256',
      tags: ['management'],
      limits: { 'max-channels': 5 },
    })
    expect(await statusOf('GET', '/whoami', { user: 'app' })).toBe(200)
  })

  it('many users are deleted at once, and those without permissions are found', async () => {
    for (const name of ['a', 'b', 'c']) await managed.ask('PUT', `/users/${name}`, { body: { tags: '' } })
    const names = async (path: string) => ((await bodyOf(path)) as { name: string }[]).map(({ name }) => name)
    expect(await names('/users/without-permissions')).toEqual(['a', 'b', 'c'])
    expect(await statusOf('POST', '/users/bulk-delete', { body: { users: ['a', 'c'] } })).toBe(204)
    expect(await names('/users')).toEqual(['b', 'guest'])
  })

  it('permissions are set, shown by user and by virtual host, and cleared', async () => {
    const entry = { user: 'guest', vhost: 'v', configure: '^a', write: '^b', read: '^c' }
    const { user: _, vhost: __, ...body } = entry
    managed.broker.putVhost('v')
    expect(await statusOf('PUT', '/permissions/v/guest', { body })).toBe(201)
    expect(await statusOf('PUT', '/permissions/v/guest', { body })).toBe(204)
    expect(await bodyOf('/permissions/v/guest')).toEqual(entry)
    expect(await bodyOf('/vhosts/v/permissions')).toEqual([entry])
    expect(await bodyOf('/users/guest/permissions')).toContainEqual(entry)
    expect(await bodyOf('/permissions')).toHaveLength(2)
    expect(await statusOf('DELETE', '/permissions/v/guest')).toBe(204)
    expect(await statusOf('DELETE', '/permissions/v/guest')).toBe(404)
  })

  it('topic permissions are set for each exchange, and cleared together', async () => {
    const one = { user: 'guest', vhost: '/', exchange: 'amq.topic', write: '^a', read: '^b' }
    const other = { ...one, exchange: 'x' }
    expect(await statusOf('PUT', '/topic-permissions/%2F/guest', { body: one })).toBe(201)
    expect(await statusOf('PUT', '/topic-permissions/%2F/guest', { body: other })).toBe(204)
    expect(await bodyOf('/topic-permissions/%2F/guest')).toEqual([one, other])
    expect(await bodyOf('/topic-permissions/%2F/guest/x')).toEqual([other])
    expect(await bodyOf('/vhosts/%2F/topic-permissions')).toEqual([one, other])
    expect(await statusOf('DELETE', '/topic-permissions/%2F/guest/x')).toBe(204)
    expect(await statusOf('DELETE', '/topic-permissions/%2F/guest')).toBe(204)
    expect(await bodyOf('/topic-permissions')).toEqual([])
  })

  it('a virtual host is made for whoever makes it, protected, traced, and deleted', async () => {
    const body = { description: 'd', tags: 'a,b', default_queue_type: 'quorum', tracing: true }
    expect(await statusOf('PUT', '/vhosts/v', { body })).toBe(201)
    expect(await bodyOf('/vhosts/v')).toMatchObject({
      name: 'v',
      description: 'd',
      tags: ['a', 'b'],
      default_queue_type: 'quorum',
      tracing: true,
      messages: 0,
    })
    expect(managed.broker.permissions.admits('guest', 'v')).toBe(true)
    await managed.ask('PUT', '/vhosts/v', { body: { tracing: false } })
    expect(managed.broker.vhosts.get('v')?.firehose).toBeUndefined()
    expect(await statusOf('POST', '/vhosts/v/deletion/protection')).toBe(204)
    const refused = await managed.ask('DELETE', '/vhosts/v')
    expect(refused).toMatchObject({
      status: 412,
      body: {
        error: 'precondition_failed',
        reason: "Refusing to delete virtual host 'v' because it is protected from deletion",
      },
    })
    expect(await statusOf('DELETE', '/vhosts/v/deletion/protection')).toBe(204)
    expect(await statusOf('DELETE', '/vhosts/v')).toBe(204)
    expect(managed.broker.vhosts.has('v')).toBe(false)
  })

  it('a limit is set beside the others, and cleared without them', async () => {
    await managed.ask('PUT', '/vhost-limits/%2F/max-queues', { body: { value: 3 } })
    await managed.ask('PUT', '/vhost-limits/%2F/max-connections', { body: { value: -1 } })
    expect(await bodyOf('/vhost-limits')).toEqual([
      { vhost: '/', value: { 'max-queues': 3, 'max-connections': -1 } },
    ])
    expect(await statusOf('DELETE', '/vhost-limits/%2F/max-connections')).toBe(204)
    expect(await bodyOf('/vhost-limits/%2F')).toEqual([{ vhost: '/', value: { 'max-queues': 3 } }])
    await managed.ask('PUT', '/user-limits/guest/max-channels', { body: { value: 7 } })
    expect(await bodyOf('/user-limits/guest')).toEqual([{ user: 'guest', value: { 'max-channels': 7 } }])
    await managed.ask('DELETE', '/user-limits/guest/max-channels')
    expect(await bodyOf('/user-limits')).toEqual([])
  })

  for (const path of ['/policies', '/operator-policies']) {
    it(`${path} are set, replaced, shown and cleared`, async () => {
      const one = `${path}/%2F/p`
      expect(await statusOf('PUT', one, { body: { pattern: 'a', definition: { 'max-length': 1 } } })).toBe(
        201,
      )
      const body = { pattern: 'b', definition: { 'max-length': 2 }, priority: 3, 'apply-to': 'queues' }
      expect(await statusOf('PUT', one, { body })).toBe(204)
      const shown = { vhost: '/', name: 'p', ...body }
      expect(await bodyOf(one)).toEqual(shown)
      expect(await bodyOf(path)).toEqual([shown])
      expect(await bodyOf(`${path}/%2F`)).toEqual([shown])
      expect(await statusOf('DELETE', one)).toBe(204)
      expect(await bodyOf(path)).toEqual([])
    })
  }

  it('the cluster is named by a global parameter', async () => {
    expect(await bodyOf('/cluster-name')).toEqual({ name: 'leveret@localhost' })
    expect(await statusOf('PUT', '/cluster-name', { body: { name: 'orders' } })).toBe(204)
    expect(await bodyOf('/cluster-name')).toEqual({ name: 'orders' })
    expect(await bodyOf('/global-parameters/cluster_name')).toEqual({ name: 'cluster_name', value: 'orders' })
    expect(await bodyOf('/overview')).toMatchObject({ cluster_name: 'orders' })
  })

  it('a form logs in, and its cookie is a session', async () => {
    const form = await managed.ask('POST', '/login', { user: '', body: 'username=guest&password=guest' })
    expect(form).toMatchObject({ status: 200, body: 'ok' })
    const cookie = String(form.headers['set-cookie']).split(';')[0] ?? ''
    expect(await statusOf('GET', '/whoami', { user: '', headers: { cookie } })).toBe(200)
    const wrong = await managed.ask('POST', '/login', { user: '', body: 'username=guest&password=no' })
    expect(wrong.status).toBe(401)
  })

  it('logins are counted, and whoever guesses is soon not looked at, from there and for that user', async () => {
    const logIn = async (username: string, password: string) =>
      (await managed.ask('POST', '/login', { user: '', body: `username=${username}&password=${password}` }))
        .status
    managed.broker.accounts.putUser('app', { password: 'app', tags: 'management' })
    managed.broker.logins.attempts.reset()
    expect(await logIn('app', 'app')).toBe(200)
    const [, counts] = [...managed.broker.logins.attempts][0]!
    const refusals = Array.from({ length: 30 }, () => logIn('app', 'wrong'))
    await eventually(() => expect(counts.failed).toBe(30))
    refusals.push(logIn('app', 'app'))
    await eventually(() => expect(counts.failed).toBe(31))
    expect(await logIn('guest', 'guest')).toBe(200)
    managed.clock.advance(30_000)
    expect(new Set(await Promise.all(refusals))).toEqual(new Set([401]))
    expect(counts).toEqual({ attempts: 33, succeeded: 2, failed: 31 })
  })

  it('whoever may not see a virtual host is not told what is in it', async () => {
    const { accounts } = managed.broker
    accounts.putUser('app', { password: 'app', tags: 'management' })
    managed.vhost.policies.set('policy', 'p', { pattern: 'a', definition: { 'max-length': 1 } })
    managed.broker.limits.set('vhost', '/', { 'max-queues': 3 })
    for (const path of ['/vhosts', '/policies', '/operator-policies', '/vhost-limits']) {
      expect((await managed.ask('GET', path, { user: 'app' })).body).toEqual([])
    }
    const overview = await managed.ask('GET', '/overview', { user: 'app' })
    expect(overview.body).toMatchObject({ object_totals: { exchanges: 0, queues: 0 } })
    expect(overview.body).not.toHaveProperty('listeners')
  })
})

describe('logins over HTTP', () => {
  it('are counted, and refusals held back from whoever guesses', async () => {
    const managed = await managedBroker()
    const { clock, broker } = managed
    const wrong = {
      headers: { authorization: `Basic ${Buffer.from('guest:no').toString('base64')}` },
      user: '',
    }
    for (let count = 0; count < 3; count++) {
      expect((await managed.ask('GET', '/whoami', wrong)).status).toBe(401)
    }
    let isTold = false
    const fourth = managed.ask('GET', '/whoami', wrong).then(({ status }) => {
      isTold = true
      return status
    })
    await eventually(() => expect([...broker.logins.attempts][0]?.[1].failed).toBe(4))
    // others are answered meanwhile, also who is who he says
    expect((await managed.ask('GET', '/whoami')).status).toBe(200)
    expect(isTold).toBe(false)
    clock.advance(250)
    expect(await fourth).toBe(401)
    const path = '/auth/attempts/leveret@localhost'
    expect((await managed.ask('GET', path)).body).toEqual([
      { protocol: 'http', auth_attempts: 6, auth_attempts_failed: 4, auth_attempts_succeeded: 2 },
    ])
    expect((await managed.ask('DELETE', path)).status).toBe(204)
    expect((await managed.ask('GET', path)).body).toMatchObject([{ auth_attempts: 1 }])
    await managed.close()
  })
})

describe('definitions over HTTP', () => {
  it('come as a file in a form, as RabbitMQ’s page sends it, and go out as one', async () => {
    const managed = await managedBroker()
    const definitions = JSON.stringify({ vhosts: [{ name: 'from-a-form' }] })
    const body = [
      '--x',
      'Content-Disposition: form-data; name="file"; filename="a b.json"',
      'Content-Type: application/json',
      '',
      definitions,
      '--x',
      'content-disposition: form-data; name="redirect"',
      '',
      '../#/import-succeeded',
      '--x--',
      '',
    ].join('\r\n')
    const headers = { 'content-type': 'multipart/form-data; boundary=x' }
    const reply = await managed.ask('POST', '/definitions', { body, headers })
    expect(reply.status).toBe(303)
    expect(reply.headers['location']).toBe('../#/import-succeeded')
    expect(managed.broker.vhosts.has('from-a-form')).toBe(true)
    const out = await managed.ask('GET', '/definitions?download=a"b.json')
    expect(out.headers['content-disposition']).toBe('attachment; filename="a_b.json"')
    expect(out.body).toMatchObject({
      rabbit_version: '4.2.0',
      vhosts: [{ name: '/' }, { name: 'from-a-form' }],
    })
    await managed.close()
  })

  it('are refused as RabbitMQ does it where they are none', async () => {
    const managed = await managedBroker()
    const form = { 'content-type': 'multipart/form-data; boundary=x' }
    for (const [path, body, headers, status, reason] of [
      ['/definitions', 'no json', {}, 400, 'failed_to_parse_json'],
      ['/definitions', '[]', {}, 400, 'failed_to_parse_json'],
      ['/definitions', '--x\r\n\r\n--x--', form, 400, 'failed_to_parse_json'],
      ['/definitions/nope', '{}', {}, 404, 'vhost_not_found'],
      ['/definitions', '{"users":[{"name":"u"}]}', {}, 400, 'tags_not_present'],
    ] as const) {
      const reply = await managed.ask('POST', path, { body, headers })
      expect([reply.status, (reply.body as { reason: unknown }).reason]).toEqual([status, reason])
    }
    expect((await managed.ask('POST', '/definitions', { body: '' })).status).toBe(204)
    expect(await managed.ask('GET', '/definitions/nope')).toMatchObject({
      status: 400,
      body: { error: 'bad_request', reason: 'vhost_not_found' },
    })
    await managed.close()
  })
})
