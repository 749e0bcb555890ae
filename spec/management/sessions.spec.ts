/** Logins of the web UI: what a cookie is worth, and for how long. */
import { Sessions } from '../../src/management/sessions'
import { type ManagedBroker, managedBroker } from '../support/managed-broker'
import { ManualClock } from '../support/manual-clock'

describe('a session', () => {
  let managed: ManagedBroker

  beforeEach(async () => {
    managed = await managedBroker()
    managed.broker.accounts.putUser('app', { password: 'app', tags: 'management' })
  })

  afterEach(() => managed.close())

  const login = async (headers: Readonly<Record<string, string>> = {}): Promise<string> => {
    const body = { username: 'app', password: 'app' }
    const answer = await managed.ask('POST', '/session', { user: '', body, headers })
    const [cookie = ''] = answer.headers['set-cookie'] as string[]
    expect(cookie).toMatch(/^leveret_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
    return cookie.split(';', 1)[0] ?? ''
  }

  const whoami = async (cookie: string): Promise<number> =>
    (await managed.ask('GET', '/whoami', { user: '', headers: { cookie } })).status

  it('is not the one that somebody chose before', async () => {
    const chosen = `leveret_session=${'A'.repeat(43)}`
    const cookie = await login({ cookie: chosen, 'x-requested-with': 'leveret' })
    expect(cookie).not.toBe(chosen)
    expect([await whoami(chosen), await whoami(cookie)]).toEqual([401, 200])
  })

  const ends: readonly [string, (cookie: string) => unknown][] = [
    ['its password changes', () => managed.broker.accounts.setPassword('app', 'other')],
    ['its password is cleared', () => managed.broker.accounts.clearPassword('app')],
    ['its user is deleted', () => managed.broker.accounts.deleteUser('app')],
    ['its user loses the tag', () => managed.broker.accounts.setTags('app', [])],
    [
      'its user is made anew',
      () => {
        managed.broker.accounts.deleteUser('app')
        managed.broker.accounts.putUser('app', { password: 'app', tags: 'administrator' })
      },
    ],
    [
      'somebody logs out',
      cookie => {
        const headers = { cookie, 'x-requested-with': 'leveret' }
        return managed.ask('DELETE', '/session', { user: '', headers })
      },
    ],
  ]
  it.each(ends)('is worth nothing any more when %s', async (_, end) => {
    const cookie = await login()
    expect(await whoami(cookie)).toBe(200)
    await end(cookie)
    expect(await whoami(cookie)).toBe(401)
  })

  it('changes nothing without the header that no other site can send', async () => {
    const cookie = await login()
    managed.broker.accounts.setPermissions('app', '/', { configure: '.*', write: '.*', read: '.*' })
    const put = async (headers: Readonly<Record<string, string>>) =>
      (await managed.ask('PUT', '/queues/%2F/q', { user: '', headers, body: { durable: true } })).status
    expect(await put({ cookie })).toBe(403)
    expect(await put({ cookie, 'x-requested-with': 'leveret' })).toBe(201)
  })
})

describe('many sessions', () => {
  it('of one user end the oldest of that user, and of no other', () => {
    const sessions = new Sessions(new ManualClock())
    const other = sessions.open('other', 'hash')
    const tokens = Array.from({ length: 101 }, () => sessions.open('app', 'hash'))
    const [first = '', second = ''] = tokens
    expect(sessions.find(first)).toBeUndefined()
    expect(sessions.find(second)).toMatchObject({ user: 'app' })
    expect(sessions.find(other)).toMatchObject({ user: 'other' })
  })
})
