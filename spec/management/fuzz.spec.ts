/**
 * Every endpoint of the API, asked with whatever comes to mind: no request is answered by a defect of ours, none tells more
 * than it should, and none leaves the broker in a state in which others are. Seeded, so that a failure is found again.
 */
import fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import type { Endpoint, HttpMethod } from '../../src/management/api'
import { createApp } from '../../src/management/http-server'
import { Login } from '../../src/management/login'
import { endpoints } from '../../src/management/resources'
import { Sessions } from '../../src/management/sessions'
import { SystemTurn } from '../../src/turn'
import { type ComposedBroker, composeBroker } from '../support/composed-broker'
import { managementOf, type SampledManagement } from '../support/management-of'

const SEED = 20261123
const RUNS = 2000

interface Asked {
  readonly method: HttpMethod
  readonly url: string
  readonly payload: string | undefined
  readonly contentType: string
}

let composed: ComposedBroker
let management: SampledManagement
let app: FastifyInstance
const said: unknown[] = []

beforeAll(async () => {
  composed = composeBroker(new SystemTurn())
  management = managementOf(composed)
  const logger = { ...management.logger, error: (...words: unknown[]) => said.push(words) }
  app = await createApp({ ...management, logger: logger as unknown as SampledManagement['logger'] })
})

afterAll(() => app.close())

/** Some are there, some are not, some are meant to hurt. `guest` asks, and is left alone. */
const names = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('/', 'q', 'x', 'amq.topic', 'amq.default', 'v', 'u', 'limits') },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...['__proto__', 'constructor', 'toString', '%', '\r\nX-A: b', '\0', '\u202e', '\ud800', 'é'],
      ...[
        'a'.repeat(255),
        'a'.repeat(256),
        '<img src=x onerror=alert(1)>',
        '(a+)+$',
        '~',
        '*',
        'leveret@localhost',
      ],
      ...[
        'max-queues',
        'max-channels',
        'vhost-limits',
        'operator_policy',
        'policy',
        'cluster_name',
        'q',
        'e',
        '1',
      ],
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }).filter(text => text !== 'guest') },
)

const numbers = fc.oneof(
  fc.constantFrom(
    0,
    1,
    -1,
    0.5,
    1e9,
    1e12,
    1e30,
    1e308,
    -1e30,
    255,
    256,
    65536,
    2 ** 31,
    2 ** 53,
    -(2 ** 63),
  ),
  fc.integer(),
)

const anything = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    numbers,
    names,
    fc.constantFrom<unknown>(true, false, null, '', [], {}),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(names.filter(isKey), tie('value'), { maxKeys: 3 }),
  ),
})).value

/** Fields that endpoints look for, by their names. */
const FIELDS = [
  ...[
    'arguments',
    'durable',
    'auto_delete',
    'internal',
    'type',
    'routing_key',
    'properties',
    'payload',
    'headers',
  ],
  ...[
    'payload_encoding',
    'count',
    'ackmode',
    'encoding',
    'truncate',
    'positions',
    'destination',
    'mode',
    'queue',
  ],
  ...[
    'password',
    'password_hash',
    'hashing_algorithm',
    'tags',
    'limits',
    'configure',
    'write',
    'read',
    'exchange',
  ],
  ...['pattern', 'definition', 'priority', 'apply-to', 'value', 'component', 'vhost', 'name', 'description'],
  ...[
    'default_queue_type',
    'tracing',
    'users',
    'vhosts',
    'queues',
    'exchanges',
    'bindings',
    'policies',
    'action',
  ],
  ...[
    'permissions',
    'topic_permissions',
    'parameters',
    'global_parameters',
    'source',
    'destination_type',
    'user',
  ],
  ...['x-message-ttl', 'x-max-length', 'x-dead-letter-exchange', 'x-match', 'x-queue-type', 'message-ttl'],
]

/** Values with which a request gets further. */
const fitting: Readonly<Record<string, unknown>> = {
  payload: 'x',
  payload_encoding: 'string',
  ackmode: 'ack_requeue_true',
  encoding: 'auto',
  count: 1,
  pattern: '.*',
  definition: { 'max-length': 1 },
  properties: {},
  tags: '',
  destination: { queue: 'q' },
}

const field = fc.constantFrom(...FIELDS)
const record = fc
  .tuple(fc.subarray(Object.keys(fitting)), fc.dictionary(field, anything, { maxKeys: 6 }))
  .map(([fits, others]) => ({ ...Object.fromEntries(fits.map(key => [key, fitting[key]])), ...others }))

