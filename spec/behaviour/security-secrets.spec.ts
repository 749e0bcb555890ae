/** Passwords and hashes do not get out: whatever is logged, told, answered or counted is searched for them. */
import { inspect } from 'node:util'
import { encodeMethod } from '../../conformance/support/codec'
import { hashPassword } from '../../src/auth/passwords'
import { createBroker } from '../../src/embed/embedded-broker'
import { inProcessBroker } from '../support/in-process'
import { protocolHeader } from '../support/in-process-clients'
import { type ManagedBroker, managedBroker } from '../support/managed-broker'

const PASSWORD = 'correct-horse-battery'
const WRONG = 'staple-that-is-wrong'
const basic = (user: string, password: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
})

/** In clear, and as they travel. */
const SECRETS = [PASSWORD, WRONG].flatMap(secret => [
  secret,
  Buffer.from(secret).toString('base64').slice(0, -4),
  Buffer.from(secret).toString('hex'),
])

const inspected = (value: unknown): string =>
  inspect(value, { depth: null, maxArrayLength: null, maxStringLength: null })

const startOk = (mechanism: string, response: Buffer): Buffer =>
  encodeMethod(0, 'connection.start-ok', { mechanism, response, locale: 'en_US' })

function expectNone(text: string, secrets: readonly string[] = SECRETS): void {
  expect(secrets.filter(secret => text.includes(secret))).toEqual([])
}

describe('a password', () => {
  let managed: ManagedBroker
  const told: unknown[] = []

  beforeAll(async () => {
    managed = await managedBroker()
    managed.broker.events.listen(event => told.push(event))
    await managed.ask('PUT', '/users/ada', { body: { password: PASSWORD, tags: 'administrator' } })
    managed.broker.accounts.setPermissions('ada', '/', { configure: '.*', write: '.*', read: '.*' })
  })
  afterAll(() => managed.close())

  it.each([
    ['a user with both', 'PUT', '/users/bob', { password: PASSWORD, password_hash: WRONG, tags: '' }],
    ['a hash that is none', 'PUT', '/users/bob', { password_hash: `${WRONG}!`, tags: '' }],
    ['a password that is none', 'PUT', '/users/bob', { password: [PASSWORD], tags: '' }],
    ['tags that are none', 'PUT', '/users/bob', { password: PASSWORD, tags: 7 }],
    [
      'definitions that are wrong',
      'POST',
      '/definitions',
      { users: [{ name: 'bob', password: [PASSWORD] }] },
    ],
    ['a login that is wrong', 'POST', '/session', { username: 'ada', password: WRONG }],
    ['a login that is none', 'POST', '/session', { username: ['ada'], password: { a: WRONG } }],
  ] as const)('is not in the answer to %s', async (_, method, path, body) => {
    const answer = await managed.ask(method, path, { body })
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expectNone(JSON.stringify(answer))
  })

  it('is in no answer, and its hash in those for administrators only that have hashes', async () => {
    const hash = managed.broker.users.find('ada')!.passwordHash!
    const { body: api } = await managed.ask('GET', '/openapi.json')
    const paths = Object.keys((api as { paths: object }).paths)
      .filter(path => !/[{]|\/live$/.test(path))
      .map(path => path.replace(/^\/api/, ''))
    expect(paths.length).toBeGreaterThan(30)
    const withHash: string[] = []
    for (const path of [
      ...paths,
      '/users/ada',
      '/definitions/%2F',
      '/parameters',
      '/vhosts/%2F/permissions',
    ]) {
      const text = JSON.stringify(
        await managed.ask('GET', path, { headers: basic('ada', PASSWORD), user: '' }),
      )
      expectNone(text)
      if (text.includes(hash)) withHash.push(path)
    }
    expect(withHash.sort()).toEqual(['/all-configuration', '/definitions', '/users', '/users/ada'])
  })

  it('is not in the log of a defect of ours', async () => {
    const broken = jest.spyOn(managed.broker.users, 'find').mockImplementation(() => {
      throw new TypeError('a defect')
    })
    const answer = await managed.ask('GET', `/auth/hash_password/${PASSWORD}`, {
      headers: basic('ada', WRONG),
      user: '',
    })
    broken.mockRestore()
    expect(answer.status).toBe(500)
    const lines = inspected(managed.log.lines)
    expect(lines).toContain('/auth/hash_password/:password')
    expectNone(lines)
  })

  it('is in no event and no line of the log', async () => {
    await managed.ask('GET', '/whoami', { headers: basic('ada', WRONG), user: '' })
    managed.broker.accounts.setPassword('ada', WRONG)
    const hash = managed.broker.users.find('ada')!.passwordHash!
    expect(told.length).toBeGreaterThan(2)
    const text = `${inspected(told)} ${JSON.stringify(managed.log.lines)}`
    expectNone(text)
    expectNone(text, [hash])
  })
})

describe('a password in the handshake', () => {
  it.each([
    ['PLAIN', Buffer.from(`\0ada\0${WRONG}`)],
    ['PLAIN', Buffer.from(`ada\0${WRONG}`)],
    ['PLAIN', Buffer.from(WRONG)],
    ['AMQPLAIN', Buffer.from(`\x05LOGINS\0\0\0\x03ada\x08PASSWORDS\0\0\0\xff${WRONG}`, 'latin1')],
    ['EXTERNAL', Buffer.from(WRONG)],
  ])('is in no log, event or answer, well-formed or not: %s %j', (mechanism, response) => {
    const broker = inProcessBroker()
    const told: unknown[] = []
    broker.broker.events.listen(event => told.push(event))
    const client = broker.connectBare()
    client.say(protocolHeader)
    client.say(startOk(mechanism, response))
    broker.clock.advance(3000)
    broker.settle()
    expectNone(`${inspected(told)} ${JSON.stringify(broker.log.lines)} ${client.received.toString('latin1')}`)
    expect(broker.log.lines.length).toBeGreaterThan(0)
  })
})

describe('the options that are shown', () => {
  it('have no secrets', async () => {
    const broker = await createBroker({
      port: 0,
      management: true,
      managementPort: 0,
      defaultUser: 'ada',
      defaultPass: PASSWORD,
      logLevel: 'silent',
    })
    try {
      const answer = await fetch(`${broker.managementUrl}/api/config/effective`, {
        headers: basic('ada', PASSWORD),
      })
      expect(answer.status).toBe(200)
      const text = await answer.text()
      expect(text).toContain('managementPort')
      expectNone(text)
    } finally {
      await broker.close()
    }
  })
})

describe('a hash', () => {
  it('is salted: equal passwords have others', () => {
    expect(hashPassword(PASSWORD)).not.toBe(hashPassword(PASSWORD))
  })
})
