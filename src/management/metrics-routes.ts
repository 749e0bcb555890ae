/**
 * Prometheus' metrics over HTTP: `/metrics`, `/metrics/per-object` and `/metrics/detailed`, on a port of their own
 * (`metrics-server`), as RabbitMQ has them, and on the management's.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { filterPattern } from '../auth/linear-pattern'
import { InvalidPattern } from '../auth/pattern'
import type { MetricsKind, MetricsQuery, Prometheus } from '../metrics/prometheus'
import { badRequest } from './problems'

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
  const underWay = new Map<string, Promise<string>>()
  for (const [url, kind] of Object.entries(KINDS)) {
    const onRequest = async (request: FastifyRequest): Promise<void> => admit(request)
    app.get(url, { schema: { hide: true }, onRequest }, async (request, reply) => {
      const text = await shared(underWay, request.url, () => rendered(prometheus, kind, request))
      reply.header('content-type', prometheus.contentType).header('cache-control', 'no-cache')
      return text
    })
  }
}

async function rendered(prometheus: Prometheus, kind: MetricsKind, request: FastifyRequest): Promise<string> {
  return prometheus.render(kind, metricsQuery(request.query as Readonly<Record<string, unknown>>))
}

/** Whoever asks while the same is being written is given that: a hundred who ask at once cost as much as one. */
async function shared(
  underWay: Map<string, Promise<string>>,
  what: string,
  write: () => Promise<string>,
): Promise<string> {
  let text = underWay.get(what)
  if (text === undefined) {
    text = write().finally(() => underWay.delete(what))
    underWay.set(what, text)
  }
  return text
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
