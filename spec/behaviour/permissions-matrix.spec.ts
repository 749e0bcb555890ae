/**
 * Every operation with each right that it needs, and without it: what is granted is just that, so that it is also seen
 * what an operation does not need. Tags open the management and nothing here, so it is the same with any of them.
 */
import type { MethodFields, MethodName } from '../../conformance/support/methods'
import type { CompatVersion } from '../../src/broker/compat'
import { type InProcessBroker, inProcessBroker } from '../support/in-process'
import { type InProcessClient, protocolHeader } from '../support/in-process-clients'

type Right = 'configure' | 'write' | 'read'
/** `read queue q`, or a topic's `read topic a.b at t`. */
type Need = readonly [right: Right, kind: 'queue' | 'exchange', name: string] | TopicNeed
type TopicNeed = readonly [right: 'write' | 'read', kind: 'topic', key: string, exchange: string]

interface Operation {
  readonly name: string
  readonly needs: readonly Need[]
  act(client: InProcessClient): void
}

const QUEUE: Need[] = [['configure', 'queue', 'q']]
const alternate = { 'alternate-exchange': 'ae' }
const deadLettered = { 'x-dead-letter-exchange': 'dlx' }

const operations: readonly Operation[] = [
  call('exchange.declare', { exchange: 'new', type: 'direct' }, [['configure', 'exchange', 'new']]),
  call(
    'exchange.declare',
    { exchange: 'x', type: 'direct' },
    [['configure', 'exchange', 'x']],
    'of one that is there',
  ),
  call(
    'exchange.declare',
    { exchange: 'new', type: 'direct', arguments: alternate },
    [
      ['configure', 'exchange', 'new'],
      ['read', 'exchange', 'new'],
      ['write', 'exchange', 'ae'],
    ],
    'with an alternate exchange',
  ),
  call('exchange.declare', { exchange: 'x', type: 'direct', passive: true }, [], 'passive'),
  call('exchange.delete', { exchange: 'x' }, [['configure', 'exchange', 'x']]),
  call(
    'exchange.delete',
    { exchange: 'nope' },
    [['configure', 'exchange', 'nope']],
    'of one that is not there',
  ),
  bind('exchange.bind', { source: 'x', destination: 'y' }, 'exchange', 'y'),
  bind('exchange.unbind', { source: 'x', destination: 'y' }, 'exchange', 'y'),
  call('queue.declare', { queue: 'new' }, [['configure', 'queue', 'new']]),
  call('queue.declare', { queue: 'q', durable: true }, QUEUE, 'of one that is there'),
  call(
    'queue.declare',
    { queue: 'new', arguments: deadLettered },
    [
      ['configure', 'queue', 'new'],
      ['read', 'queue', 'new'],
      ['write', 'exchange', 'dlx'],
    ],
    'with a dead letter exchange',
  ),
  call('queue.declare', { queue: 'q', passive: true }, [], 'passive'),
  call('queue.delete', { queue: 'q' }, QUEUE),
  bind('queue.bind', { queue: 'q', exchange: 'x' }, 'queue', 'q'),
  bind('queue.unbind', { queue: 'q', exchange: 'x' }, 'queue', 'q'),
  call('queue.purge', { queue: 'q' }, [['read', 'queue', 'q']]),
  call(
    'queue.bind',
    { queue: 'q', exchange: 't', routingKey: 'a.b' },
    [
      ['write', 'queue', 'q'],
      ['read', 'exchange', 't'],
      ['read', 'topic', 'a.b', 't'],
    ],
    'to a topic exchange',
  ),
  call(
    'exchange.bind',
    { destination: 'y', source: 't', routingKey: 'a.b' },
    [
      ['write', 'exchange', 'y'],
      ['read', 'exchange', 't'],
      ['read', 'topic', 'a.b', 't'],
    ],
    'to a topic exchange',
  ),
  publish({ exchange: 'x', routingKey: 'k' }, [['write', 'exchange', 'x']]),
  publish({ routingKey: 'q' }, [['write', 'exchange', 'amq.default']], 'to the default exchange'),
  publish(
    { exchange: 't', routingKey: 'a.b' },
    [
      ['write', 'exchange', 't'],
      ['write', 'topic', 'a.b', 't'],
    ],
    'to a topic exchange',
  ),
  call('basic.consume', { queue: 'q', consumerTag: 'c' }, [['read', 'queue', 'q']]),
  {
    name: 'basic.get',
    needs: [['read', 'queue', 'q']],
    act: client => {
      client.send('basic.get', { queue: 'q' }, 1)
      client.take('basic.get-empty', 1)
    },
  },
  ...(['confirm.select', 'tx.select', 'basic.qos'] as const).map(name => call(name, {}, [])),
  call('basic.recover', { requeue: true }, []),
]

function call<M extends MethodName>(
  method: M,
  fields: Partial<MethodFields[M]>,
  needs: readonly Need[],
  of = '',
): Operation {
  return {
    name: `${method} ${of}`.trim(),
    needs,
    act: client => {
      client.send(method, fields, 1)
      client.take(`${method}-ok` as MethodName, 1)
    },
  }
}

function bind<M extends MethodName>(
  method: M,
  fields: Partial<MethodFields[M]>,
  kind: 'queue' | 'exchange',
  destination: string,
): Operation {
  return call(method, fields, [
    ['write', kind, destination],
    ['read', 'exchange', 'x'],
  ])
}

