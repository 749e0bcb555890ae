/** Publishing and getting over HTTP. Statuses, bodies and texts are RabbitMQ's. */
import { connect } from 'amqplib'
import { eventually } from '../support/eventually'
import { messageOf } from '../support/messages'
import { ListeningManagement } from './listening-management'

let managed: ListeningManagement

beforeAll(async () => {
  managed = await ListeningManagement.open()
})

beforeEach(async () => {
  await managed.clear()
  await managed.ask('PUT', '/queues/%2F/q', { durable: true })
})

afterAll(() => managed.close())

const message = { routing_key: 'q', properties: {}, payload: 'hello', payload_encoding: 'string' }
const one = { ackmode: 'ack_requeue_false', count: 1, encoding: 'auto' }

const publish = (body: unknown, exchange = 'amq.default') =>
  managed.ask('POST', `/exchanges/%2F/${exchange}/publish`, body)
const get = (body: unknown, queue = 'q') => managed.ask('POST', `/queues/%2F/${queue}/get`, body)

describe('a message published over HTTP', () => {
  it('is got as it was published', async () => {
    const properties = {
      content_type: 'text/plain',
      content_encoding: 'identity',
      delivery_mode: 2,
      priority: 3,
      correlation_id: 'c',
      reply_to: 'r',
      expiration: '60000',
      message_id: 'm',
      timestamp: 1_700_000_000,
      type: 't',
      user_id: 'guest',
      app_id: 'a',
      cluster_id: 'cl',
      headers: {
        whole: 123_456_789_012_345,
        part: 1.5,
        yes: true,
        text: 'ü',
        list: [1, 'a'],
        table: { in: 1 },
      },
    }
    expect(await publish({ ...message, properties })).toMatchObject({ status: 200, body: { routed: true } })
    expect(await get(one)).toMatchObject({
      status: 200,
      body: [
        {
          payload_bytes: 5,
          redelivered: false,
          exchange: '',
          routing_key: 'q',
          message_count: 0,
          properties,
          payload: 'hello',
          payload_encoding: 'string',
        },
      ],
    })
  })

  it('reaches a consumer over AMQP', async () => {
    const connection = await connect(managed.listening.url)
    const bodies: string[] = []
    const channel = await connection.createChannel()
    await channel.consume('q', delivery => bodies.push(String(delivery?.content)), { noAck: true })
    await publish(message)
    await eventually(() => expect(bodies).toEqual(['hello']))
    await connection.close()
  })

  it('has an empty list of properties without any, as in RabbitMQ', async () => {
    await publish(message)
    expect((await get(one)).body[0].properties).toEqual([])
  })

  it('is not routed where no queue is bound', async () => {
    expect((await publish({ ...message, routing_key: 'none' })).body).toEqual({ routed: false })
  })

  it('may be of bytes, which come back as base64', async () => {
    await publish({ ...message, payload: '//79', payload_encoding: 'base64' })
    expect((await get(one)).body).toMatchObject([
      { payload: '//79', payload_encoding: 'base64', payload_bytes: 3 },
    ])
  })

  it.each<[what: object, reason: unknown]>([
    [{ payload: 5 }, 'payload_not_string'],
    [{ payload: 'a=!', payload_encoding: 'base64' }, ['not_base64', 'a=!']],
    [{ payload_encoding: 'nope' }, ['unsupported_encoding', 'nope']],
    [{ payload_encoding: null }, ['unsupported_encoding', null]],
    [{ routing_key: 5 }, ['not_string', 'routing_key']],
    [{ properties: { delivery_mode: '2' } }, ['not_int', 'delivery_mode']],
    [{ properties: { delivery_mode: 2.5 } }, ['not_int', 'delivery_mode']],
    [{ properties: { priority: 256 } }, ['out_of_range', 'priority']],
    [{ properties: { timestamp: '1' } }, ['not_int', 'timestamp']],
    [{ properties: { content_type: 5 } }, ['not_string', 'content_type']],
    [{ properties: { headers: { a: null } } }, 'null_not_allowed'],
    [{ properties: 'x' }, ['not_object', 'properties']],
    [
      { properties: { user_id: 'other' } },
      "406 PRECONDITION_FAILED - user_id property set to 'other' but authenticated user was 'guest'",
    ],
    [{ properties: { expiration: 'abc' } }, "406 PRECONDITION_FAILED - invalid expiration 'abc': no_integer"],
  ])('is refused with %j', async (what, reason) => {
    expect(await publish({ ...message, ...what })).toMatchObject({
      status: 400,
      body: { error: 'bad_request', reason },
    })
    expect((await get(one)).body).toEqual([])
  })

  it('is refused by a body without its keys, all of them named', async () => {
    const reason =
      '[{key_missing,routing_key},\n {key_missing,properties},\n {key_missing,payload},\n ' +
      '{key_missing,payload_encoding}]'
    expect(await publish({})).toMatchObject({ status: 400, body: { reason } })
    expect(await publish(undefined)).toMatchObject({ status: 400, body: { reason } })
  })

  it('is refused by an exchange that is not there, that is internal, and by a full queue', async () => {
    await managed.ask('PUT', '/exchanges/%2F/internal', { type: 'direct', internal: true })
    const full = { arguments: { 'x-max-length': 0, 'x-overflow': 'reject-publish' } }
    await managed.ask('PUT', '/queues/%2F/full', full)
    for (const [exchange, key, reason] of [
      ['none', 'q', "404 NOT_FOUND - no exchange 'none' in vhost '/'"],
      ['internal', 'q', "403 ACCESS_REFUSED - cannot publish to internal exchange 'internal' in vhost '/'"],
      ['amq.default', 'full', 'rejected Unable to publish message. Check queue limits.'],
    ] as const) {
      expect(await publish({ ...message, routing_key: key }, exchange)).toMatchObject({
        status: 400,
        body: { error: 'bad_request', reason },
      })
    }
  })
})