const bodies = fc.oneof(
  { weight: 6, arbitrary: record.map(value => JSON.stringify(value)) },
  {
    weight: 2,
    arbitrary: fc
      .dictionary(field, fc.array(record, { maxLength: 3 }), { maxKeys: 4 })
      .map(value => JSON.stringify(value)),
  },
  { weight: 1, arbitrary: anything.map(value => JSON.stringify(value)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<string | undefined>(
      undefined,
      '',
      '{',
      '\ufeff{}',
      '{"value":1e999}',
      '"\\ud800"',
    ),
  },
)

const QUERIES = [
  ...[
    'page',
    'page_size',
    'name',
    'use_regex',
    'sort',
    'sort_reverse',
    'columns',
    'disable_stats',
    'if-empty',
  ],
  ...[
    'enable_queue_totals',
    'offset',
    'limit',
    'search',
    'truncate',
    'state',
    'count',
    'download',
    'exchange',
  ],
  ...[
    'lengths_age',
    'lengths_incr',
    'msg_rates_age',
    'msg_rates_incr',
    'queue',
    'if-unused',
    '__proto__',
    'path',
  ],
]
const queries = fc.array(
  fc.tuple(
    fc.constantFrom(...QUERIES),
    fc.oneof(
      fc.constantFrom('1', '2', 'true', 'name', 'message_stats.publish', 'a.b.c', ','),
      names,
      numbers,
    ),
  ),
  { maxLength: 4 },
)

function isKey(name: string): boolean {
  return name !== '__proto__' // JSON.stringify passes it over
}

/** Lone surrogates have no place in a URL. */
const encoded = (text: unknown) => encodeURIComponent(Buffer.from(String(text)).toString())

function asked(offered: readonly Endpoint[]): fc.Arbitrary<Asked> {
  return fc
    .record({
      endpoint: fc.constantFrom(...offered),
      given: fc.array(names, { minLength: 6, maxLength: 6 }),
      query: queries,
      payload: bodies,
      contentType: fc.constantFrom('application/json', 'text/plain', 'multipart/form-data; boundary=b', ''),
    })
    .map(({ endpoint, given, query, payload, contentType }) => {
      let next = 0
      const path = endpoint.path.replace(/:\w+/g, () => encoded(given[next++]))
      const search = query.map(([key, value]) => `${key}=${encoded(value)}`).join('&')
      return { method: endpoint.method, url: `/api${path}?${search}`, contentType, payload }
    })
}

const authorization = `Basic ${Buffer.from('guest:guest').toString('base64')}`

const ask = ({ method, url, payload, contentType }: Asked) =>
  app.inject({
    method,
    url,
    headers: { authorization, ...(contentType === '' ? {} : { 'content-type': contentType }) },
    ...(payload === undefined || method === 'GET' ? {} : { payload }),
  })

/** Logins are slowed, and the clock stands still. */
const offered = () => {
  const login = new Login(composed.broker, new Sessions(composed.clock))
  return endpoints(management, login).filter(({ who, path }) => who !== 'anyone' && path !== '/whoami')
}

it('answers every request, and never by a defect of ours', async () => {
  await fc.assert(
    fc.asyncProperty(asked(offered()), async request => {
      said.length = 0
      const { statusCode, body, headers } = await ask(request)
      expect({ statusCode, said }).toEqual({ statusCode: expect.any(Number), said: [] })
      if (statusCode !== 503) expect(statusCode).toBeLessThan(500)
      if (body !== '') JSON.parse(body)
      expect(body).not.toMatch(/\n +at |\/src\/|node_modules/)
      expect(Object.keys(headers)).not.toContain('x-a')
    }),
    { seed: SEED, numRuns: RUNS, endOnFailure: true },
  )
}, 60_000)

it('shows everything afterwards', async () => {
  const lists = ['overview', 'queues', 'exchanges', 'bindings', 'users', 'vhosts', 'permissions', 'policies']
  const others = [
    'parameters',
    'global-parameters',
    'definitions',
    'topology/%2F',
    'user-limits',
    'vhost-limits',
  ]
  for (const path of [...lists, ...others]) {
    const { statusCode } = await app.inject({ url: `/api/${path}`, headers: { authorization } })
    expect([path, statusCode]).toEqual([path, composed.broker.vhosts.has('/') ? 200 : expect.any(Number)])
    expect(statusCode).toBeLessThan(500)
  }
  expect((await app.inject({ url: '/metrics', headers: { authorization } })).statusCode).toBe(200)
})
