/** Bodies that are made to hurt: each costs its request, and leaves nothing behind that hurts later. */
import { ListeningManagement } from './listening-management'

let managed: ListeningManagement

beforeAll(async () => {
  managed = await ListeningManagement.open()
  await managed.ask('PUT', '/queues/%2F/q', { durable: true })
})

afterAll(() => managed.close())

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`

const message = { routing_key: 'q', properties: {}, payload_encoding: 'base64' }

describe('a body that is nested very deeply', () => {
  const deep = nested(100_000)
  const rows: readonly [method: 'PUT' | 'POST', path: string, body: string][] = [
    ['PUT', '/global-parameters/deep', `{"value":${deep}}`],
    ['PUT', '/queues/%2F/deep', `{"arguments":${deep}}`],
    ['PUT', '/policies/%2F/deep', `{"pattern":"x","definition":${deep}}`],
    ['PUT', '/vhosts/deep', `{"tags":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['POST', '/exchanges/%2F/amq.headers/explain', `{"headers":${deep}}`],
    ['POST', '/exchanges/%2F/amq.default/publish', `{"properties":{"headers":${deep}}}`],
    ['POST', '/definitions', `{"global_parameters":[{"name":"deep","value":${deep}}]}`],
  ]
  it.each(rows)('is refused by %s %s', async (method, path, body) => {
    const answer = await managed.ask(method, path, body)
    expect(answer.status).toBe(400)
    expect(answer.body.reason).toBe('JSON may be nested 64 levels deep')
  })

  it('leaves nothing behind that could not be shown', async () => {
    await managed.ask('PUT', '/global-parameters/deep', `{"value":${deep}}`)
    expect((await managed.get('/global-parameters')).status).toBe(200)
    expect((await managed.get('/definitions')).status).toBe(200)
  })

  it('is not what has as many brackets in its texts, or side by side', async () => {
    const value = { text: '[{"\\'.repeat(1000), list: Array.from({ length: 1000 }, () => [{}]) }
    expect((await managed.ask('PUT', '/global-parameters/wide', { value })).status).toBe(201)
    expect((await managed.get('/global-parameters/wide')).body.value).toEqual(value)
  })

  it('is taken up to the bound', async () => {
    const put = (depth: number) => managed.ask('PUT', '/global-parameters/n', `{"value":${nested(depth)}}`)
    expect((await put(63)).status).toBe(201)
    expect((await managed.get('/definitions')).status).toBe(200)
    expect((await put(64)).status).toBe(400)
  })
})

describe('a payload that is no base64', () => {
  it('is refused in time that grows with its length only', async () => {
    const payload = `${' '.repeat(4_000_000)}!` // years, where each space may begin the end
    const { status, body } = await managed.ask('POST', '/exchanges/%2F/amq.default/publish', {
      ...message,
      payload,
    })
    expect(status).toBe(400)
    expect(body.reason[0]).toBe('not_base64')
  })

  it.each(['aGk=', ' a G k = \r\n', 'aGk', ''])('is not %j', async payload => {
    const answer = await managed.ask('POST', '/exchanges/%2F/amq.default/publish', { ...message, payload })
    expect(answer.body).toEqual({ routed: true })
  })
})

describe('half a character in JSON', () => {
  const lone = '\\ud800'

  it('becomes a replacement character in a binding', async () => {
    const bound = await managed.ask('POST', '/bindings/%2F/e/amq.direct/q/q', `{"routing_key":"${lone}"}`)
    expect(bound.status).toBe(201)
    expect(bound.headers['location']).toBe('q/%25EF%25BF%25BD')
    const { body } = await managed.get('/bindings/%2F/e/amq.direct/q/q')
    expect(body).toMatchObject([{ routing_key: '\ufffd', properties_key: '%EF%BF%BD' }])
  })

  it('becomes one in definitions, so that bindings can be listed and the graph be drawn', async () => {
    const queue = `{"vhost":"/","name":"${lone}","durable":true,"auto_delete":false,"arguments":{"${lone}":1}}`
    const binding = `{"vhost":"/","source":"amq.topic","destination":"${lone}","destination_type":"queue","routing_key":"${lone}","arguments":{}}`
    const imported = await managed.ask(
      'POST',
      '/definitions',
      `{"queues":[${queue}],"bindings":[${binding}]}`,
    )
    expect(imported.status).toBe(204)
    expect((await managed.get('/queues/%2F/%EF%BF%BD')).body.arguments).toEqual({ '\ufffd': 1 })
    expect((await managed.get('/topology/%2F')).status).toBe(200)
    expect((await managed.get('/bindings')).body).toContainEqual(
      expect.objectContaining({ source: 'amq.topic', destination: '\ufffd', routing_key: '\ufffd' }),
    )
  })
})

describe('a body of somebody who did not log in', () => {
  const large = JSON.stringify({ username: 'guest', password: 'x'.repeat(20_000) })

  it.each(['/session', '/login', '/nowhere'])('may be small only: %s', async path => {
    const answer = await fetch(`${managed.url}${path}`, { method: 'POST', body: large })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ reason: 'Exceeded HTTP request body size limit' })
  })

  it('of somebody who did may be large', async () => {
    const value = 'x'.repeat(1_000_000)
    expect((await managed.ask('PUT', '/global-parameters/large', { value })).status).toBe(201)
  })
})

describe('a form without an end', () => {
  it('is refused in time that grows with its length only', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=b' }
    const part = `content-disposition:`.repeat(200_000)
    const answer = await managed.ask(
      'POST',
      '/definitions',
      `--b\r\n${part}\r\n\r\nx\r\n--b--`,
      'guest',
      headers,
    )
    expect(answer.status).toBe(400)
    expect(answer.body.reason).toBe('failed_to_parse_json')
  })
})
