/** What a broker tells about itself through exchanges, seen with amqplib. The shapes are those of RabbitMQ. */
import { type Channel, type ChannelModel, connect, type GetMessage } from 'amqplib'
import type { BrokerOptions, EmbeddedBroker } from '../../src/index'
import { eventually } from '../support/eventually'
import { pathsIn, temporaryFolder } from '../support/temporary-folder'

const { createBroker } = require('../../dist') as typeof import('../../src/index')

let broker: EmbeddedBroker
let watching: ChannelModel
let watcher: Channel
let working: ChannelModel
let channel: Channel
let seen: GetMessage[]

async function start(options: BrokerOptions): Promise<void> {
  broker = await createBroker({ port: 0, logLevel: 'silent', ...options })
  watching = await connect(broker.url)
  watcher = await watching.createChannel()
  working = await connect(broker.url, { clientProperties: { connection_name: 'at work' } })
  channel = await working.createChannel()
  seen = []
}

afterEach(() => broker.close())

async function watch(exchange: string, key = '#'): Promise<void> {
  const { queue } = await watcher.assertQueue('', { exclusive: true })
  await watcher.bindQueue(queue, exchange, key)
  await watcher.consume(queue, message => message && seen.push(message as unknown as GetMessage), {
    noAck: true,
  })
}

/** What came under the keys, once there are as many as are waited for. */
async function come(count: number): Promise<GetMessage[]> {
  await eventually(() => expect(seen.length).toBeGreaterThanOrEqual(count))
  return seen
}

const keys = () => seen.map(({ fields }) => fields.routingKey)

async function under(key: string): Promise<GetMessage> {
  const found = () => seen.find(({ fields }) => fields.routingKey === key)
  await eventually(() => expect(keys()).toContain(key))
  return found()!
}