describe('getting messages', () => {
  beforeEach(async () => {
    for (const payload of ['one', 'two', 'drei ü']) await publish({ ...message, payload })
  })

  const payloads = (body: readonly { payload: string }[]) => body.map(({ payload }) => payload)

  it.each([
    ['ack_requeue_true', 3, true],
    ['reject_requeue_true', 3, true],
    ['ack_requeue_false', 1, false],
    ['reject_requeue_false', 1, false],
  ] as const)('with %s leaves %d', async (ackmode, left, redelivered) => {
    const got = await get({ ...one, ackmode, count: 2 })
    expect(payloads(got.body)).toEqual(['one', 'two'])
    expect(got.body).toMatchObject([{ message_count: 2 }, { message_count: 1 }])
    const rest = await get({ ...one, count: 10 })
    expect(rest.body).toHaveLength(left)
    expect(rest.body[0].redelivered).toBe(redelivered)
  })

  it('takes a count and a length as texts, too', async () => {
    const got = await get({ ...one, count: '2', truncate: '1' })
    expect(got.body).toMatchObject([
      { payload: 'o', payload_bytes: 3 },
      { payload: 't', payload_bytes: 3 },
    ])
  })

  it('gives all of a great many, in turns', async () => {
    const queue = managed.listening.vhost.queues.get('q')!
    for (let i = 0; i < 1000; i++) queue.enqueue(messageOf({ body: String(i) }))
    expect((await get({ ...one, count: -1 })).body).toHaveLength(1003)
  })

  it('cuts a text within a character into bytes', async () => {
    await get({ ...one, count: 2 })
    const got = await get({ ...one, truncate: 6 })
    expect(got.body).toMatchObject([
      { payload: Buffer.from('drei ü').subarray(0, 6).toString('base64'), payload_encoding: 'base64' },
    ])
  })

  it('gives base64 where that is asked for', async () => {
    expect((await get({ ...one, encoding: 'base64' })).body).toMatchObject([
      { payload: Buffer.from('one').toString('base64'), payload_encoding: 'base64' },
    ])
  })

  it('gives nothing for a count of 0', async () => {
    expect(await get({ ...one, count: 0 })).toMatchObject({ status: 200, body: [] })
  })

  it.each<[what: object, reason: unknown]>([
    [{ count: 'x' }, ['not_integer', 'x']],
    [{ truncate: 'x' }, ['not_integer', 'x']],
    [{ truncate: -1 }, ['out_of_range', 'truncate']],
    [{ encoding: 'nope' }, 'Unsupported encoding. Please use auto or base64.'],
    [{ encoding: 5 }, 'Unsupported encoding. Please use auto or base64.'],
    [{ ackmode: 'nope' }, ['unknown', 'nope']],
  ])('is refused with %j', async (what, reason) => {
    expect(await get({ ...one, ...what })).toMatchObject({
      status: 400,
      body: { error: 'bad_request', reason },
    })
  })

  it('is refused without its keys', async () => {
    const reason = '[{key_missing,ackmode},{key_missing,count},{key_missing,encoding}]'
    expect(await get({})).toMatchObject({ status: 400, body: { reason } })
  })

  it('is refused for a queue that is not there, and for one of somebody else', async () => {
    expect(await get(one, 'none')).toMatchObject({
      status: 404,
      body: { error: 'not_found', reason: "NOT_FOUND - no queue 'none' in vhost '/'" },
    })
    const connection = await connect(managed.listening.url)
    const channel = await connection.createChannel()
    await channel.assertQueue('mine', { exclusive: true })
    const refused = await get(one, 'mine')
    expect(refused).toMatchObject({ status: 400, body: { error: 'bad_request' } })
    expect(refused.body.reason).toMatch(
      /^405 RESOURCE_LOCKED - cannot obtain exclusive access to locked queue/,
    )
    await connection.close()
  })
})

describe("RabbitMQ's actions on mirrors", () => {
  it.each([
    [{ action: 'sync' }, 204, undefined],
    [{ action: 'cancel_sync' }, 204, undefined],
    [{ action: 'nope' }, 400, ['unknown', 'nope']],
    [{ action: 5 }, 400, ['unknown', 5]],
    [{}, 400, '[{key_missing,action}]'],
  ])('%j are answered %d', async (body, status, reason) => {
    const answered = await managed.ask('POST', '/queues/%2F/q/actions', body)
    expect(answered.status).toBe(status)
    expect(answered.body?.reason).toEqual(reason)
  })
})
