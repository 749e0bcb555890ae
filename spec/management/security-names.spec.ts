/** Names that mean something to JavaScript, SQL or a file system: to a broker they are names. */
import { type ManagedBroker, managedBroker } from '../support/managed-broker'

const NAMES = [
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'toString',
  "'; DROP TABLE queue; --",
  '../../etc/passwd',
  '%2e%2e',
]

let managed: ManagedBroker
beforeAll(async () => {
  managed = await managedBroker()
})
afterAll(() => managed.close())
afterEach(() => {
  expect(Object.keys(Object.prototype)).toEqual([])
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})

const segment = encodeURIComponent

describe.each(NAMES)('the name %s', name => {
  it.each([
    ['a queue', `/queues/%2F/${segment(name)}`, {}, '/queues'],
    ['an exchange', `/exchanges/%2F/${segment(name)}`, { type: 'topic' }, '/exchanges'],
    ['a virtual host', `/vhosts/${segment(name)}`, {}, '/vhosts'],
    ['a user', `/users/${segment(name)}`, { password: 'p', tags: name }, '/users'],
    [
      'a policy',
      `/policies/%2F/${segment(name)}`,
      { pattern: '^x$', definition: { 'max-length': 1 } },
      '/policies',
    ],
    ['a global parameter', `/global-parameters/${segment(name)}`, { value: name }, '/global-parameters'],
  ])('is one of %s', async (_, path, body, list) => {
    expect((await managed.ask('PUT', path, { body })).status).toBe(201)
    expect((await managed.ask('GET', path)).body).toMatchObject({ name })
    const all = (await managed.ask('GET', `${list}?columns=name&sort=name`)).body as { name: string }[]
    expect(all.filter(one => one.name === name)).toHaveLength(1)
    expect((await managed.ask('DELETE', path)).status).toBe(204)
    expect((await managed.ask('GET', path)).status).toBe(404)
  })
})

describe('definitions', () => {
  const hostile = (key: string, inner: string) =>
    `{"vhosts":[{"name":"v"}],"queues":[{"name":"q","vhost":"v","durable":true,"auto_delete":false,"arguments":{"${key}":${inner}}}],"${key}":${inner}}`

  it.each(['__proto__', 'constructor'])('keep an argument %s as one of many', async key => {
    const body = hostile(key, '{"polluted":true}')
    expect((await managed.ask('POST', '/definitions', { body })).status).toBe(204)
    const exported = JSON.stringify((await managed.ask('GET', '/definitions')).body)
    expect(exported).toContain(`"arguments":{"${key}":{"polluted":true}}`)
    expect((await managed.ask('DELETE', '/vhosts/v')).status).toBe(204)
  })

  it.each([
    ['users', '{"users":[{"name":"x","tags":"","__proto__":{"password_hash":"AAAA"}}]}'],
    [
      'permissions',
      '{"permissions":[{"user":"guest","vhost":"/","__proto__":{"configure":".*","write":".*","read":".*"}}]}',
    ],
  ])('take nothing of %s from a prototype', async (_, body) => {
    const before = (await managed.ask('GET', '/permissions')).body
    await managed.ask('POST', '/definitions', { body })
    expect((await managed.ask('GET', '/permissions')).body).toEqual(before)
    const user = (await managed.ask('GET', '/users/x')).body as Record<string, unknown>
    expect(user['password_hash'] ?? '').toBe('')
  })

  it('have no prototype in other bodies', async () => {
    const answer = await managed.ask('PUT', '/queues/%2F/q', { body: '{"__proto__":{"durable":true}}' })
    expect(answer.status).toBe(400)
  })
})
