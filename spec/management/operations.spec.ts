/** What is in a queue, looked at, moved, sent back and explained over HTTP; consumers cancelled. */
import { type ChannelModel, connect } from 'amqplib'
import { eventually } from '../support/eventually'
import { messageOf } from '../support/messages'
import { ListeningManagement } from './listening-management'

let managed: ListeningManagement
let connection: ChannelModel

beforeAll(async () => {
  managed = await ListeningManagement.open()
  connection = await connect(managed.listening.url)
  for (const right of ['configure', 'write', 'read']) {
    managed.addUser(right, ['management'])
    const patterns = { configure: '', write: '', read: '', [right]: '.*' }
    managed.listening.broker.accounts.setPermissions(right, '/', patterns)
  }
})

beforeEach(async () => {
  await managed.clear()
  await managed.ask('PUT', '/queues/%2F/q', { durable: true })
  await managed.ask('PUT', '/queues/%2F/other', { durable: true })
})

afterAll(async () => {
  await connection.close()
  await managed.close()
})

const fill = (queue: string, ...bodies: string[]) => {
  for (const body of bodies) managed.listening.vhost.queues.get(queue)!.enqueue(messageOf({ body }))
}

const count = async (queue: string) => (await managed.get(`/queues/%2F/${queue}`)).body.messages

const payloads = (items: readonly { payload: string }[]) => items.map(({ payload }) => payload)

describe('a look into a queue', () => {
  it('shows page after page, and leaves no trace', async () => {
    fill('q', 'one', 'two', 'three')
    const first = await managed.get('/queues/%2F/q/messages?limit=2')
    expect(first.body).toMatchObject({
      total: 3,
      offset: 0,
      next_offset: 2,
      items: [
        {
          position: 0,
          state: 'ready',
          redelivered: false,
          exchange: '',
          routing_key: 'key',
          properties: [],
          payload: 'one',
          payload_encoding: 'string',
          payload_bytes: 3,
        },
        { payload: 'two' },
      ],
    })
    const second = await managed.get('/queues/%2F/q/messages?limit=2&offset=2')
    expect(second.body).toMatchObject({
      next_offset: null,
      items: [{ payload: 'three', redelivered: false }],
    })
    expect(await count('q')).toBe(3)
  })

  it('searches, and cuts payloads', async () => {
    fill('q', 'an apple', 'a pear', 'Apples')
    const { body } = await managed.get('/queues/%2F/q/messages?search=APPLE&truncate=4')
    expect(body.items).toMatchObject([
      { payload: 'an a', payload_bytes: 8 },
      { payload: 'Appl', payload_bytes: 6 },
    ])
  })

  it('tells who has what is out, and for how long', async () => {
    fill('q', 'one', 'two')
    const channel = await connection.createChannel()
    await channel.prefetch(1)
    const { consumerTag } = await channel.consume('q', () => {})
    await eventually(() => expect(managed.listening.vhost.queues.get('q')!.unacknowledgedCount).toBe(1))
    await managed.sample()
    managed.listening.clock.advance(5000)
    const expected = {
      state: 'unacked',
      payload: 'one',
      consumer_tag: consumerTag,
      channel: expect.stringMatching(/^127\.0\.0\.1:\d+ -> 127\.0\.0\.1:\d+ \(\d+\)$/),
    }
    const unacked = await managed.get('/queues/%2F/q/unacked')
    expect(unacked.body).toMatchObject([expected])
    expect(unacked.body[0].unacked_for_ms).toBeGreaterThanOrEqual(4000)
    const every = await managed.get('/queues/%2F/q/messages?state=all')
    expect(every.body.items).toMatchObject([expected, { state: 'ready', payload: 'two' }])
    await channel.close()
  })

  it.each([
    'messages?limit=0',
    'messages?limit=1001',
    'messages?offset=-1',
    'messages?state=nope',
    'unacked?limit=0',
  ])('refuses %s', async what => {
    expect(await managed.get(`/queues/%2F/q/${what}`)).toMatchObject({
      status: 400,
      body: { error: 'bad_request' },
    })
  })

  it('is for those who may read', async () => {
    for (const what of ['messages', 'unacked']) {
      expect((await managed.get(`/queues/%2F/q/${what}`, 'read')).status).toBe(200)
      expect((await managed.get(`/queues/%2F/q/${what}`, 'write')).status).toBe(401)
      expect((await managed.get(`/queues/%2F/none/${what}`)).status).toBe(404)
    }
  })
})

