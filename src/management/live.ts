/**
 * Pushes for pages that are looked at: what some GETs of the API answer, sent at once and again whenever it has changed.
 * It asks the API itself, so a page sees in a push exactly what it would have got, and nothing that it may not.
 *
 *      GET /api/live?path=/overview&path=/queues?page=1
 *      event: update
 *      data: {"path":"/overview","status":200,"body":{…}}
 */
import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Timer } from '../clock'
import type { Admit } from './caller'
import type { Management } from './management'
import { badRequest, Problem } from './problems'

const PATHS_MAX = 16
const STREAMS_MAX = 1000
/** Nobody can keep all others from looking. */
const STREAMS_OF_USER_MAX = 100
const INTERVAL_MS = 1000
/** The header of what is asked for a push. */
const PUSHED = 'x-leveret-push'
/** By which the one who looks is known again. */
const HEADERS_OF_CALLER = ['authorization', 'cookie', 'host', 'forwarded', 'x-forwarded-for']
/** A page that does not read is not sent more. */
const UNREAD_BYTES_MAX = 256 * 1024
/** Pages show pages: whole lists of tens of thousands are not pushed each second. */
const BODY_LENGTH_MAX = 2 * 1024 * 1024
const TOO_LARGE =
  '{"error":"bad_request","reason":"too large for a push: ask for a page of it, or for fewer columns"}'

export function livePushes(app: FastifyInstance, management: Management, admit: Admit): void {
  const streams = new Set<LiveStream>()
  const schema = {
    summary:
      'Pushes: what GETs of these paths would answer, at once and whenever it changes; server-sent events',
    description: 'For users with any of RabbitMQ’s tags. `path`: 1 to 16 times, as behind /api.',
    tags: ['Access'],
  }
  app.get('/api/live', { schema }, (request, reply) => {
    const user = admit(request, 'management')
    // A path can be written in many ways, and a push of pushes would never end.
    if (request.headers[PUSHED] !== undefined) throw badRequest('pushes cannot be pushed')
    const paths = pathsOf(request)
    const own = [...streams].filter(stream => stream.user === user.name)
    if (streams.size >= STREAMS_MAX || own.length >= STREAMS_OF_USER_MAX) {
      throw new Problem(503, 'service_unavailable', 'too many pages are open')
    }
    const stream = new LiveStream(app, management, user.name, request, reply, paths)
    streams.add(stream)
    reply.raw.on('close', () => {
      streams.delete(stream)
      stream.stop()
    })
    stream.start()
  })
  app.addHook('preClose', async () => {
    for (const stream of streams) stream.end()
  })
}

/** @throws Problem 400 */
function pathsOf(request: FastifyRequest): string[] {
  const given = (request.query as { path?: string | string[] }).path
  const paths = typeof given === 'string' ? [given] : (given ?? [])
  const areFine = paths.every(isOfTheApi)
  if (paths.length === 0 || paths.length > PATHS_MAX || !areFine) {
    throw badRequest(`1 to ${PATHS_MAX} times path=/…, as behind /api`)
  }
  return paths
}

/** Dot segments would lead out of the API; in a filter behind the question mark they are only dots. */
function isOfTheApi(path: string): boolean {
  const [place = ''] = path.split('?')
  return place.startsWith('/') && !/(^|\/)(\.|%2e){2}(\/|$)/i.test(place)
}

class LiveStream {
  /** Digests: what was sent may be large. */
  private readonly sent = new Map<string, string>()
  private readonly headers: Record<string, string>
  private timer: Timer | undefined
  private isOver = false

  constructor(
    private readonly app: FastifyInstance,
    private readonly management: Management,
    readonly user: string,
    private readonly request: FastifyRequest,
    private readonly reply: FastifyReply,
    private readonly paths: readonly string[],
  ) {
    this.headers = { [PUSHED]: 'yes' }
    for (const name of HEADERS_OF_CALLER) {
      const value = request.headers[name]
      if (value !== undefined) this.headers[name] = String(value)
    }
  }

  start(): void {
    this.reply.hijack()
    this.reply.raw.writeHead(200, {
      ...(this.reply.getHeaders() as Record<string, number | string | string[]>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    this.reply.raw.write('retry: 2000\n\n')
    this.pushAll()
  }

  stop(): void {
    this.isOver = true
    this.timer?.cancel()
  }

  /** The server goes. */
  end(): void {
    this.stop()
    this.reply.raw.end()
  }

  private pushAll(): void {
    this.push().catch((error: unknown) => {
      this.management.logger.error({ err: error }, 'a push failed by a defect of ours')
      this.end()
    })
  }

  private async push(): Promise<void> {
    for (const path of this.paths) {
      if (this.isOver) return
      if (this.reply.raw.writableLength < UNREAD_BYTES_MAX) await this.pushOne(path)
    }
    if (!this.isOver) this.timer = this.management.broker.clock.after(INTERVAL_MS, () => this.pushAll())
  }

  private async pushOne(path: string): Promise<void> {
    const answer = await this.app.inject({
      method: 'GET',
      url: `/api${path}`,
      headers: this.headers,
      remoteAddress: this.request.ip,
    })
    const isTooLarge = answer.body.length > BODY_LENGTH_MAX
    const status = isTooLarge ? 413 : answer.statusCode
    const body = isTooLarge ? TOO_LARGE : isJson(answer.body) ? answer.body : 'null'
    const data = `{"path":${JSON.stringify(path)},"status":${status},"body":${body}}`
    const digest = createHash('sha256').update(data).digest('base64')
    if (this.isOver || this.sent.get(path) === digest) return
    this.sent.set(path, digest)
    this.reply.raw.write(`event: update\ndata: ${data}\n\n`)
  }
}

/** All of the API's answers are JSON in one line, or nothing. */
function isJson(body: string): boolean {
  return body.startsWith('{') || body.startsWith('[')
}
