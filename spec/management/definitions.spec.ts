/**
 * Queues, exchanges and bindings over HTTP: declared, shown, deleted, refused. Statuses and bodies are those of RabbitMQ,
 * asked one by one.
 */
import { messageOf } from '../support/messages'
import { ListeningManagement } from './listening-management'

let managed: ListeningManagement

beforeAll(async () => {
  managed = await ListeningManagement.open()
})

beforeEach(async () => {
  await managed.clear()
})

afterAll(() => managed.close())

const q = '/queues/%2F/q'
const x = '/exchanges/%2F/x'

describe('declaring a queue', () => {
  it('answers 201 for a new one and 204 for one that is there', async () => {
    const body = { durable: true, arguments: { 'x-max-length': 10 } }
    expect(await managed.ask('PUT', q, body)).toMatchObject({ status: 201, body: undefined })
    expect(await managed.ask('PUT', q, body)).toMatchObject({ status: 204, body: undefined })
    expect((await managed.get(q)).body).toMatchObject({
      name: 'q',
      vhost: '/',
      type: 'classic',
      durable: true,
      auto_delete: false,
      exclusive: false,
      arguments: { 'x-max-length': 10 },
      policy: null,
      operator_policy: null,
      effective_policy_definition: {},
      state: 'running',
      messages: 0,
      consumers: 0,
    })
  })

  it.each([
    ['nothing', undefined],
    ['null', 'null'],
    ['texts for truth values', { durable: 'false', auto_delete: 'false' }],
    ['no arguments in the spelling of languages without an empty object', { arguments: [] }],
  ])('takes %s', async (_, body) => {
    expect(await managed.ask('PUT', q, body)).toMatchObject({ status: 201 })
    expect((await managed.get(q)).body).toMatchObject({ durable: false, auto_delete: false, arguments: {} })
  })

  it('takes a name of 255 bytes', async () => {
    expect(await managed.ask('PUT', `/queues/%2F/${'n'.repeat(255)}`, {})).toMatchObject({ status: 201 })
  })

  it('does not make it exclusive to nobody', async () => {
    await managed.ask('PUT', q, { exclusive: true })
    expect((await managed.get(q)).body.exclusive).toBe(false)
  })

  const notJson = 'not_json'
  it.each<[body: unknown, reason: unknown]>([
    ['[]', notJson],
    ['{', notJson],
    ['1', notJson],
    ['"x"', 'invalid payload: the request body JSON-decoded to a string. Is the input doubly-JSON-encoded?'],
    [{ durable: 'yes' }, ['not_boolean', 'yes']],
    [{ durable: false, auto_delete: 1 }, ['not_boolean', 1]],
    [{ arguments: { x: { a: [1, null] } } }, 'null_not_allowed'],
    [{ arguments: 'x' }, ['not_object', 'arguments']],
    [
      { arguments: { 'x-message-ttl': -1 } },
      "invalid arg 'x-message-ttl' for queue 'q' in vhost '/': {value_negative,-1}",
    ],
    [
      { arguments: { 'x-message-ttl': 'abc' } },
      "invalid arg 'x-message-ttl' for queue 'q' in vhost '/': \"expected integer, got longstr\"",
    ],
  ])('refuses %j', async (body, reason) => {
    expect(await managed.ask('PUT', q, body)).toMatchObject({
      status: 400,
      body: { error: 'bad_request', reason },
    })
    expect(await managed.get(q)).toMatchObject({ status: 404 })
  })

  it('refuses a name of 256 bytes', async () => {
    const reason = 'queue should be less than 255 bytes, actually was 256\n'
    expect(await managed.ask('PUT', `/queues/%2F/${'n'.repeat(256)}`, {})).toMatchObject({
      status: 400,
      body: { reason },
    })
  })

  it('refuses a reserved name, as RabbitMQ says nothing of why', async () => {
    expect(await managed.ask('PUT', '/queues/%2F/amq.foo', {})).toMatchObject({
      status: 401,
      body: { error: 'not_authorised', reason: 'Access refused.' },
    })
  })

  it('refuses what is there otherwise', async () => {
    await managed.ask('PUT', q, { durable: true })
    const ttl = { durable: true, arguments: { 'x-message-ttl': 5 } }
    expect((await managed.ask('PUT', q, { durable: false })).body.reason).toBe(
      "inequivalent arg 'durable' for queue 'q' in vhost '/': received 'false' but current is 'true'",
    )
    expect((await managed.ask('PUT', q, ttl)).body.reason).toBe(
      "inequivalent arg 'x-message-ttl' for queue 'q' in vhost '/': " +
        "received the value '5' of type 'long' but current is none",
    )
  })

  it('refuses a virtual host that is not there in other words than looking into it', async () => {
    expect(await managed.ask('PUT', '/queues/none/q', {})).toMatchObject({
      status: 404,
      body: { error: 'not_found', reason: 'vhost_not_found' },
    })
    for (const [method, path] of [
      ['GET', '/queues/none'],
      ['GET', '/queues/none/q'],
      ['DELETE', '/queues/none/q'],
      ['GET', q],
      ['DELETE', q],
    ] as const) {
      expect(await managed.ask(method, path)).toMatchObject({
        status: 404,
        body: { error: 'Object Not Found', reason: 'Not Found' },
      })
    }
  })
})