describe('amq.rabbitmq.event', () => {
  it('is not there unless it was asked for', async () => {
    await start({})
    channel.on('error', () => {})
    await expect(channel.checkExchange('amq.rabbitmq.event')).rejects.toThrow(/404/)
  })

  describe('with eventExchange', () => {
    beforeEach(() => start({ eventExchange: true }))

    it('is a durable internal topic exchange', async () => {
      await channel.assertExchange('amq.rabbitmq.event', 'topic', { durable: true, internal: true })
      channel.on('error', () => {})
      channel.publish('amq.rabbitmq.event', 'queue.created', Buffer.of())
      await expect(channel.checkQueue('q')).rejects.toThrow(/403/)
    })

    it('gives each event a message without a body, with the time in seconds and in milliseconds', async () => {
      await watch('amq.rabbitmq.event', 'queue.created')
      const before = Date.now()
      await channel.assertQueue('q', { durable: false, arguments: { 'x-max-length': 10, text: 'é' } })
      const [message] = await come(1)
      const { headers = {}, timestamp, deliveryMode } = message!.properties
      expect(message!.content).toHaveLength(0)
      expect(deliveryMode).toBe(2)
      expect(headers['timestamp_in_ms']).toBeGreaterThanOrEqual(before)
      expect(timestamp).toBe(Math.floor(headers['timestamp_in_ms'] / 1000))
      expect(headers).toMatchObject({
        name: 'q',
        vhost: '/',
        durable: false,
        auto_delete: false,
        exclusive: false,
        owner_pid: '',
        type: 'rabbit_classic_queue',
        arguments: ['{<<"x-max-length">>,byte,10}', '{<<"text">>,longstr,<<"é"/utf8>>}'],
        user_who_performed_action: 'guest',
      })
    })

    it('tells of the binding that began the watch, and of connections by RabbitMQ terms', async () => {
      await watch('amq.rabbitmq.event')
      const other = await connect(broker.url, { clientProperties: { connection_name: 'another' } })
      await other.close()
      const created = (await under('connection.created')).properties.headers
      expect(created).toMatchObject({
        user_provided_name: 'another',
        host: '{127,0,0,1}',
        protocol: '{0,9,1}',
        auth_mechanism: 'PLAIN',
        ssl: false,
        user: 'guest',
        vhost: '/',
      })
      const closed = (await under('connection.closed')).properties.headers
      expect(closed).toMatchObject({ pid: created?.['pid'], user_provided_name: 'another' })
      expect(keys().slice(0, 2)).toEqual(['binding.created', 'consumer.created'])
    })

    it('says why a login failed as RabbitMQ does: by the codes of the characters', async () => {
      await watch('amq.rabbitmq.event', 'user.authentication.*')
      await expect(connect(broker.url.replace('guest:guest', 'guest:wrong'))).rejects.toThrow(/403/)
      const { headers = {} } = (await under('user.authentication.failure')).properties
      expect(String.fromCharCode(...headers['error'])).toBe("user 'guest' - invalid credentials")
      expect(headers).toMatchObject({ name: 'guest', connection_type: 'network' })
    })

    it('fits a frame whatever a queue was declared with', async () => {
      await watch('amq.rabbitmq.event', 'queue.created')
      const long = Buffer.alloc(60_000, 1) // printed <<1,1,…>>, twice as long
      await channel.assertQueue('q', { arguments: { long, short: 1 } })
      const { headers } = (await under('queue.created')).properties
      expect(headers?.['arguments']).toEqual(['...'])
    })

    it('tells of limits, of parameters and of what becomes of virtual hosts', async () => {
      await watch('amq.rabbitmq.event', '*.limits.*')
      await watch('amq.rabbitmq.event', 'parameter.*')
      await watch('amq.rabbitmq.event', 'vhost.*')
      await broker.putVhost('v', { description: 'mine', tags: ['a', 'b'], defaultQueueType: 'quorum' })
      await broker.setVhostLimits({ 'max-queues': 3 }, 'v')
      await broker.setUserLimits('guest', { 'max-channels': 4 })
      await broker.setUserLimits('guest', {})
      await broker.deleteVhost('v')
      await under('vhost.deleted')
      const by = { user_who_performed_action: 'rmq-internal' }
      const parameter = { vhost: 'v', component: 'vhost-limits', name: 'limits' }
      expect(
        seen.map(({ fields, properties: { headers = {} } }) => {
          const { timestamp_in_ms: _, cluster_state: __, ...rest } = headers
          return [fields.routingKey, rest]
        }),
      ).toEqual([
        [
          'vhost.created',
          {
            name: 'v',
            description: 'mine',
            tags: ['a', 'b'],
            default_queue_type: 'quorum',
            tracing: false,
            ...by,
          },
        ],
        ['parameter.set', { ...parameter, value: { 'max-queues': 3 }, ...by }],
        ['vhost.limits.set', { name: 'limits', vhost: 'v', 'max-queues': 3, ...by }],
        ['user.limits.set', { name: 'limits', username: 'guest', 'max-channels': 4, ...by }],
        ['user.limits.cleared', { name: 'limits', username: 'guest', ...by }],
        ['parameter.cleared', { ...parameter, ...by }],
        ['vhost.limits.cleared', { name: 'limits', vhost: 'v', ...by }],
        ['vhost.deleted', { name: 'v', ...by }],
      ])
    })

    it('names the channel by which a consumer came, and the connection of the channel', async () => {
      await watch('amq.rabbitmq.event')
      const other = await working.createChannel()
      const { queue } = await other.assertQueue('', { exclusive: true })
      await other.consume(queue, () => {}, { consumerTag: 'c', arguments: { 'x-priority': 3 } })
      await other.close()
      const opened = (await under('channel.created')).properties.headers
      await under('channel.closed')
      const consumer = seen.filter(({ fields }) => fields.routingKey.startsWith('consumer.')).at(-1)
      expect(opened).toMatchObject({ number: 2, user: 'guest', vhost: '/' })
      expect(consumer?.properties.headers).toMatchObject({
        consumer_tag: 'c',
        queue,
        channel: opened?.['pid'],
      })
      const declared = seen.filter(({ fields }) => fields.routingKey === 'queue.created').at(-1)
      expect(declared?.properties.headers).toMatchObject({ owner_pid: opened?.['connection'] })
    })
  })
})

describe('what is bound to the exchanges of a broker on a data folder', () => {
  const newFolder = pathsIn(temporaryFolder())

  it('is bound after a restart, unless the exchanges are not wanted any more', async () => {
    const dataDir = newFolder()
    await start({ dataDir, eventExchange: true, logExchange: 'info' })
    await channel.assertQueue('kept', { durable: true })
    await channel.bindQueue('kept', 'amq.rabbitmq.event', 'channel.created')
    await channel.bindQueue('kept', 'amq.rabbitmq.log', '#')
    await broker.close()
    await start({ dataDir, eventExchange: true, logExchange: 'info' })
    const { messageCount } = await channel.checkQueue('kept')
    expect(messageCount).toBe(2) // of the two channels of `start`
    await broker.close()
    await start({ dataDir })
    expect((await channel.checkQueue('kept')).messageCount).toBe(2)
  })
})

