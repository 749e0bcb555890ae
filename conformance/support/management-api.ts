/** RabbitMQ's management API by its URL, as `http://guest:guest@127.0.0.1:15672`. */

export interface ApiAnswer {
  readonly status: number
  readonly body: unknown
}

/** RabbitMQ's own; without it what needs one is skipped. */
export const oracleApiUrl = process.env['CONFORMANCE_ORACLE_API']

export class ManagementApi {
  private readonly base: string
  private readonly authorization: string

  constructor(url: string) {
    const { username, password, origin } = new URL(url)
    this.base = `${origin}/api`
    const name = decodeURIComponent(username || 'guest')
    this.authorization = `Basic ${Buffer.from(`${name}:${decodeURIComponent(password || 'guest')}`).toString('base64')}`
  }

  async ask(method: string, path: string, body?: unknown): Promise<ApiAnswer> {
    const reply = await fetch(`${this.base}${path}`, {
      method,
      headers: {
        authorization: this.authorization,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await reply.text()
    return { status: reply.status, body: text === '' ? undefined : JSON.parse(text) }
  }

  async get(path: string): Promise<unknown> {
    const { status, body } = await this.ask('GET', path)
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`)
    return body
  }

  /** @throws when it is refused */
  async send(method: string, path: string, body?: unknown): Promise<void> {
    const answer = await this.ask(method, path, body)
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  }
}
