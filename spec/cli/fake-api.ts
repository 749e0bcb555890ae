/** A management API that answers as it is told: for what a broker does not do on demand, failures and strangers. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface FakeAnswer {
  readonly status?: number
  readonly body?: unknown
  /** Instead of `body`. */
  readonly text?: string
  readonly headers?: Record<string, string>
}

export interface FakeRequest {
  readonly method: string
  /** With the query, as it was sent. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export class FakeApi {
  readonly requests: FakeRequest[] = []
  answer: (request: FakeRequest) => FakeAnswer = () => ({ body: {} })

  static async open(): Promise<FakeApi> {
    const server = createServer()
    const fake = new FakeApi(server)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return fake
  }

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      let body = ''
      request.setEncoding('utf8')
      request.on('data', (text: string) => {
        body += text
      })
      request.on('end', () => {
        const seen = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body }
        this.requests.push(seen)
        const { status = 200, body: json, text, headers = {} } = this.answer(seen)
        response.writeHead(status, headers).end(text ?? (json === undefined ? '' : JSON.stringify(json)))
      })
    })
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise(resolve => this.server.close(resolve))
  }
}