describe('amq.rabbitmq.trace', () => {
  beforeEach(async () => {
    await start({})
    await channel.assertQueue('q', { durable: false })
    await watch('amq.rabbitmq.trace')
  })

  it('is silent until it is switched on, and again when it is switched off', async () => {
    channel.sendToQueue('q', Buffer.from('untraced'))
    await channel.checkQueue('q')
    broker.trace('/', true)
    broker.trace('/', true)
    channel.sendToQueue('q', Buffer.from('traced'))
    await channel.checkQueue('q')
    broker.trace('/', false)
    channel.sendToQueue('q', Buffer.from('untraced'))
    await channel.get('q', { noAck: true })
    broker.trace('/', true)
    channel.sendToQueue('q', Buffer.from('traced again'))
    await come(2)
    expect(seen.map(({ content }) => content.toString())).toEqual(['traced', 'traced again'])
  })

  it('has a copy of every publish, with its properties and where it went', async () => {
    broker.trace('/', true)
    await channel.bindQueue('q', 'amq.direct', 'k')
    channel.publish('amq.direct', 'k', Buffer.from('hello'), {
      headers: { h: 1 },
      CC: ['carbon'],
      BCC: ['blind'],
      contentType: 'text/plain',
      persistent: true,
      priority: 3,
      timestamp: 2 ** 33,
    })
    const copy = await under('publish.amq.direct')
    expect(copy.content.toString()).toBe('hello')
    expect(copy.properties.headers).toEqual({
      exchange_name: 'amq.direct',
      routing_keys: ['k', 'carbon', 'blind'],
      properties: {
        headers: { h: 1, CC: ['carbon'] },
        content_type: 'text/plain',
        delivery_mode: 2,
        priority: 3,
        timestamp: 2 ** 33,
      },
      node: 'leveret@localhost',
      vhost: '/',
      connection: expect.stringMatching(/^127\.0\.0\.1:\d+ -> 127\.0\.0\.1:\d+$/),
      channel: 1,
      user: 'guest',
      routed_queues: ['q'],
    })
    expect(copy.properties.deliveryMode).toBeUndefined()
  })

  it('has a copy of every delivery, to a consumer and to basic.get, first and again', async () => {
    broker.trace('/', true)
    channel.sendToQueue('q', Buffer.from('hello'))
    const message = (await channel.get('q')) as GetMessage
    channel.nack(message)
    await new Promise(resolve => channel.consume('q', resolve, { noAck: true }))
    await eventually(() => expect(keys()).toEqual(['publish.', 'deliver.q', 'deliver.q']))
    expect(seen.slice(1).map(({ properties }) => properties.headers?.['redelivered'])).toEqual([0, 1])
    expect(seen[1]?.properties.headers).toMatchObject({ exchange_name: '', routing_keys: ['q'], channel: 1 })
    expect(seen.map(({ content }) => content.toString())).toEqual(['hello', 'hello', 'hello'])
  })

  it('has no copy of copies', async () => {
    broker.trace('/', true)
    await watch('amq.rabbitmq.trace')
    channel.publish('amq.fanout', '', Buffer.from('once'))
    await under('publish.amq.fanout')
    channel.publish('amq.direct', 'k', Buffer.from('later'))
    await come(4)
    expect(keys().sort()).toEqual([
      'publish.amq.direct',
      'publish.amq.direct',
      'publish.amq.fanout',
      'publish.amq.fanout',
    ])
  })

  it('has no copy of what was refused', async () => {
    broker.trace('/', true)
    channel.on('error', () => {})
    channel.sendToQueue('q', Buffer.from('bad'), { expiration: 'soon' })
    await expect(channel.checkQueue('q')).rejects.toThrow(/406/)
    const other = await working.createChannel()
    other.publish('amq.fanout', '', Buffer.from('good'))
    await under('publish.amq.fanout')
    expect(keys()).toEqual(['publish.amq.fanout'])
  })

  it('leaves messages on their way whatever their names and headers', async () => {
    broker.trace('/', true)
    const name = 'é'.repeat(125)
    await channel.assertQueue(name, { durable: false })
    channel.sendToQueue(name, Buffer.from('long'), { headers: { long: 'x'.repeat(60_000) } })
    const message = (await channel.get(name, { noAck: true })) as GetMessage
    expect(message.content.toString()).toBe('long')
    await come(2)
    expect(Buffer.byteLength(keys()[1]!)).toBeLessThanOrEqual(255)
    expect(keys()[1]).toBe(`deliver.${'é'.repeat(123)}`)
    expect(seen[0]?.properties.headers?.['properties']).not.toHaveProperty('headers')
  })

  it('takes no virtual host that there is none of', () => {
    expect(() => broker.trace('nowhere', true)).toThrow(new RangeError("there is no vhost 'nowhere'"))
  })
})

