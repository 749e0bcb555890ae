/** Which broker, as whom: flags over the environment over what a new broker has. And nowhere a password that is shown. */
import { apiTarget, DEFAULT_URL, givenVhost } from '../../src/cli/connection-flags'
import { createBroker, type EmbeddedBroker } from '../../src/embed/embedded-broker'
import { certificatePath } from '../support/certificates'
import { FakeApi } from './fake-api'
import { killAll, leveret } from './leveret'

afterEach(killAll)

const asked = async (user: string): Promise<string> => `asked of ${user}`

describe('the broker a command talks to', () => {
  it('is the one on this machine, as guest, unless it is told', async () => {
    expect(await apiTarget({}, {}, asked)).toMatchObject({
      url: DEFAULT_URL,
      user: 'guest',
      password: 'guest',
    })
    expect(givenVhost({}, {})).toBeUndefined()
  })

  it('is told by the environment', async () => {
    const environment = {
      LEVERET_URL: 'https://broker:1/',
      LEVERET_MANAGEMENT_URL: 'http://other',
      LEVERET_USER: 'ada',
      LEVERET_PASSWORD: 'secret',
      LEVERET_VHOST: 'shop',
    }
    expect(await apiTarget({}, environment, asked)).toMatchObject({
      url: 'https://broker:1',
      user: 'ada',
      password: 'secret',
    })
    expect(givenVhost({}, environment)).toBe('shop')
    expect((await apiTarget({}, { LEVERET_MANAGEMENT_URL: 'http://other' }, asked)).url).toBe('http://other')
  })

  it('is told by flags first', async () => {
    const environment = {
      LEVERET_URL: 'http://a',
      LEVERET_USER: 'a',
      LEVERET_PASSWORD: 'a',
      LEVERET_VHOST: 'a',
    }
    const flags = { url: 'http://b/path/', user: 'b', password: 'b', vhost: 'b' }
    expect(await apiTarget(flags, environment, asked)).toMatchObject({
      url: 'http://b/path',
      user: 'b',
      password: 'b',
    })
    expect(givenVhost(flags, environment)).toBe('b')
  })

  it('may have its login in the URL, which leaves it there', async () => {
    const target = await apiTarget({ url: 'http://a%40b:s%2Fe@host:5/api' }, {}, asked)
    expect(target).toMatchObject({ url: 'http://host:5', user: 'a@b', password: 's/e' })
  })

  it('is asked for a password when there is a user without one', async () => {
    expect((await apiTarget({ user: 'ada' }, {}, asked)).password).toBe('asked of ada')
    expect((await apiTarget({ user: 'guest' }, {}, asked)).password).toBe('guest')
  })

  it.each(['amqp://host', 'host:15672', 'http://ada:se cret@'])('is not %j', async url => {
    const refused = await apiTarget({ url }, {}, asked).catch((cause: Error) => cause)
    expect(refused).toMatchObject({
      ending: 'usage',
      message: `the URL of the broker must be like ${DEFAULT_URL}`,
    })
  })
})

describe('a login that goes wrong', () => {
  it('is told without the password', async () => {
    const fake = await FakeApi.open()
    fake.answer = () => ({ status: 401, body: { error: 'not_authorised', reason: 'Login failed' } })
    const args = ['list', 'queues', '--user', 'ada', '--password', 'hunter2']
    const { code, output, errors } = await leveret(args, { LEVERET_URL: fake.url })
    expect({ code, output, errors }).toEqual({ code: 4, output: '', errors: 'leveret: Login failed\n' })
    const { host } = new URL(fake.url)
    const inUrl = await leveret(['status', '--url', `http://ada:hunter2@${host}`])
    expect(inUrl).toEqual({ code: 4, output: '', errors: 'leveret: Login failed\n' })
    await fake.close()
    const gone = await leveret(['status', '--url', `http://ada:hunter2@${host}`])
    expect(gone.code).toBe(3)
    expect(gone.errors).toMatch(/^leveret: cannot connect to http:\/\/127\.0\.0\.1:\d+: connection refused/)
    expect(gone.errors).not.toContain('hunter2')
  })

  it('asks no one for a password where no one can type', async () => {
    const { code, errors } = await leveret(['status', '--user', 'ada'])
    expect(code).toBe(2)
    expect(errors).toBe("leveret: user 'ada' needs a password: set LEVERET_PASSWORD or give --password\n")
  })

  it('shows no control characters of an answer', async () => {
    const fake = await FakeApi.open()
    fake.answer = () => ({ status: 400, body: { error: 'bad_request', reason: 'no\u001b[2J' } })
    expect((await leveret(['status', '--url', fake.url])).errors).toBe('leveret: no\\u001b[2J\n')
    await fake.close()
  })
})

describe('a broker with https', () => {
  let broker: EmbeddedBroker

  beforeAll(async () => {
    broker = await createBroker({
      port: 0,
      management: true,
      managementPort: 0,
      managementTls: true,
      tlsCert: certificatePath('server.pem'),
      tlsKey: certificatePath('server.key'),
    })
  })

  afterAll(() => broker.close())

  const list = (...flags: string[]) =>
    leveret(['list', 'queues', '--json', '--url', broker.managementUrl ?? '', ...flags])

  it('is believed with its authority, and without proof only when told so', async () => {
    expect(broker.managementUrl).toMatch(/^https:/)
    expect(await list('--cacert', certificatePath('ca.pem'))).toEqual({ code: 0, output: '[]\n', errors: '' })
    expect(await list('--insecure')).toEqual({ code: 0, output: '[]\n', errors: '' })
    const unknown = await list()
    expect(unknown.code).toBe(3)
    expect(unknown.errors).toMatch(/name its authority with --cacert/)
    expect((await list('--cacert', certificatePath('stranger.pem'))).code).toBe(3)
    expect((await list('--cacert', 'no-such-file')).code).toBe(2)
  })

  it('is told what is wrong like any other', async () => {
    const wrong = await list('--insecure', '--user', 'guest', '--password', 'x')
    expect(wrong).toMatchObject({ code: 4, output: '' })
  })
})
