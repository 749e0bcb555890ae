/**
 * Prometheus' metrics over HTTP: `/metrics`, `/metrics/per-object` and `/metrics/detailed`, on a port of their own
 * (`metrics-server`), as RabbitMQ has them, and on the management's.
 */
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { filterPattern } from '../auth/linear-pattern'
import { InvalidPattern } from '../auth/pattern'
import type { MetricsKind, MetricsQuery, Prometheus } from '../metrics/prometheus'
import { badRequest } from './problems'
import { SharedTexts } from './shared-text'

const KINDS: Readonly<Record<string, MetricsKind>> = {
  '/metrics': 'aggregated',
  '/metrics/per-object': 'per-object',
  '/metrics/detailed': 'detailed',
}

/** `admit`: throws for who may not see them. */
export function metricsRoutes(
  app: FastifyInstance,
  prometheus: Prometheus,
  admit: (request: FastifyRequest) => void,
): void {
  const texts = new SharedTexts()
  for (const [url, kind] of Object.entries(KINDS)) {
    const onRequest = async (request: FastifyRequest): Promise<void> => admit(request)
    app.get(url, { schema: { hide: true }, onRequest }, async (request, reply) => {
      const query = metricsQuery(request.query as Readonly<Record<string, unknown>>)
      // A hundred who ask at once cost as much as one.
      const body = await bodyOf(texts.read(request.url, () => prometheus.text(kind, query)))
      reply.header('content-type', prometheus.contentType).header('cache-control', 'no-cache')
      return reply.send(body)
    })
  }
}

/** What is short is sent as a whole, with its length. */
async function bodyOf(parts: AsyncGenerator<Buffer>): Promise<Buffer | Readable> {
  const begin: Buffer[] = []
  for (let part = await parts.next(); !part.done; part = await parts.next()) {
    begin.push(part.value)
    if (begin.length === 2) return Readable.from(inOrder(begin, parts), { objectMode: false })
  }
  return Buffer.concat(begin)
}

async function* inOrder(begin: readonly Buffer[], rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield* begin
  yield* rest
}

/** `family` and `vhost` may come several times. @throws Problem 400 */
function metricsQuery({ family, vhost, queue }: Readonly<Record<string, unknown>>): MetricsQuery {
  return {
    ...(family === undefined ? {} : { families: [family].flat().map(String) }),
    ...(vhost === undefined ? {} : { vhosts: [vhost].flat().map(String) }),
    ...(typeof queue === 'string' ? { queue: nameTest(queue) } : {}),
  }
}

function nameTest(text: string): (name: string) => boolean {
  try {
    const pattern = filterPattern(text)
    return name => pattern.test(name)
  } catch (error) {
    if (!(error instanceof InvalidPattern)) throw error
    throw badRequest(`invalid regular expression: ${error.reason}`)
  }
}