describe('deleting a queue', () => {
  it('takes it away', async () => {
    await managed.ask('PUT', q, {})
    expect(await managed.ask('DELETE', q)).toMatchObject({ status: 204 })
    expect(await managed.get(q)).toMatchObject({ status: 404 })
  })

  it('heeds if-empty', async () => {
    await managed.ask('PUT', q, {})
    await publish('q')
    expect(await managed.ask('DELETE', `${q}?if-empty=true`)).toMatchObject({
      status: 400,
      body: { reason: "queue 'q' in vhost '/' not empty" },
    })
    expect(await managed.ask('DELETE', `${q}/contents`)).toMatchObject({ status: 204 })
    expect(await managed.ask('DELETE', `${q}?if-empty=true`)).toMatchObject({ status: 204 })
  })
})

describe('an exchange', () => {
  it('is declared, shown and deleted', async () => {
    const body = { type: 'topic', durable: 'true', internal: true, arguments: { 'alternate-exchange': 'y' } }
    expect(await managed.ask('PUT', x, body)).toMatchObject({ status: 201 })
    expect(await managed.ask('PUT', x, body)).toMatchObject({ status: 204 })
    expect((await managed.get(x)).body).toEqual({
      name: 'x',
      vhost: '/',
      type: 'topic',
      durable: true,
      auto_delete: false,
      internal: true,
      arguments: { 'alternate-exchange': 'y' },
    })
    expect(await managed.ask('DELETE', x)).toMatchObject({ status: 204 })
    expect(await managed.get(x)).toMatchObject({ status: 404 })
  })

  it('is of type direct where nothing is said', async () => {
    await managed.ask('PUT', x, {})
    expect((await managed.get(x)).body.type).toBe('direct')
  })

  it('without a name is amq.default in paths', async () => {
    expect((await managed.get('/exchanges/%2F/amq.default')).body).toMatchObject({ name: '', type: 'direct' })
  })

  it.each([
    ['PUT', '/exchanges/%2F/amq.default', {}, 'Access refused.'],
    ['DELETE', '/exchanges/%2F/amq.default', undefined, 'Access refused.'],
    ['PUT', '/exchanges/%2F/amq.new', {}, 'Access refused.'],
    ['DELETE', '/exchanges/%2F/amq.direct', undefined, 'Access refused.'],
  ] as const)('is not changed by %s %s', async (method, path, body, reason) => {
    expect(await managed.ask(method, path, body)).toMatchObject({
      status: 401,
      body: { error: 'not_authorised', reason },
    })
  })

  it('of another type is refused', async () => {
    await managed.ask('PUT', x, { type: 'direct' })
    expect(await managed.ask('PUT', x, { type: 'fanout' })).toMatchObject({
      status: 400,
      body: {
        reason:
          "inequivalent arg 'type' for exchange 'x' in vhost '/': received 'fanout' but current is 'direct'",
      },
    })
  })

  it('that is used is kept by if-unused', async () => {
    await managed.ask('PUT', x, {})
    await managed.ask('PUT', q, {})
    await managed.ask('POST', '/bindings/%2F/e/x/q/q', {})
    expect(await managed.ask('DELETE', `${x}?if-unused=true`)).toMatchObject({
      status: 400,
      body: { reason: "exchange 'x' in vhost '/' in use" },
    })
    expect(await managed.ask('DELETE', x)).toMatchObject({ status: 204 })
  })
})

