/** Definitions out of one broker and into another. */
import type { Broker } from '../../src/broker/broker'
import { declareQueue } from '../../src/broker/declarations/queue-declarations'
import { DefinitionsRefused } from '../../src/broker/definitions/definition-records'
import { exportDefinitions, exportVhostDefinitions } from '../../src/broker/definitions/definitions'
import { importDefinitions } from '../../src/broker/definitions/definitions-import'
import { SystemTurn } from '../../src/turn'
import { type ComposedBroker, composeBroker } from '../support/composed-broker'

const queue = (name: string, vhost = '/') => {
  return { name, vhost, durable: true, auto_delete: false, arguments: {} }
}

const everything = {
  rabbit_version: '3.10.8',
  users: [
    { name: 'app', password_hash: 'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR', tags: ['monitoring'] },
  ],
  vhosts: [{ name: 'v', description: 'd', tags: ['t'], default_queue_type: 'quorum', tracing: true }],
  permissions: [{ user: 'app', vhost: 'v', configure: '^a', write: '.*', read: '' }],
  topic_permissions: [{ user: 'app', vhost: 'v', exchange: 'x', write: '^a', read: '^b' }],
  parameters: [
    { vhost: 'v', component: 'vhost-limits', name: 'limits', value: { 'max-queues': 50 } },
    {
      vhost: 'v',
      component: 'operator_policy',
      name: 'op',
      value: { pattern: '.*', definition: { expires: 1000 }, priority: 0, 'apply-to': 'queues' },
    },
  ],
  global_parameters: [{ name: 'cluster_name', value: 'orders' }],
  policies: [
    {
      vhost: 'v',
      name: 'p',
      pattern: '^q',
      'apply-to': 'queues',
      definition: { 'max-length': 9 },
      priority: 2,
    },
  ],
  queues: [{ ...queue('q', 'v'), arguments: { 'x-queue-type': 'classic', 'x-message-ttl': 500 } }],
  exchanges: [
    {
      vhost: 'v',
      name: 'x',
      type: 'headers',
      durable: true,
      auto_delete: false,
      internal: true,
      arguments: { 'alternate-exchange': 'amq.fanout' },
    },
  ],
  bindings: [
    {
      vhost: 'v',
      source: 'x',
      destination: 'q',
      destination_type: 'queue',
      routing_key: 'k',
      arguments: { 'x-match': 'any', list: [1, 'two', { three: 3 }], fraction: 1.5, yes: true },
    },
    {
      vhost: 'v',
      source: 'amq.topic',
      destination: 'x',
      destination_type: 'exchange',
      routing_key: 'a.#',
      arguments: {},
    },
  ],
}

type Exported = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>

async function turnsDuring(going: Promise<unknown>): Promise<number> {
  let turns = 0
  let isDone = false
  const other = () => {
    if (isDone) return
    turns++
    setImmediate(other)
  }
  other()
  await going
  isDone = true
  return turns
}