describe('moving messages', () => {
  const move = (body: object, user?: string) => managed.ask('POST', '/queues/%2F/q/move', body, user)

  beforeEach(() => fill('q', 'one', 'two', 'three'))

  it('brings them to another queue', async () => {
    expect(await move({ destination: { queue: 'other' }, count: 2 })).toMatchObject({
      status: 200,
      body: { moved: 2 },
    })
    expect(await count('q')).toBe(1)
    expect(await count('other')).toBe(2)
  })

  it('copies them', async () => {
    expect((await move({ destination: { queue: 'other' }, mode: 'copy' })).body).toMatchObject({ moved: 3 })
    expect(await count('q')).toBe(3)
    expect(await count('other')).toBe(3)
  })

  it('takes those at these positions', async () => {
    await move({ destination: { queue: 'other' }, positions: [1] })
    expect(payloads((await managed.get('/queues/%2F/other/messages')).body.items)).toEqual(['two'])
  })

  it('publishes them to an exchange, with another key', async () => {
    const destination = { exchange: 'amq.default', routing_key: 'other' }
    expect((await move({ destination })).body).toMatchObject({ moved: 3 })
    expect(await count('other')).toBe(3)
  })

  it('leaves what leads nowhere where it is', async () => {
    const destination = { exchange: 'amq.direct' }
    expect((await move({ destination })).body).toMatchObject({
      moved: 0,
      left: 3,
      reasons: { unroutable: 3 },
    })
    expect(await count('q')).toBe(3)
  })

  it.each<[body: object, status: number]>([
    [{}, 400],
    [{ destination: {} }, 400],
    [{ destination: { queue: 'other', exchange: 'amq.direct' } }, 400],
    [{ destination: { queue: 'other' }, mode: 'nope' }, 400],
    [{ destination: { queue: 'other' }, count: -1 }, 400],
    [{ destination: { queue: 'none' } }, 404],
    [{ destination: { exchange: 'none' } }, 404],
  ])('refuses %j', async (body, status) => {
    expect((await move(body)).status).toBe(status)
    expect(await count('q')).toBe(3)
  })

  it('needs the right to read here and to write there', async () => {
    const destination = { queue: 'other' }
    expect((await move({ destination }, 'read')).body.reason).toMatch(/write access to queue 'other'/)
    expect((await move({ destination }, 'write')).body.reason).toMatch(/read access to queue 'q'/)
    expect(await count('q')).toBe(3)
  })
})

describe('sending dead letters back', () => {
  beforeEach(async () => {
    const args = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'other' }
    await managed.ask('PUT', '/queues/%2F/work', { arguments: args })
    fill('work', 'one', 'two')
    const rejected = { ackmode: 'reject_requeue_false', count: 2, encoding: 'auto' }
    await managed.ask('POST', '/queues/%2F/work/get', rejected)
    await eventually(async () => expect(await count('other')).toBe(2))
  })

  it('brings them to where they died first', async () => {
    fill('other', 'never died')
    const { body } = await managed.ask('POST', '/queues/%2F/other/redrive', {})
    expect(body).toEqual({ moved: 2, left: 1, reasons: { 'not-dead': 1 } })
    expect(await count('work')).toBe(2)
  })

  it('takes no body, too, and heeds a count', async () => {
    expect((await managed.ask('POST', '/queues/%2F/other/redrive', { count: 1 })).body.moved).toBe(1)
    expect((await managed.ask('POST', '/queues/%2F/other/redrive')).body.moved).toBe(1)
  })

  it('leaves what the user may not write', async () => {
    const { body } = await managed.ask('POST', '/queues/%2F/other/redrive', {}, 'read')
    expect(body).toEqual({ moved: 0, left: 2, reasons: { forbidden: 2 } })
  })
})

describe('dropping only some', () => {
  it('takes the oldest', async () => {
    fill('q', 'one', 'two', 'three')
    expect((await managed.ask('DELETE', '/queues/%2F/q/contents?count=2')).status).toBe(204)
    expect(payloads((await managed.get('/queues/%2F/q/messages')).body.items)).toEqual(['three'])
    expect((await managed.ask('DELETE', '/queues/%2F/q/contents?count=2')).status).toBe(204)
    expect(await count('q')).toBe(0)
  })

  it.each(['-1', 'x', '1.5'])('refuses %s', async given => {
    fill('q', 'one')
    expect((await managed.ask('DELETE', `/queues/%2F/q/contents?count=${given}`)).status).toBe(400)
    expect(await count('q')).toBe(1)
  })
})

