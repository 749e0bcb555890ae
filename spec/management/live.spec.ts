/** Pushes as a page gets them, and what somebody who means harm may ask of them. */
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { eventually } from '../support/eventually'
import { ListeningManagement } from './listening-management'

let managed: ListeningManagement
const open: ClientRequest[] = []

beforeAll(async () => {
  managed = await ListeningManagement.open()
  managed.addUser('viewer', ['management'], ['/'])
  managed.addUser('nobody', [], ['/'])
})

afterEach(() => {
  for (const stream of open.splice(0)) stream.destroy()
})

afterAll(() => managed.close())

interface Stream {
  readonly status: number
  /** By path, what came last. */
  readonly updates: Map<string, { readonly status: number; readonly body: unknown }>
}

function live(paths: readonly string[], user: string): Promise<Stream> {
  const query = paths.map(path => `path=${encodeURIComponent(path)}`).join('&')
  const authorization = `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}`
  return new Promise((resolve, reject) => {
    const asked = request(`${managed.url}/live?${query}`, { headers: { authorization }, agent: false })
    open.push(asked)
    asked.on('error', reject)
    asked.on('response', response => resolve(streamOf(response)))
    asked.end()
  })
}

function streamOf(response: IncomingMessage): Stream {
  const updates: Stream['updates'] = new Map()
  let text = ''
  response.setEncoding('utf8').on('error', () => {}) // the spec hangs up
  response.on('data', (chunk: string) => {
    const events = (text + chunk).split('\n\n')
    text = events.pop() ?? ''
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1]
      if (data === undefined) continue
      const { path, status, body } = JSON.parse(data)
      updates.set(path, { status, body })
    }
  })
  return { status: response.statusCode ?? 0, updates }
}

describe('a stream of pushes', () => {
  it('shows what a GET would, and shows it again when it has changed', async () => {
    const { updates } = await live(['/queues?columns=name'], 'viewer')
    await eventually(() => expect(updates.get('/queues?columns=name')?.body).toEqual([]))
    await managed.ask('PUT', '/queues/%2F/new', { durable: true })
    managed.listening.clock.advance(1000)
    await eventually(() => expect(updates.get('/queues?columns=name')?.body).toEqual([{ name: 'new' }]))
  })

  it('shows nothing any more to a user whose rights were taken while it was open', async () => {
    managed.addUser('leaver', ['management'], ['/'])
    const { updates } = await live(['/queues/%2F', '/whoami'], 'leaver')
    await eventually(() => expect(updates.get('/whoami')?.status).toBe(200))
    managed.listening.broker.accounts.clearPermissions('leaver', '/')
    managed.listening.clock.advance(1000)
    await eventually(() => expect(updates.get('/queues/%2F')?.status).toBe(401))
    managed.listening.broker.accounts.deleteUser('leaver')
    managed.listening.clock.advance(1000)
    await eventually(() => expect(updates.get('/whoami')?.status).toBe(401))
  })

  it.each([
    '/live?path=/whoami',
    '/%6cive?path=/whoami',
    '/./live?path=/whoami',
    '/%2e/live?path=/whoami',
    '/l\tive?path=/whoami',
  ])('cannot push pushes, however they are spelled: %j', async path => {
    const { updates } = await live([path, '/whoami'], 'viewer')
    await eventually(() => expect(updates.get('/whoami')?.status).toBe(200))
    expect(updates.get(path)?.status).toBe(400)
  })

  it('says so where a list is too large to be pushed each second', async () => {
    const value = 'x'.repeat(3_000_000)
    await managed.ask('PUT', '/global-parameters/large', { value })
    const { updates } = await live(['/global-parameters/large'], 'guest')
    await eventually(() => expect(updates.get('/global-parameters/large')?.status).toBe(413))
  })

  it('is not opened for a user without a tag', async () => {
    expect((await live(['/whoami'], 'nobody')).status).toBe(401)
  })

  it('is refused to a user who has too many of them, not to others', async () => {
    for (let count = 0; count < 100; count++) expect((await live(['/whoami'], 'viewer')).status).toBe(200)
    expect((await live(['/whoami'], 'viewer')).status).toBe(503)
    expect((await live(['/whoami'], 'guest')).status).toBe(200)
  })
})