describe('definitions', () => {
  let composed: ComposedBroker
  let broker: Broker

  beforeEach(() => {
    composed = composeBroker(new SystemTurn())
    broker = composed.broker
  })

  const exported = (): Exported => exportDefinitions(broker) as Exported
  const refused = async (definitions: object, vhost?: string): Promise<unknown> => {
    const into = vhost === undefined ? {} : { vhost }
    return importDefinitions(broker, definitions as never, into).catch((error: unknown) => {
      expect(error).toBeInstanceOf(DefinitionsRefused)
      return (error as DefinitionsRefused).reason
    })
  }

  it('come out as they went in, and change nothing when they come again', async () => {
    await importDefinitions(broker, everything)
    const once = exported()
    for (const category of ['permissions', 'topic_permissions', 'parameters', 'policies', 'exchanges']) {
      for (const record of everything[category as 'policies']) expect(once[category]).toContainEqual(record)
    }
    expect(once['queues']).toEqual(everything.queues)
    expect(new Set(once['bindings'])).toEqual(new Set(everything.bindings))
    expect(once['users']).toContainEqual({
      ...everything.users[0],
      hashing_algorithm: 'rabbit_password_hashing_sha256',
      limits: {},
    })
    expect(once['global_parameters']).toContainEqual({ name: 'cluster_name', value: 'orders' })
    expect(once['vhosts']?.[1]).toMatchObject({ ...everything.vhosts[0] })
    await importDefinitions(broker, once)
    expect(exported()).toEqual(once)
  })

  it('do not hold what goes with a connection, and what RabbitMQ keeps for itself', () => {
    const { vhost } = composed
    const connection = {}
    const args = new Map()
    declareQueue(
      vhost,
      { name: 'mine', durable: false, autoDelete: false, owner: connection, arguments: args },
      connection,
    )
    expect(exported()['queues']).toEqual([])
    expect(exported()['exchanges']).toEqual([])
  })

  it('of a virtual host go into another one', async () => {
    await importDefinitions(broker, everything)
    broker.putVhost('w')
    const of = (name: string) => exportVhostDefinitions(broker, broker.vhosts.get(name)!)
    await importDefinitions(broker, of('v'), { vhost: 'w' })
    const { original_vhost_name: _, ...moved } = of('w')
    const { original_vhost_name: __, ...said } = of('v')
    for (const category of ['queues', 'exchanges', 'bindings', 'policies', 'parameters'])
      expect(moved[category]).toEqual(said[category])
  })

  it('change nothing when any of them is wrong', async () => {
    const before = exported()
    const bindings = [{ ...everything.bindings[0], destination_type: 'nothing' }]
    expect(await refused({ ...everything, bindings })).toBe(
      'destination_type of a binding is queue or exchange',
    )
    expect(exported()).toEqual(before)
  })

  it('leave a queue that is there as it is, also where they have another', async () => {
    await importDefinitions(broker, { queues: [queue('q')] })
    await importDefinitions(broker, { queues: [{ ...queue('q'), arguments: { 'x-max-length': 1 } }] })
    expect(exported()['queues']).toEqual([queue('q')])
  })

  it('pass over bindings whose ends are not there, names of the broker and what is no object', async () => {
    const binding = { ...everything.bindings[1], vhost: '/' }
    await importDefinitions(broker, { bindings: [binding], queues: [queue('amq.q'), 5], users: [5] })
    expect(exported()['queues']).toEqual([])
    expect(exported()['bindings']).toEqual([])
  })

  it('give a file of before 3.6 its digest', async () => {
    const users = [{ name: 'old', password_hash: 'AAAA', tags: '' }]
    await importDefinitions(broker, { rabbit_version: '3.5.7', users })
    expect(broker.users.find('old')?.hashingAlgorithm).toBe('rabbit_password_hashing_md5')
  })

  it('of ten thousand queues go in over many turns, in which others go on', async () => {
    const queues = Array.from({ length: 10_000 }, (_, index) => queue(`q${index}`))
    expect(await turnsDuring(importDefinitions(broker, { queues }))).toBeGreaterThan(50)
    expect(composed.vhost.queues.size).toBe(10_000)
    // There is nothing to do, but to find that out.
    expect(await turnsDuring(importDefinitions(broker, { queues }))).toBeGreaterThan(8)
  })

  const refusals: readonly (readonly [object, unknown])[] = [
    [{ users: 5 }, 'users is an array of objects'],
    [{ users: [{ tags: '' }] }, ['badkey', 'name']],
    [{ users: [{ name: 'u' }] }, 'tags_not_present'],
    [{ permissions: [{ user: 'u', vhost: '/' }] }, ['no_such_user', 'u']],
    [{ queues: [queue('q', 'w')] }, 'Please create virtual host "w" prior to importing definitions.'],
    [
      { queues: [{ ...queue('q'), vhost: undefined }] },
      'Virtual host does not exist and is not specified in definitions file.',
    ],
    [
      { queues: [{ ...queue('q'), arguments: { 'x-max-length': 'a' } }] },
      "precondition_failed: invalid arg 'x-max-length' for queue 'q' in vhost '/': \"expected integer, got longstr\"",
    ],
    [{ queues: [{ ...queue('q'), durable: 1 }] }, "durable of 'q' should be a boolean"],
    [{ queues: [queue('q'.repeat(256))] }, 'name should be less than 255 bytes, actually was 256'],
    [
      { policies: [{ vhost: '/', name: 'p', pattern: 'a', definition: { nope: 1 } }] },
      'Validation failed\n\n[{<<"nope">>,1}] are not recognised policy settings\n (//p)',
    ],
    [
      { parameters: [{ vhost: '/', component: 'nope', name: 'p', value: {} }] },
      'Validation failed\n\ncomponent nope not found\n (//nope/p)',
    ],
  ]

  for (const [definitions, reason] of refusals) {
    it(`are refused: ${JSON.stringify(reason)}`, async () => {
      expect(await refused(definitions)).toEqual(reason)
    })
  }

  it('are refused where they have more queues than the virtual host may', async () => {
    broker.limits.set('vhost', '/', { 'max-queues': 2 })
    await importDefinitions(broker, { queues: [queue('a')] })
    expect(await refused({ queues: [queue('a'), queue('b'), queue('c')] })).toBe(
      'Adding 2 queue(s) to virtual host "/" would exceed the limit of 2 queue(s).\n\n' +
        'This virtual host currently has 1 queue(s) defined.\n\nImport aborted!',
    )
    await importDefinitions(broker, { queues: [queue('a'), queue('b')] })
    expect(composed.vhost.queues.size).toBe(2)
  })
})