describe('a binding', () => {
  beforeEach(async () => {
    await managed.ask('PUT', q, {})
    await managed.ask('PUT', x, { type: 'direct' })
    await managed.ask('PUT', '/exchanges/%2F/y', { type: 'fanout' })
  })

  const toQueue = '/bindings/%2F/e/x/q/q'

  it.each<[body: { routing_key?: string } | undefined, key: string]>([
    [{}, '~'],
    [undefined, '~'],
    [{ routing_key: 'a.b' }, 'a.b'],
    [{ routing_key: 'k ~/ü' }, 'k+%7E%2F%C3%BC'],
  ])('of %j is at its Location', async (body, key) => {
    const made = await managed.ask('POST', toQueue, body)
    expect(made).toMatchObject({ status: 201, headers: { location: `q/${encodeURIComponent(key)}` } })
    const path = `${toQueue}/${encodeURIComponent(key)}`
    expect((await managed.get(path)).body).toEqual({
      source: 'x',
      vhost: '/',
      destination: 'q',
      destination_type: 'queue',
      routing_key: body?.routing_key ?? '',
      arguments: {},
      properties_key: key,
    })
    expect(await managed.ask('DELETE', path)).toMatchObject({ status: 204 })
    expect(await managed.get(path)).toMatchObject({ status: 404 })
  })

  it('with arguments has a key of its own', async () => {
    await managed.ask('POST', toQueue, { routing_key: 'a', arguments: { one: 1 } })
    await managed.ask('POST', toQueue, { routing_key: 'a', arguments: { two: 2 } })
    const keys = (await managed.get(toQueue)).body.map((it: { properties_key: string }) => it.properties_key)
    expect(new Set(keys).size).toBe(2)
    expect(await managed.ask('DELETE', `${toQueue}/${encodeURIComponent(keys[0])}`)).toMatchObject({
      status: 204,
    })
    expect((await managed.get(toQueue)).body).toMatchObject([{ properties_key: keys[1] }])
  })

  it('leads from exchange to exchange, too', async () => {
    await managed.ask('POST', '/bindings/%2F/e/x/e/y', { routing_key: 'k' })
    const expected = { source: 'x', destination: 'y', destination_type: 'exchange', routing_key: 'k' }
    for (const path of [
      '/bindings/%2F/e/x/e/y',
      '/exchanges/%2F/x/bindings/source',
      '/exchanges/%2F/y/bindings/destination',
    ]) {
      expect((await managed.get(path)).body).toMatchObject([expected])
    }
    expect(await managed.ask('DELETE', '/bindings/%2F/e/x/e/y/k')).toMatchObject({ status: 204 })
    expect((await managed.get('/exchanges/%2F/x/bindings/source')).body).toEqual([])
  })

  it('of the exchange without a name is listed for every queue', async () => {
    const implied = { source: '', vhost: '/', destination: 'q', routing_key: 'q', properties_key: 'q' }
    for (const path of [
      '/bindings',
      '/bindings/%2F',
      '/queues/%2F/q/bindings',
      '/exchanges/%2F/amq.default/bindings/source',
      '/bindings/%2F/e/amq.default/q/q',
    ]) {
      expect((await managed.get(path)).body).toMatchObject([implied])
    }
    expect(await managed.ask('DELETE', '/bindings/%2F/e/amq.default/q/q/q')).toMatchObject({ status: 401 })
  })

  it.each([
    ['/bindings/%2F/e/x/q/none', 404, 'not_found', "no queue 'none' in vhost '/'"],
    ['/bindings/%2F/e/none/q/q', 404, 'not_found', "no exchange 'none' in vhost '/'"],
    ['/bindings/%2F/e/amq.default/q/q', 401, 'not_authorised', 'Access refused.'],
    ['/bindings/none/e/x/q/q', 404, 'not_found', 'vhost_not_found'],
  ])('is not made at %s', async (path, status, error, reason) => {
    expect(await managed.ask('POST', path, { routing_key: 'a' })).toMatchObject({
      status,
      body: { error, reason },
    })
  })

  it('that is not there is not found', async () => {
    for (const key of ['zz', 'zz~yy', 'zz~yy~ee']) {
      expect(await managed.get(`${toQueue}/${key}`)).toMatchObject({ status: 404 })
      expect(await managed.ask('DELETE', `${toQueue}/${key}`)).toMatchObject({ status: 404 })
    }
    expect(await managed.get('/bindings/%2F/e/x/q/none')).toMatchObject({ status: 200, body: [] })
  })
})

describe('another method', () => {
  it.each([
    ['POST', q, 'HEAD, GET, PUT, DELETE, OPTIONS'],
    ['PATCH', x, 'HEAD, GET, PUT, DELETE, OPTIONS'],
    ['PUT', '/bindings/%2F/e/x/q/q', 'HEAD, GET, POST, OPTIONS'],
    ['PUT', '/bindings/%2F/e/x/q/q/k', 'HEAD, GET, DELETE, OPTIONS'],
  ] as const)('%s %s is refused with those there are', async (method, path, allow) => {
    expect(await managed.ask(method, path, {})).toMatchObject({ status: 405, headers: { allow } })
  })
})

async function publish(queue: string): Promise<void> {
  managed.listening.vhost.queues.get(queue)!.enqueue(messageOf({ body: 'hello' }))
}
