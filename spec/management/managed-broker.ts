/** A broker that listens, and its management on a port of its own: asked as a client of the API asks. */
import { hashPassword } from '../../src/auth/passwords'
import { type HttpServer, openHttpServer } from '../../src/management/http-server'
import { type ListeningBroker, listeningBroker } from '../support/listening-broker'
import { managementOf } from '../support/management-of'

export interface Answered {
  readonly status: number
  /** JSON, or undefined where there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what a spec looks at
  readonly body: any
  readonly headers: Readonly<Record<string, unknown>>
}

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE' | 'HEAD' | 'OPTIONS' | 'PATCH'

export class ManagedBroker {
  private constructor(
    readonly listening: ListeningBroker,
    private readonly http: HttpServer,
  ) {}

  static async open(): Promise<ManagedBroker> {
    const listening = await listeningBroker()
    const management = managementOf(listening)
    return new ManagedBroker(listening, await openHttpServer(management, { host: '127.0.0.1', port: 0 }))
  }

  get url(): string {
    return `http://127.0.0.1:${this.http.port}/api`
  }

  async close(): Promise<void> {
    await this.http.close()
    await this.listening.close()
  }

  /** As guest, or as a user of `addUser`. `body`: JSON, or a text that goes as it is. */
  async ask(method: Method, path: string, body?: unknown, user = 'guest'): Promise<Answered> {
    const authorization = `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}`
    const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization },
      ...(payload === undefined ? {} : { body: payload }),
    })
    const text = await answer.text()
    const headers = Object.fromEntries(answer.headers)
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text), headers }
  }

  get(path: string, user?: string): Promise<Answered> {
    return this.ask('GET', path, undefined, user)
  }

  /** The password is the name. */
  addUser(name: string, tags: readonly string[], vhosts: readonly string[] = []): void {
    const { broker } = this.listening
    broker.users.add({ name, tags, passwordHash: hashPassword(name) })
    for (const vhost of vhosts)
      broker.permissions.set(name, vhost, { configure: '.*', write: '.*', read: '.*' })
  }
}
