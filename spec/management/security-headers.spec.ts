/** What browsers are told of every answer, so that a page of another site, a frame or a cache gets nothing out of it. */
import { get } from 'node:http'
import { type ManagedBroker, managedBroker } from '../support/managed-broker'

let managed: ManagedBroker
beforeAll(async () => {
  managed = await managedBroker()
})
afterAll(() => managed.close())

const told = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

describe('an answer of the API', () => {
  it.each([
    ['that is one', '/overview', 'guest', 200],
    ['to who is not logged in', '/overview', '', 401],
    ['that there is nothing', '/nothing/at/all', 'guest', 404],
    ['to a request that is none', '/queues?page=x', 'guest', 400],
  ])('%s is no page, is in no frame and is kept nowhere', async (_, path, user, status) => {
    const answer = await managed.ask('GET', path, { user })
    expect(answer.status).toBe(status)
    expect(answer.headers).toMatchObject(told)
    expect(Object.keys(answer.headers).join()).not.toContain('access-control')
  })

  it('is so, too, when it is pushed', async () => {
    const headers = { authorization: `Basic ${Buffer.from('guest:guest').toString('base64')}` }
    const path = '/api/live?path=/whoami'
    const answered = await new Promise<object>((resolve, reject) => {
      const asked = get({ host: '127.0.0.1', port: managed.httpPort, path, headers }, answer => {
        resolve(answer.headers)
        asked.destroy()
      })
      asked.on('error', reject)
    })
    expect(answered).toMatchObject({ ...told, 'content-type': 'text/event-stream; charset=utf-8' })
  })

  it('does not stand in for what the web UI says of its own files', async () => {
    const page = await (await fetch(`http://127.0.0.1:${managed.httpPort}/`)).text()
    const file = /\/assets\/[\w.-]+\.js/.exec(page)?.[0]
    const answer = await fetch(`http://127.0.0.1:${managed.httpPort}${file}`)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toContain('immutable')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('has the policy of its page where it is one', async () => {
    const page = await managed.ask('GET', '/docs/static/index.html')
    expect(page.headers['content-security-policy']).toContain("script-src 'self'")
  })
})