describe('amq.rabbitmq.log', () => {
  it('is not there unless it was asked for', async () => {
    await start({})
    channel.on('error', () => {})
    await expect(channel.checkExchange('amq.rabbitmq.log')).rejects.toThrow(/404/)
  })

  it('has the lines of its level and above, under their level, though nothing is written', async () => {
    await start({ logExchange: 'warn' })
    await watch('amq.rabbitmq.log')
    await expect(connect(broker.url.replace('guest:guest', 'guest:wrong'))).rejects.toThrow(/403/)
    const line = await under('warning')
    expect(line.properties).toMatchObject({
      contentType: 'text/plain',
      headers: { node: 'leveret@localhost' },
      timestamp: expect.any(Number),
    })
    expect(line.content.toString()).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00 \[warning\] PLAIN login refused: user 'guest' - invalid credentials \(connection: .*\)\n$/,
    )
    expect(new Set(keys())).toEqual(new Set(['warning']))
  })

  it('has the lines below warnings when it is told to', async () => {
    await start({ logExchange: 'debug' })
    await watch('amq.rabbitmq.log', 'debug')
    const other = await connect(broker.url)
    const line = await under('debug')
    expect(line.content.toString()).toMatch(/connection opened \(connection: .*, user: guest, vhost: \/\)\n$/)
    await other.close()
  })
})

describe('message interceptors', () => {
  /** What a consumer gets of what was published to `q`. */
  async function passed(properties: object): Promise<GetMessage['properties']> {
    await channel.assertQueue('q', { durable: false })
    channel.sendToQueue('q', Buffer.from('body'), properties)
    const message = (await channel.get('q', { noAck: true })) as GetMessage
    expect(message.content.toString()).toBe('body')
    return message.properties
  }

  it('are off', async () => {
    await start({})
    const { headers, timestamp } = await passed({})
    expect([headers, timestamp]).toEqual([{}, undefined])
  })

  it.each(['keep', 'overwrite'] as const)(
    'set the time where there is none: %s',
    async setHeaderTimestamp => {
      await start({ setHeaderTimestamp })
      const before = Date.now()
      const given = { headers: { h: 1 }, contentType: 'text', expiration: '60000' }
      const { headers = {}, timestamp, contentType, expiration } = await passed(given)
      expect(expiration).toBe('60000')
      expect(headers).toEqual({ h: 1, timestamp_in_ms: expect.any(Number) })
      expect(headers['timestamp_in_ms']).toBeGreaterThanOrEqual(before)
      expect(timestamp).toBe(Math.floor(headers['timestamp_in_ms'] / 1000))
      expect(contentType).toBe('text')
    },
  )

  it('keep the time that is there', async () => {
    await start({ setHeaderTimestamp: 'keep' })
    const { headers = {}, timestamp } = await passed({ timestamp: 7, headers: { timestamp_in_ms: 'mine' } })
    expect([headers['timestamp_in_ms'], timestamp]).toEqual(['mine', 7])
  })

  it('overwrite the time that is there', async () => {
    await start({ setHeaderTimestamp: 'overwrite' })
    const { headers = {}, timestamp } = await passed({ timestamp: 7, headers: { timestamp_in_ms: 'mine' } })
    expect(headers['timestamp_in_ms']).toBeGreaterThan(1_700_000_000_000)
    expect(timestamp).toBeGreaterThan(1_700_000_000)
  })

  it('set the node, and keep or overwrite what is there', async () => {
    await start({ setHeaderRoutingNode: 'keep' })
    expect((await passed({})).headers).toEqual({ 'x-routed-by': 'leveret@localhost' })
    expect((await passed({ headers: { 'x-routed-by': 'me' } })).headers).toEqual({ 'x-routed-by': 'me' })
    await broker.close()
    await start({ setHeaderRoutingNode: 'overwrite' })
    const { headers, timestamp } = await passed({ headers: { 'x-routed-by': 'me' } })
    expect([headers, timestamp]).toEqual([{ 'x-routed-by': 'leveret@localhost' }, undefined])
  })

  it('come before routing', async () => {
    await start({ setHeaderRoutingNode: 'keep' })
    await channel.assertQueue('q', { durable: false })
    await channel.bindQueue('q', 'amq.headers', '', {
      'x-match': 'all-with-x',
      'x-routed-by': 'leveret@localhost',
    })
    channel.publish('amq.headers', '', Buffer.from('routed'))
    const message = (await channel.get('q', { noAck: true })) as GetMessage
    expect(message.content.toString()).toBe('routed')
  })

  it('tell when a message was sent to a consumer or to basic.get, and not when it was returned', async () => {
    await start({ sentTimestamp: true })
    const sent = 'x-opt-rabbitmq-sent-time'
    const before = Date.now()
    expect((await passed({ headers: { h: 1 } })).headers).toEqual({ h: 1, [sent]: expect.any(Number) })
    channel.sendToQueue('q', Buffer.from('consumed'))
    const message = await new Promise<GetMessage>(resolve =>
      channel.consume('q', got => resolve(got as unknown as GetMessage)),
    )
    expect(message.properties.headers?.[sent]).toBeGreaterThanOrEqual(before)
    expect(message.content.toString()).toBe('consumed')
    const returned = new Promise<GetMessage>(resolve => channel.once('return', resolve))
    channel.sendToQueue('nowhere', Buffer.from('back'), { mandatory: true })
    expect((await returned).properties.headers).toEqual({})
  })
})
