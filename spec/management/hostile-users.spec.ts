/** What users try who may do something, but not this. */
import { type ChannelModel, connect } from 'amqplib'
import { ListeningManagement } from './listening-management'

let managed: ListeningManagement
let connection: ChannelModel

beforeAll(async () => {
  managed = await ListeningManagement.open()
  connection = await connect(managed.listening.url)
  managed.addUser('mallory', ['management'], ['/'])
  managed.listening.broker.accounts.setTopicPermissions('mallory', '/', 'amq.topic', {
    write: '^a',
    read: '.*',
  })
  for (const queue of ['source', 'all']) await managed.ask('PUT', `/queues/%2F/${queue}`, { durable: true })
  await managed.ask('POST', '/bindings/%2F/e/amq.topic/q/all', { routing_key: '#' })
  await managed.ask('POST', '/bindings/%2F/e/amq.fanout/q/source', {})
})

afterAll(async () => {
  await connection.close()
  await managed.close()
})

beforeEach(async () => {
  for (const queue of ['source', 'all']) await managed.ask('DELETE', `/queues/%2F/${queue}/contents`)
})

const publish = (routing_key: string, headers: object = {}) =>
  managed.ask(
    'POST',
    '/exchanges/%2F/amq.fanout/publish',
    { routing_key, properties: { headers }, payload: 'x', payload_encoding: 'string' },
    'mallory',
  )

const waitingKeys = async (queue: string): Promise<string[]> =>
  (await managed.get(`/queues/%2F/${queue}/messages`)).body.items.map(
    (item: { routing_key: string }) => item.routing_key,
  )

describe('a policymaker', () => {
  const operator = { pattern: '.*', definition: { 'max-length': 10 }, priority: 0, 'apply-to': 'queues' }
  const rows = [
    ['operator_policy', 'bound', operator],
    ['vhost-limits', 'limits', { 'max-queues': 10 }],
  ] as const

  it.each(rows)(
    'does not set, lift or replace what operators set, by no other address: %s',
    async (component, name, value) => {
      managed.addUser('maker', ['policymaker'], ['/'])
      const path = `/parameters/${component}/%2F/${name}`
      expect((await managed.ask('PUT', path, { value }, 'maker')).status).toBe(401)
      expect((await managed.ask('PUT', path, { value })).status).toBe(201)
      expect((await managed.ask('DELETE', path, undefined, 'maker')).status).toBe(401)
      expect((await managed.get(path, 'maker')).status).toBe(200)
      expect((await managed.ask('DELETE', path)).status).toBe(204)
    },
  )
})

describe('topic permissions', () => {
  it('hold for messages that are moved with the keys they have', async () => {
    await publish('a.1')
    await publish('b.1')
    const destination = { exchange: 'amq.topic' }
    const { body } = await managed.ask('POST', '/queues/%2F/source/move', { destination }, 'mallory')
    expect(body).toEqual({ moved: 1, left: 1, reasons: { forbidden: 1 } })
    expect(await waitingKeys('all')).toEqual(['a.1'])
    expect(await waitingKeys('source')).toEqual(['b.1'])
  })

  it('hold for the further keys that moved messages bring along', async () => {
    await publish('a.1', { CC: ['b.1'] })
    const destination = { exchange: 'amq.topic' }
    const { body } = await managed.ask('POST', '/queues/%2F/source/move', { destination }, 'mallory')
    expect(body).toEqual({ moved: 0, left: 1, reasons: { forbidden: 1 } })
    expect(await waitingKeys('all')).toEqual([])
  })

  it('hold for messages that say they died there', async () => {
    const died = (key: string) => {
      const death = { queue: 'gone', exchange: 'amq.topic', 'routing-keys': [key], reason: 'rejected' }
      return { 'x-death': [death], 'x-first-death-queue': 'gone', 'x-first-death-exchange': 'amq.topic' }
    }
    await publish('x', died('b.2'))
    await publish('x', died('a.2'))
    const { body } = await managed.ask('POST', '/queues/%2F/source/redrive', {}, 'mallory')
    expect(body).toEqual({ moved: 1, left: 1, reasons: { forbidden: 1 } })
    expect(await waitingKeys('all')).toEqual(['a.2'])
  })
})

describe("the exclusive queue of somebody else's connection", () => {
  beforeAll(async () => {
    const channel = await connection.createChannel()
    await channel.assertQueue('private', { exclusive: true })
    channel.sendToQueue('private', Buffer.from('secret'))
  })

  it.each([
    ['GET', 'messages', undefined],
    ['GET', 'unacked', undefined],
    ['POST', 'get', { count: 1, ackmode: 'ack_requeue_true', encoding: 'auto' }],
    ['POST', 'move', { destination: { queue: 'source' } }],
    ['POST', 'redrive', {}],
    ['DELETE', 'contents', undefined],
    ['DELETE', 'contents?count=1', undefined],
  ] as const)('is not read or changed: %s %s', async (method, action, body) => {
    const answer = await managed.ask(method, `/queues/%2F/private/${action}`, body, 'mallory')
    expect(answer.status).toBe(400)
    expect(answer.body.reason).toContain("cannot obtain exclusive access to locked queue 'private'")
    expect(JSON.stringify(answer.body)).not.toContain('secret')
  })

  it('is shown to an administrator, and to the user whose connection it is', async () => {
    expect((await managed.get('/queues/%2F/private/messages')).body.items).toMatchObject([
      { payload: 'secret' },
    ])
    const own = await connect(managed.amqpUrl('mallory', '/'))
    await (await own.createChannel()).assertQueue('own', { exclusive: true })
    expect((await managed.get('/queues/%2F/own/messages', 'mallory')).status).toBe(200)
    await own.close()
  })
})

describe('who else a message went to by BCC', () => {
  const looked = async (query = ''): Promise<string> =>
    JSON.stringify((await managed.get(`/queues/%2F/source/messages${query}`, 'mallory')).body)

  it('is nobody’s business, not even for who looks into the queue or searches it', async () => {
    await publish('k', { BCC: ['hush'], note: 'seen' })
    expect(await looked()).toContain('seen')
    expect(await looked()).not.toContain('hush')
    expect(await looked('?search=seen')).toContain('seen')
    expect(await looked('?search=hush')).not.toContain('seen')
  })
})