describe('an explanation', () => {
  it('says which bindings take a message along, and why not the others', async () => {
    await managed.ask('PUT', '/exchanges/%2F/x', { type: 'topic' })
    await managed.ask('POST', '/bindings/%2F/e/x/q/q', { routing_key: 'a.*' })
    await managed.ask('POST', '/bindings/%2F/e/x/q/other', { routing_key: 'a.*.c' })
    const explained = await managed.ask('POST', '/exchanges/%2F/x/explain', { routing_key: 'a.b' })
    expect(explained.body).toMatchObject({ queues: ['q'], unroutable: false })
    const bindings = new Map(
      explained.body.bindings.map((it: { routing_key: string }) => [it.routing_key, it] as const),
    )
    expect(bindings.get('a.*')).toMatchObject({ matched: true, reached: true, destination: 'q' })
    expect(bindings.get('a.*.c')).toMatchObject({ matched: false, why: expect.stringContaining("'a.*.c'") })
  })

  it('heeds headers and properties', async () => {
    await managed.ask('POST', '/bindings/%2F/e/amq.headers/q/q', { arguments: { 'x-match': 'all', size: 1 } })
    const ask = (headers: object) =>
      managed.ask('POST', '/exchanges/%2F/amq.headers/explain', { routing_key: '', headers })
    expect((await ask({ size: 1 })).body.queues).toEqual(['q'])
    expect((await ask({ size: 2 })).body).toMatchObject({ queues: [], unroutable: true })
  })

  it('is not given of what is not there', async () => {
    expect((await managed.ask('POST', '/exchanges/%2F/none/explain', {})).status).toBe(404)
    const wrong = { routing_key: '', properties: { priority: 'x' } }
    expect((await managed.ask('POST', '/exchanges/%2F/amq.direct/explain', wrong)).status).toBe(400)
  })
})

describe('the topology of a virtual host', () => {
  it('is exchanges, queues, and what leads from one to the other', async () => {
    await managed.ask('PUT', '/exchanges/%2F/x', { type: 'fanout' })
    await managed.ask('POST', '/bindings/%2F/e/x/q/q', {})
    await managed.ask('PUT', '/queues/%2F/dying', { arguments: { 'x-dead-letter-exchange': 'x' } })
    const { body } = await managed.get('/topology/%2F')
    expect(body.exchanges).toContainEqual(
      expect.objectContaining({ name: 'x', type: 'fanout', publish_in_rate: 0 }),
    )
    expect(body.queues).toContainEqual(
      expect.objectContaining({ name: 'q', messages: 0, publish_rate: 0, deliver_rate: 0 }),
    )
    expect(body.bindings).toContainEqual(
      expect.objectContaining({ source: 'x', destination: 'q', properties_key: '~', rate: 0 }),
    )
    expect(body.links).toContainEqual(
      expect.objectContaining({ kind: 'dead-letter', source: 'dying', destination: 'x' }),
    )
    expect(body.truncated).toBe(false)
  })

  it('may be that around one', async () => {
    const { body } = await managed.get('/topology/%2F?queue=q')
    expect(body.queues.map(({ name }: { name: string }) => name)).toEqual(['q'])
    expect((await managed.get('/topology/%2F?queue=none')).status).toBe(404)
    expect((await managed.get('/topology/none')).status).toBe(404)
  })
})

describe('cancelling a consumer', () => {
  it('tells its client, who may go on', async () => {
    const channel = await connection.createChannel()
    const seen: unknown[] = []
    const { consumerTag } = await channel.consume('q', delivery => seen.push(delivery))
    const [consumer] = (await managed.get('/consumers/%2F')).body
    const { connection_name: name, number } = consumer.channel_details
    const path = `/consumers/%2F/${encodeURIComponent(name)}/${number}/${encodeURIComponent(consumerTag)}`
    expect((await managed.ask('DELETE', path, undefined, 'read')).status).toBe(401)
    expect((await managed.ask('DELETE', path)).status).toBe(204)
    await eventually(() => expect(seen).toEqual([null]))
    expect((await managed.get('/consumers/%2F')).body).toEqual([])
    expect((await managed.ask('DELETE', path)).status).toBe(404)
    await channel.close()
  })
})
