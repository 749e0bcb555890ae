/** A broker that listens, and its management on a port of its own: asked as a client of the API asks. */
import { type HttpServer, openHttpServer } from '../../src/management/http-server'
import type { Metrics } from '../../src/metrics/metrics'
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

export class ListeningManagement {
  private constructor(
    readonly listening: ListeningBroker,
    private readonly http: HttpServer,
    private readonly metrics: Metrics,
  ) {}

  static async open(): Promise<ListeningManagement> {
    const listening = await listeningBroker()
    const management = managementOf(listening)
    await management.metrics.start()
    const http = await openHttpServer(management, { host: '127.0.0.1', port: 0 })
    return new ListeningManagement(listening, http, management.metrics)
  }

  get url(): string {
    return `http://127.0.0.1:${this.http.port}/api`
  }

  amqpUrl(user: string, vhost: string): string {
    const { host } = new URL(this.listening.url)
    return `amqp://${user}:${user}@${host}/${encodeURIComponent(vhost)}`
  }

  /** What is counted now is sampled. */
  async sample(): Promise<void> {
    this.listening.clock.advance(1000)
  }

  async close(): Promise<void> {
    this.metrics.stop()
    await this.http.close()
    await this.listening.close()
  }

  /** Takes every queue and exchange that was declared out of the virtual host `/`. */
  async clear(): Promise<void> {
    const { vhost } = this.listening
    const gone = [
      ...[...vhost.queues.keys()].map(name => `/queues/%2F/${encodeURIComponent(name)}`),
      ...[...vhost.exchanges.keys()].map(name => `/exchanges/%2F/${encodeURIComponent(name)}`),
    ]
    for (const path of gone) if (!/\/(amq\..*)?$/.test(path)) await this.ask('DELETE', path)
  }

  /** As guest, or as a user of `addUser`. `body`: JSON, or a text that goes as it is. */
  async ask(
    method: Method,
    path: string,
    body?: unknown,
    user = 'guest',
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answered> {
    const authorization = `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}`
    const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization, ...headers },
      ...(payload === undefined ? {} : { body: payload }),
    })
    const text = await answer.text()
    return {
      status: answer.status,
      body: text === '' ? undefined : JSON.parse(text),
      headers: Object.fromEntries(answer.headers),
    }
  }

  get(path: string, user?: string): Promise<Answered> {
    return this.ask('GET', path, undefined, user)
  }

  /** The password is the name. */
  addUser(name: string, tags: readonly string[], vhosts: readonly string[] = []): void {
    const { accounts } = this.listening.broker
    accounts.putUser(name, { password: name, tags: tags.join(',') })
    for (const vhost of vhosts)
      accounts.setPermissions(name, vhost, { configure: '.*', write: '.*', read: '.*' })
  }
}
