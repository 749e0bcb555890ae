/** From where the management is asked: who may be guest, and which pages of a browser are listened to. */
import type { FastifyRequest } from 'fastify'
import { whence } from '../../src/management/caller'
import { type ManagedBroker, managedBroker } from '../support/managed-broker'

let managed: ManagedBroker

beforeEach(async () => {
  managed = await managedBroker()
  managed.broker.accounts.putUser('app', { password: 'app', tags: 'management' })
})

afterEach(() => managed.close())

describe('a user who may log in from this machine only', () => {
  const here = [
    'localhost',
    'LOCALHOST:80',
    '127.0.0.1:15672',
    '[::1]:15672',
    'broker',
    'a.localhost',
    'host.docker.internal:15672',
    '10.0.0.7',
  ]
  it.each(here)('logs in by a request to %s', async host => {
    expect((await managed.ask('GET', '/whoami', { headers: { host } })).status).toBe(200)
  })

  // A page of that site may have its name point to this machine: it knows guest's password as well as anybody.
  it.each(['evil.example', 'evil.example:15672', '127.0.0.1.evil.example', 'localhost.evil.example', '%'])(
    'does not by one to %s, whose name another site may have given',
    async host => {
      expect((await managed.ask('GET', '/whoami', { headers: { host } })).status).toBe(401)
      const body = { username: 'guest', password: 'guest' }
      const headers = { host, origin: `http://${host}` }
      expect((await managed.ask('POST', '/session', { user: '', headers, body })).status).not.toBe(200)
      expect((await managed.ask('GET', '/whoami', { user: 'app', headers: { host } })).status).toBe(200)
    },
  )

  it.each([
    ['x-forwarded-for', '203.0.113.7'],
    ['forwarded', 'for=203.0.113.7'],
  ])('does not through a proxy that says %s', async (name, value) => {
    expect((await managed.ask('GET', '/whoami', { headers: { [name]: value } })).status).toBe(401)
    expect((await managed.ask('GET', '/whoami', { user: 'app', headers: { [name]: value } })).status).toBe(
      200,
    )
  })
})

describe('an address that is none', () => {
  it.each(['/queues/%ff', '/%E0%A4%A'])('is answered as other mistakes are: %s', async path => {
    const answer = await managed.ask('GET', path)
    expect(answer).toMatchObject({ status: 400, body: { error: 'bad_request' } })
    expect(Object.keys(answer.body as object)).toEqual(['error', 'reason'])
  })
})

describe('a request that changes something', () => {
  const put = (headers: Readonly<Record<string, string>>) =>
    managed.ask('PUT', '/queues/%2F/q', { headers, body: { durable: true } })

  it.each([
    'http://evil.example',
    'http://localhost:8080',
    'http://localhost.evil.example:15672',
    'null',
    'file://',
    '',
  ])('is refused from a page of %j', async origin => {
    expect((await put({ host: 'localhost:15672', origin })).status).toBe(403)
    expect(managed.vhost.queues.has('q')).toBe(false)
  })

  it('is done for a page of the management itself', async () => {
    expect((await put({ host: 'localhost:15672', origin: 'http://localhost:15672' })).status).toBe(201)
  })
})

it('is nowhere, and no defect, when whoever asked has gone meanwhile', () => {
  const gone = { ip: undefined, headers: {} } as unknown as FastifyRequest
  expect(whence(gone)).toEqual({ address: '', isFromElsewhere: false })
})
