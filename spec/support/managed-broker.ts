/** A broker composed by hand behind the management's HTTP server, with its insides in reach and its clock standing still. */
import { type IncomingMessage, request } from 'node:http'
import type { HttpMethod } from '../../src/management/api'
import { openHttpServer } from '../../src/management/http-server'
import type { ListenerView } from '../../src/management/management'
import { SystemTurn } from '../../src/turn'
import { type ComposedBroker, composeBroker } from './composed-broker'
import { managementOf, type SampledManagement } from './management-of'

export interface HttpReply {
  readonly status: number
  /** JSON, where it is; otherwise the text. */
  readonly body: unknown
  readonly headers: Readonly<Record<string, unknown>>
}

export interface Asking {
  /** Also the password; default guest. */
  readonly user?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface ManagedBroker extends ComposedBroker {
  readonly httpPort: number
  readonly management: SampledManagement
  readonly listeners: ListenerView[]
  /** `path` is behind `/api`. A body that is a text or bytes goes as it is. */
  ask(method: HttpMethod, path: string, asking?: Asking): Promise<HttpReply>
  close(): Promise<void>
}

export async function managedBroker(): Promise<ManagedBroker> {
  const composed = composeBroker(new SystemTurn())
  const listeners: ListenerView[] = [
    { protocol: 'amqp', host: '127.0.0.1', port: 5672 },
    { protocol: 'http', host: '127.0.0.1', port: 15672 },
  ]
  const management = managementOf(composed, listeners)
  const http = await openHttpServer(management, { host: '127.0.0.1', port: 0 })
  return {
    ...composed,
    management,
    httpPort: http.port,
    listeners,
    ask: asker(http.port),
    close: () => http.close(),
  }
}

function asker(port: number): ManagedBroker['ask'] {
  return async (method, path, { user = 'guest', body, headers = {} } = {}) => {
    const authorization = `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}`
    const payload =
      body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
    const options = {
      host: '127.0.0.1',
      port,
      method,
      path: `/api${path}`,
      agent: false,
      headers: { ...(user === '' ? {} : { authorization }), ...headers },
    }
    return new Promise((resolve, reject) => {
      const sent = request(options, reply => resolve(replyOf(reply)))
      sent.on('error', reject)
      sent.end(payload)
    })
  }
}

async function replyOf(message: IncomingMessage): Promise<HttpReply> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  const body = parsed(Buffer.concat(chunks).toString())
  return { status: message.statusCode ?? 0, body, headers: message.headers }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
