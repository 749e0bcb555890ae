/** The management of the broker under test: asked directly, and a virtual host in it for the tools that are tried. */
import { randomBytes } from 'node:crypto'
import { brokerUrl } from './broker'
import { parseUrl } from './url'

export const managementUrl = process.env['CONFORMANCE_MANAGEMENT_URL'] ?? 'http://127.0.0.1:15672'

/** RabbitMQ tells of what changed only every five seconds, and of that with delay. */
export const STATISTICS_MS = 20_000

const { user, password, host, port } = parseUrl(brokerUrl)

export interface Answered {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what a test looks at
  readonly body: any
}

/** `path` is behind `/api`. */
export async function ask(method: string, path: string, body?: unknown): Promise<Answered> {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  const answer = await fetch(`${managementUrl}/api${path}`, {
    method,
    headers: { authorization },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
}

/** Whether there is one: `start-broker.ts` has asked. */
export const hasManagement = process.env['CONFORMANCE_MANAGEMENT'] === 'yes'

/** A virtual host for one test file, which goes with all that is in it. */
export function useVhost(): { readonly name: string; readonly amqpUrl: string } {
  const name = `conformance-${randomBytes(6).toString('hex')}`
  beforeAll(async () => {
    await ask('PUT', `/vhosts/${name}`, {})
    const all = { configure: '.*', write: '.*', read: '.*' }
    await ask('PUT', `/permissions/${name}/${encodeURIComponent(user)}`, all)
  })
  afterAll(async () => {
    await ask('DELETE', `/vhosts/${name}`)
  })
  const credentials = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`
  return { name, amqpUrl: `amqp://${credentials}@${host}:${port}/${name}` }
}

export { password, user }
