import { ApiClient, pathOf } from '../../src/cli/api-client'
import { CommandError, type Ending } from '../../src/cli/exit-codes'
import { FakeApi } from './fake-api'

let fake: FakeApi
let api: ApiClient

beforeEach(async () => {
  fake = await FakeApi.open()
  api = clientOf(fake.url)
})

afterEach(() => fake.close())

function clientOf(url: string): ApiClient {
  return new ApiClient({ url, user: 'ada', password: 'sécret', trust: { ca: undefined, insecure: false } })
}

async function failureOf(attempt: Promise<unknown>): Promise<CommandError> {
  const failure = await attempt.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  expect(failure).toBeInstanceOf(CommandError)
  return failure as CommandError
}

describe('a path of the API', () => {
  it('has names encoded, whatever is in them', () => {
    expect(pathOf('queues', '/', 'a/b?c#d é')).toBe('/queues/%2F/a%2Fb%3Fc%23d%20%C3%A9')
  })

  it.each(['', '.', '..'])('cannot be made with the name %j, which would be another resource', name => {
    expect(() => pathOf('queues', '/', name, 'contents')).toThrow(CommandError)
  })
})

describe('a refusal of the API', () => {
  it.each<[number, unknown, string, Ending]>([
    [401, { error: 'not_authorised', reason: 'Login failed' }, 'Login failed', 'notAuthorised'],
    [404, { error: 'Object Not Found', reason: 'Not Found' }, 'Not Found: queues / q', 'notFound'],
    [
      400,
      { error: 'bad_request', reason: "406 PRECONDITION_FAILED - inequivalent arg 'durable'" },
      "406 PRECONDITION_FAILED - inequivalent arg 'durable'",
      'conflict',
    ],
    [
      400,
      { error: 'bad_request', reason: "inequivalent arg 'durable' for queue 'q'" },
      "inequivalent arg 'durable' for queue 'q'",
      'conflict',
    ],
    [
      400,
      { error: 'bad_request', reason: "queue 'q' in vhost '/' not empty" },
      "queue 'q' in vhost '/' not empty",
      'conflict',
    ],
    [
      400,
      { error: 'bad_request', reason: '403 ACCESS_REFUSED - no' },
      '403 ACCESS_REFUSED - no',
      'notAuthorised',
    ],
    [400, { error: 'bad_request', reason: 'invalid vhost' }, 'invalid vhost', 'failed'],
    [500, { error: 'internal_server_error' }, 'internal_server_error', 'failed'],
  ])('with status %i and %j is its reason and an exit code', async (status, body, message, ending) => {
    fake.answer = () => ({ status, body })
    const failure = await failureOf(api.get('/queues/%2F/q'))
    expect(failure).toMatchObject({ message, ending })
  })

  it('without a body is told by its status', async () => {
    fake.answer = () => ({ status: 500 })
    expect(await failureOf(api.get('/overview'))).toMatchObject({
      message: 'the broker answered 500',
      ending: 'failed',
    })
    fake.answer = () => ({ status: 401 })
    expect(await failureOf(api.get('/overview'))).toMatchObject({ ending: 'notAuthorised' })
  })
})

describe('what is no management API', () => {
  it.each([
    ['a web page', { text: '<html>' }],
    ['a page that is not there', { status: 404, text: '<html>' }],
    ['half an answer', { text: '{"a":' }],
  ])('is told when it answers %s', async (_, answer) => {
    fake.answer = () => answer
    const failure = await failureOf(api.getObject('/overview'))
    expect(failure.ending).toBe('cannotConnect')
    expect(failure.message).toMatch(/does not answer as the management API does/)
  })

  it('may be RabbitMQ, asked for what only Leveret has', async () => {
    fake.answer = () => ({ status: 405 })
    expect(await failureOf(api.post('/exchanges/%2F/x/explain'))).toMatchObject({
      message: '/exchanges/%2F/x/explain: only Leveret has this, RabbitMQ does not',
      ending: 'failed',
    })
  })

  it('is not followed elsewhere with a password', async () => {
    const other = await FakeApi.open()
    fake.answer = () => ({ status: 302, headers: { location: `${other.url}/api/overview` } })
    const failure = await failureOf(api.get('/overview'))
    expect(failure.message).toContain(`points to ${other.url}`)
    expect(other.requests).toEqual([])
    await other.close()
  })

  it('is told when nothing listens', async () => {
    const { url } = fake
    await fake.close()
    const failure = await failureOf(clientOf(url).get('/overview'))
    expect(failure.ending).toBe('cannotConnect')
    expect(failure.message).toMatch(/^cannot connect to http:\/\/127.0.0.1:\d+: connection refused/)
    fake = await FakeApi.open()
  })
})

describe('a login', () => {
  it('is sent in UTF-8 and in nothing that is printed', async () => {
    fake.answer = () => ({ status: 401, body: { error: 'not_authorised', reason: 'Login failed' } })
    const failure = await failureOf(api.get('/overview'))
    expect(Buffer.from(fake.requests[0]?.headers.authorization?.slice(6) ?? '', 'base64').toString()).toBe(
      'ada:sécret',
    )
    expect(failure.message).not.toContain('sécret')
    expect(fake.requests[0]?.path).toBe('/api/overview')
  })
})

describe('a list', () => {
  const names = async (path = '/queues'): Promise<unknown[]> => {
    const found: unknown[] = []
    for await (const page of api.pages(path, { sort: 'name' })) found.push(...page.map(item => item['name']))
    return found
  }
  const pageOf = (path: string): number => Number(new URL(path, fake.url).searchParams.get('page'))

  it('is read page by page to its end', async () => {
    fake.answer = ({ path }) => ({ body: { items: [{ name: `q${pageOf(path)}` }], page_count: 3 } })
    expect(await names()).toEqual(['q1', 'q2', 'q3'])
    expect(fake.requests[2]?.path).toBe('/api/queues?sort=name&page=3&page_size=500')
  })

  it('that has no pages is read at once', async () => {
    fake.answer = () => ({ body: [{ name: 'a' }, { name: 'b' }] })
    expect(await names('/users')).toEqual(['a', 'b'])
    expect(fake.requests).toHaveLength(1)
  })

  it('that has become shorter meanwhile ends there', async () => {
    fake.answer = ({ path }) =>
      pageOf(path) === 1
        ? { body: { items: [{ name: 'a' }], page_count: 2 } }
        : { status: 400, body: { error: 'page_out_of_range', reason: 'Page out of range' } }
    expect(await names()).toEqual(['a'])
  })
})

describe('definitions', () => {
  it('pass through with every digit', async () => {
    const text = '{"queues":[{"arguments":{"n":9007199254740993}}]}'
    fake.answer = () => ({ text })
    expect(await api.getText('/definitions')).toBe(text)
    await api.postText('/definitions', text)
    expect(fake.requests[1]?.body).toBe(text)
    expect(fake.requests[1]?.headers['content-type']).toBe('application/json')
  })
})
