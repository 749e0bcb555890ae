/** The API's description of itself: complete, well-formed, and seen without logging in. */
import { Login } from '../../src/management/login'
import { endpoints } from '../../src/management/resources'
import { Sessions } from '../../src/management/sessions'
import { type ManagedBroker, managedBroker } from '../support/managed-broker'

interface Operation {
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[]
  readonly responses: Readonly<Record<string, { readonly description?: string; readonly content?: object }>>
  readonly requestBody?: object
  readonly security?: readonly object[]
}

interface Document_ {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

describe('the description of the API', () => {
  let managed: ManagedBroker
  let document: Document_

  beforeAll(async () => {
    managed = await managedBroker()
    document = (await managed.ask('GET', '/openapi.json', { user: '' })).body as Document_
  })

  afterAll(() => managed.close())

  const described = (): [name: string, path: string, operation: Operation][] =>
    Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]): [string, string, Operation] => [
        `${method.toUpperCase()} ${path}`,
        path,
        operation,
      ]),
    )

  it('has every endpoint, and nothing that is none', () => {
    const { broker } = managed
    const login = new Login(broker, new Sessions(broker.clock))
    const offered = endpoints(managed.management, login).map(
      ({ method, path }) => `${method} /api${path.replace(/:(\w+)/g, '{$1}')}`,
    )
    expect(new Set(described().map(([name]) => name))).toEqual(new Set([...offered, 'GET /api/live']))
  })

  it('says of each what it is for, what its path holds, and how it may end', () => {
    const wrong = described().filter(([, path, { summary, tags, parameters = [], responses }]) => {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const told = parameters.filter(parameter => parameter.in === 'path').map(({ name }) => name)
      const endings = Object.entries(responses)
      return (
        !summary ||
        tags?.length !== 1 ||
        inPath.sort().join() !== told.sort().join() ||
        !endings.some(([status]) => status.startsWith('2')) ||
        endings.some(([, { description }]) => !description)
      )
    })
    expect(wrong.map(([name]) => name)).toEqual([])
  })

  /** A stream of events, and what is refused for every connection. */
  const unshown = /^GET \/api\/(live|connections\/\{connection\}\/sessions)$/

  it('gives an example of what each GET answers', () => {
    const without = described().filter(
      ([name, , { responses }]) =>
        name.startsWith('GET') &&
        !unshown.test(name) &&
        !JSON.stringify(responses['200'] ?? {}).includes('"example"'),
    )
    expect(without.map(([name]) => name)).toEqual([])
  })

  it('is of OpenAPI 3.0, with our version, and says who need not log in', () => {
    expect(document.openapi).toMatch(/^3\.0\./)
    expect(document.info.version).toBe('0.0.0')
    expect(document.paths['/api/health/checks/is-in-service']?.['get']?.security).toEqual([])
    expect(document.paths['/api/overview']?.['get']?.security).toBeUndefined()
  })

  it('is shown on a page that runs no inline script and loads nothing from elsewhere', async () => {
    const page = await managed.ask('GET', '/docs/', { user: '' })
    expect(page.status).toBe(200)
    const policy = String(page.headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe|https?:/)
    expect(String(page.body)).not.toMatch(/<script(?![^>]*\ssrc=)|\son\w+=|https?:\/\//)
  })

  it('is found where RabbitMQ has its own', async () => {
    for (const path of ['', '/', '/index.html']) {
      const reply = await managed.ask('GET', path, { user: '' })
      expect([path, reply.status, reply.headers['location']]).toEqual([path, 301, '/api/docs/'])
    }
  })
})
