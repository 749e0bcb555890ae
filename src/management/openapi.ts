/**
 * The API's own description, made from the lines that the endpoints are: `/api/openapi.json`, and a page of it at
 * `/api/docs`. Both are the same for everybody, so nobody need log in to see them; the page may load nothing but its own
 * files, and runs no inline script.
 */
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { type TSchema, Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifySchema } from 'fastify'
import type { Endpoint } from './api'
import { shownAnswer } from './shown-answers'

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "form-action 'self'",
].join('; ')

/** Before the routes that it shall describe. `version`: Leveret's own. */
export async function describeApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.0.3',
      info: {
        title: 'Leveret HTTP API',
        version,
        description:
          'RabbitMQ’s management API for one node, and what Leveret adds to it. Names in paths are percent-encoded: ' +
          'the virtual host `/` is `%2F`.',
      },
      components: { securitySchemes: { password: { type: 'http', scheme: 'basic' } } },
      security: [{ password: [] }],
    },
    transform: ({ schema, url, route }) => {
      const { endpoint } = route.config ?? {}
      if (endpoint !== undefined) return { schema: described(schema, endpoint), url }
      return { schema: { ...schema, hide: schema?.summary === undefined }, url }
    },
  })
  await app.register(swaggerUi, {
    routePrefix: '/api/docs',
    staticCSP: POLICY,
    uiConfig: { docExpansion: 'none', filter: true, layout: 'BaseLayout' },
    theme: { title: 'Leveret HTTP API' },
  })
  const hidden = { hide: true }
  app.get('/api/openapi.json', { schema: hidden }, () => app.swagger())
  for (const url of ['/api', '/api/index.html', '/doc/stats.html'])
    app.get(url, { schema: hidden }, (_request, reply) => reply.redirect('/api/docs/', 301))
}

const PROBLEM = Type.Object({ error: Type.String(), reason: Type.Unknown() })

function described(schema: FastifySchema, endpoint: Endpoint): FastifySchema {
  const { method, path, who, forms } = endpoint
  const gives = endpoint.gives ?? (method === 'GET' ? shownAnswer(path) : undefined)
  const shown = forms.shownBody
  return {
    ...schema,
    ...(shown === undefined ? {} : { body: shown }),
    ...(who === 'anyone' ? { security: [] } : {}),
    description: WHO[who],
    response: {
      ...successes(method, gives),
      ...(hasInput(forms) ? { 400: { description: 'It cannot be done so.', ...PROBLEM } } : {}),
      ...(who === 'anyone' ? {} : { 401: { description: 'Not logged in, or not allowed.', ...PROBLEM } }),
      ...(forms.params === undefined ? {} : { 404: { description: 'There is none.', ...PROBLEM } }),
    },
  }
}

const WHO: Readonly<Record<Endpoint['who'], string>> = {
  anyone: 'For anyone.',
  management: 'For users with any of RabbitMQ’s tags; virtual hosts that the user may not see are not shown.',
  policymaker: 'For users with the tag policymaker or administrator.',
  monitoring: 'For users with the tag monitoring or administrator.',
  administrator: 'For users with the tag administrator.',
}

function hasInput({ query, body, shownBody }: Endpoint['forms']): boolean {
  return query !== undefined || body !== undefined || shownBody !== undefined
}

function successes(method: Endpoint['method'], gives: unknown): Readonly<Record<number, TSchema | object>> {
  if (gives !== undefined) {
    const json = { schema: { example: gives } }
    return { 200: { description: 'As in the example.', content: { 'application/json': json } } }
  }
  const empty = { type: 'null' } // which it takes for no body
  if (method === 'GET') return { 200: { description: 'Done.', ...empty } }
  const created = method === 'DELETE' ? {} : { 201: { description: 'Made.', ...empty } }
  return { ...created, 204: { description: 'Done.', ...empty } }
}