function publish(fields: Partial<MethodFields['basic.publish']>, needs: readonly Need[], to = ''): Operation {
  return {
    name: `basic.publish ${to}`.trim(),
    needs,
    act: client => {
      client.send('basic.publish', fields, 1)
      client.say(emptyContent)
      client.send('basic.qos', {}, 1)
      client.take('basic.qos-ok', 1)
    },
  }
}

/** A content header on channel 1: class 60, no body, no properties. */
const emptyContent = Buffer.concat([
  Buffer.from([2, 0, 1, 0, 0, 0, 14]),
  Buffer.from([0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
  Buffer.from([0xce]),
])

/** Patterns for these and no others. */
function grant(broker: InProcessBroker, needs: readonly Need[]): void {
  const named = (right: Right): string => {
    const names = needs.filter(need => need[0] === right && need[1] !== 'topic').map(need => need[2])
    return names.length === 0 ? '' : `^(${names.join('|').replaceAll('.', '\\.')})$`
  }
  const { accounts } = broker.broker
  accounts.setPermissions('ann', '/', {
    configure: named('configure'),
    write: named('write'),
    read: named('read'),
  })
  const keys = (right: Right): string =>
    needs.some(need => need[0] === right && need[1] === 'topic') ? '^a\\.b$' : '^$'
  accounts.setTopicPermissions('ann', '/', 't', { write: keys('write'), read: keys('read') })
}

function refusal([right, kind, name, exchange]: Need): string {
  const resource = kind === 'topic' ? `topic '${name}' in exchange topic '${exchange}'` : `${kind} '${name}'`
  return `ACCESS_REFUSED - ${right} access to ${resource} in vhost '/' refused for user 'ann'`
}

function stage(tags: readonly string[], compat?: CompatVersion): InProcessBroker {
  const broker = inProcessBroker({}, compat)
  const setup = broker.connect().open().openChannel()
  for (const exchange of ['x', 'y']) {
    setup.send('exchange.declare', { exchange, type: 'direct' }, 1)
    setup.take('exchange.declare-ok', 1)
  }
  setup.send('exchange.declare', { exchange: 't', type: 'topic' }, 1)
  setup.take('exchange.declare-ok', 1)
  setup.send('queue.declare', { queue: 'q', durable: true }, 1)
  setup.take('queue.declare-ok', 1)
  broker.broker.accounts.putUser('ann', { password: 'secret', tags })
  return broker
}

function connectAsAnn(broker: InProcessBroker): InProcessClient {
  const client = broker.connect()
  client.say(protocolHeader)
  client.send('connection.start-ok', {
    mechanism: 'PLAIN',
    response: Buffer.from('\0ann\0secret'),
    locale: 'en_US',
  })
  client.send('connection.tune-ok', { channelMax: 2047, frameMax: 131_072, heartbeat: 0 })
  client.send('connection.open', { virtualHost: '/' })
  for (const method of ['connection.start', 'connection.tune', 'connection.open-ok'] as const) {
    client.take(method)
  }
  return client.openChannel()
}

/** With what the operation is refused; undefined: it is not. */
function outcome(broker: InProcessBroker, { act }: Operation): unknown {
  const client = connectAsAnn(broker)
  try {
    act(client)
    return undefined
  } catch (error) {
    const text = String(error)
    const close = /"replyCode":(\d+),"replyText":"(.*?)","classId"/.exec(text)
    if (close === null) throw error
    return [Number(close[1]), close[2]]
  }
}

const tags = [[], ['administrator'], ['management'], ['monitoring'], ['policymaker'], ['impersonator']]

describe.each(tags.map(list => [list.join() || 'no tag', list] as const))('a user with %s', (_, tagged) => {
  it.each(operations.map(operation => [operation.name, operation] as const))(
    'may %s with just the rights it needs',
    (_name, operation) => {
      const broker = stage(tagged)
      grant(broker, operation.needs)
      expect(outcome(broker, operation)).toBeUndefined()
    },
  )

  it.each(
    operations.flatMap(operation =>
      operation.needs.map(need => [operation.name, need.join(' '), operation, need] as const),
    ),
  )('may not %s without %s', (_name, _need, operation, missing) => {
    const broker = stage(tagged)
    grant(
      broker,
      operation.needs.filter(need => need !== missing),
    )
    expect(outcome(broker, operation)).toEqual([403, refusal(missing)])
  })

  it('may not even open a virtual host without an entry for it', () => {
    const broker = stage(tagged)
    expect(() => connectAsAnn(broker)).toThrow("NOT_ALLOWED - access to vhost '/' refused for user 'ann'")
  })
})

describe('a passive declaration, where RabbitMQ 4.3 is asked for', () => {
  const passive: readonly (readonly [Operation, 'queue' | 'exchange', string])[] = [
    [call('queue.declare', { queue: 'q', passive: true }, []), 'queue', 'q'],
    [call('exchange.declare', { exchange: 'x', type: 'direct', passive: true }, []), 'exchange', 'x'],
  ]

  it.each(passive)('needs one of the rights: %j', (operation, kind, name) => {
    const broker = stage([], '4.3')
    grant(broker, [])
    expect(outcome(broker, operation)).toEqual([403, expect.stringContaining(`access to ${kind} '${name}'`)])
    for (const right of ['configure', 'write', 'read'] as const) {
      grant(broker, [[right, kind, name]])
      expect(outcome(broker, operation)).toBeUndefined()
    }
  })
})
