/** What the management answers to wrong requests: statuses and reasons are RabbitMQ's, word for word. */
import type { HttpMethod } from '../../src/management/api'
import { type ManagedBroker, managedBroker } from '../support/managed-broker'

type Row = readonly [
  method: HttpMethod,
  path: string,
  body: unknown,
  status: number,
  error: string,
  reason: unknown,
]

const GONE = [404, 'Object Not Found', 'Not Found'] as const
const bad = (reason: unknown) => [400, 'bad_request', reason] as const
const failed = (problem: string) => bad(`Validation failed\n\n${problem}\n`)
const patterns = { configure: '.*', write: '.*', read: '.*' }
const definition = { 'max-length': 1 }

const ROWS: readonly Row[] = [
  ['GET', '/vhosts/nope', undefined, ...GONE],
  ['DELETE', '/vhosts/nope', undefined, ...GONE],
  ['PUT', '/vhosts/v', 'no json', ...bad('not_json')],
  ['PUT', '/vhosts/v', '[]', ...bad('not_json')],
  ['GET', '/vhosts/nope/permissions', undefined, ...GONE],
  [
    'POST',
    '/vhosts/nope/start/n@h',
    undefined,
    ...bad('Request to node n@h failed with {no_such_vhost,<<"nope">>}'),
  ],
  ['PUT', '/users/u', {}, ...bad('tags_not_present')],
  ['PUT', '/users/u', { password: 'x' }, ...bad('tags_not_present')],
  [
    'PUT',
    '/users/u',
    { password: 'a', password_hash: 'a', tags: '' },
    ...bad('both_password_and_password_hash_are_provided'),
  ],
  ['PUT', '/users/u', { password_hash: '?', tags: '' }, ...bad('not_base64')],
  ['PUT', '/users/u', { password: 5, tags: '' }, ...bad('invalid_password')],
  ['PUT', '/users/u', { password: 'x', tags: [5] }, ...bad('invalid_tags')],
  ['GET', '/users/nope', undefined, ...GONE],
  ['GET', '/users/nope/permissions', undefined, ...GONE],
  ['POST', '/users/bulk-delete', {}, ...bad('[{key_missing,users}]')],
  ['POST', '/users/bulk-delete', { users: ['nope'] }, ...bad(['no_such_user', 'nope'])],
  ['PUT', '/permissions/%2F/guest', { configure: '', write: '' }, ...bad('[{key_missing,read}]')],
  ['PUT', '/permissions/%2F/nope', patterns, ...bad('vhost_or_user_not_found')],
  ['PUT', '/permissions/nope/guest', patterns, ...bad('vhost_or_user_not_found')],
  ['GET', '/permissions/%2F/nope', undefined, ...GONE],
  ['GET', '/permissions/nope/guest', undefined, ...GONE],
  ['PUT', '/topic-permissions/%2F/guest', { write: '', read: '' }, ...bad('[{key_missing,exchange}]')],
  ['PUT', '/topic-permissions/%2F/nope', { exchange: 'x', ...patterns }, ...bad('vhost_or_user_not_found')],
  ['GET', '/topic-permissions/%2F/guest', undefined, ...GONE],
  ['GET', '/vhost-limits/nope', undefined, ...GONE],
  ['PUT', '/vhost-limits/%2F/max-queues', {}, ...bad('[{key_missing,value}]')],
  [
    'PUT',
    '/vhost-limits/%2F/max-connections',
    { value: 'x' },
    ...failed('max-connections should be a number, actually was <<"x">>'),
  ],
  [
    'PUT',
    '/vhost-limits/%2F/max-nope',
    { value: 5 },
    ...failed('Unrecognised terms [{<<"max-nope">>,5}] in limits'),
  ],
  ['PUT', '/vhost-limits/nope/max-queues', { value: 5 }, 404, 'not_found', 'vhost_not_found'],
  ['GET', '/user-limits/nope', undefined, ...GONE],
  [
    'PUT',
    '/user-limits/guest/max-channels',
    { value: 'x' },
    ...bad('max-channels should be a number, actually was <<"x">>'),
  ],
  ['PUT', '/user-limits/nope/max-channels', { value: 5 }, ...bad(['no_such_user', 'nope'])],
  ['GET', '/policies/nope', undefined, ...GONE],
  ['GET', '/policies/%2F/p', undefined, ...GONE],
  ['PUT', '/policies/%2F/p', {}, ...bad('[{key_missing,pattern},{key_missing,definition}]')],
  ['PUT', '/policies/%2F/p', { pattern: 'a' }, ...bad('[{key_missing,definition}]')],
  [
    'PUT',
    '/policies/%2F/p',
    { pattern: 'a', definition: { 'max-length': 'x' } },
    ...failed('<<"x">> is not a valid maximum length'),
  ],
  ['PUT', '/policies/%2F/p', { pattern: 'a', definition: {} }, ...failed('no policy provided')],
  [
    'PUT',
    '/policies/%2F/p',
    { pattern: 'a', definition, priority: 'x' },
    ...failed('priority should be a number, actually was <<"x">>'),
  ],
  ['PUT', '/policies/nope/p', { pattern: 'a', definition }, 404, 'not_found', 'vhost_not_found'],
  ['DELETE', '/policies/%2F/p', undefined, ...GONE],
  [
    'PUT',
    '/operator-policies/%2F/p',
    { pattern: 'a', definition: { 'ha-mode': 'all' } },
    ...failed('[{<<"ha-mode">>,<<"all">>}] are not recognised policy settings'),
  ],
  ['GET', '/parameters/vhost-limits/nope', undefined, ...GONE],
  ['PUT', '/parameters/vhost-limits/%2F/limits', {}, ...bad('[{key_missing,value}]')],
  ['PUT', '/parameters/nope/%2F/x', { value: {} }, ...failed('component nope not found')],
  ['PUT', '/parameters/nope/nope/x', { value: {} }, 404, 'not_found', 'vhost_not_found'],
  ['PUT', '/parameters/policy/%2F/x', { value: {} }, ...bad('policies may not be set using this method')],
  ['DELETE', '/parameters/nope/%2F/x', undefined, ...GONE],
  ['GET', '/global-parameters/nope', undefined, ...GONE],
  ['PUT', '/global-parameters/nope', {}, ...bad('[{key_missing,value}]')],
  ['DELETE', '/global-parameters/nope', undefined, ...GONE],
  ['PUT', '/cluster-name', {}, ...bad('[{key_missing,name}]')],
  ['PUT', '/feature-flags/nope/enable', {}, ...bad('unsupported')],
  ['GET', '/nodes/nope', undefined, ...GONE],
  ['GET', '/nodes/nope/memory', undefined, ...GONE],
  ['GET', '/aliveness-test/nope', undefined, ...GONE],
  ['GET', '/healthchecks/node/nope', undefined, ...GONE],
  ['GET', '/health/checks/port-listener/x', undefined, ...bad('Invalid port')],
  [
    'GET',
    '/health/checks/certificate-expiration/1/eons',
    undefined,
    ...bad('Time unit not recognised. Supported units: days, weeks, months, years.'),
  ],
  ['GET', '/health/checks/certificate-expiration/x/days', undefined, ...bad('Invalid expiration value.')],
  ['GET', '/health/checks/quorum-queues-without-elected-leaders/vhost/nope', undefined, ...GONE],
]

describe('a request to the management that cannot be met', () => {
  let managed: ManagedBroker

  beforeAll(async () => {
    managed = await managedBroker()
  })

  afterAll(() => managed.close())

  for (const [method, path, body, status, error, reason] of ROWS) {
    it(`${method} ${path} ${JSON.stringify(body) ?? ''}: ${status} ${JSON.stringify(reason)}`, async () => {
      const reply = await managed.ask(method, path, { body })
      expect(reply).toMatchObject({ status, body: { error, reason } })
    })
  }

  it('changes nothing', async () => {
    const { broker } = managed
    expect([...broker.vhosts.keys()]).toEqual(['/'])
    expect([...broker.users].map(({ name }) => name)).toEqual(['guest'])
    expect(broker.vhosts.get('/')?.policies.list('policy')).toEqual([])
  })

  it('is told that a pattern is none, and which', async () => {
    const body = { ...patterns, read: '(' }
    const reply = await managed.ask('PUT', '/permissions/%2F/guest', { body })
    expect(reply.status).toBe(400)
    expect(reply.body).toMatchObject({ reason: ['invalid_regexp', '(', expect.any(String)] })
  })

  it('does not show the hash it could not read', async () => {
    const body = { password_hash: 'my secret, in the wrong place', tags: '' }
    const reply = await managed.ask('PUT', '/users/u', { body })
    expect(JSON.stringify(reply.body)).not.toContain('secret')
  })
})
