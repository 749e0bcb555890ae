/**
 * The HTTP server of the management: endpoints made into routes with their login, validation and errors, beside the API's
 * page and pushes. Whatever a request sends costs at most that request.
 */
import { Readable } from 'node:stream'
import cookie from '@fastify/cookie'
import type { TSchema } from '@sinclair/typebox'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { Answer, type ApiRequest, type Endpoint, type HttpMethod } from './api'
import { type Admit, callerOf, whence } from './caller'
import type { HttpConnections } from './http-connections'
import {
  type HttpAddress,
  HttpDoor,
  type HttpsSettings,
  NO_COMPILERS,
  type UpgradeListener,
} from './http-door'
import { jsonOf, LongList, LongObject } from './json'
import { isTooDeep, TOO_DEEP } from './json-depth'
import { livePushes } from './live'
import { Login, requireTag, SESSION_COOKIE } from './login'
import type { Management } from './management'
import { metricsRoutes } from './metrics-routes'
import { describeApi } from './openapi'
import { isForeign } from './origin'
import { pause } from './pause'
import { answerErrors, answerProblem } from './problem-answers'
import { badRequest, objectNotFound, Problem } from './problems'
import { endpoints } from './resources'
import { Sessions } from './sessions'
import { isOfUi, mountUi } from './ui-files'
import { validatorOf } from './validation'

/** RabbitMQ: `management.http.max_body_size`, which definitions must fit. */
const BODY_BYTES_MAX = 20_000_000

/** A vhost and a queue name of 255 bytes each, every byte escaped. */
const PARAM_LENGTH_MAX = 3 * 255

/** Nobody has to log in to send these. */
const ANYONES_BODY_BYTES_MAX = 16 * 1024

/** Milliseconds in which a whole request must have come: Node's own, which Fastify switches off. */
const REQUEST_TIMEOUT = 300_000

const JSON_TYPE = 'application/json; charset=utf-8'

/**
 * Of whatever says nothing else: an answer is read by whoever asked, is never a page, and is kept nowhere, for messages are
 * in it. Pages have a policy of their own.
 */
const ANSWER_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const

const ROUTES_AT_ONCE = 64

const METHODS: readonly HttpMethod[] = ['GET', 'PUT', 'POST', 'DELETE']

export interface HttpSettings {
  /** Undefined: plain HTTP. */
  readonly tls?: HttpsSettings | undefined
  /** Of users' requests, in bytes. Default: 20,000,000. */
  readonly bodyMax?: number
  /** 0, the default: no limit. */
  readonly connectionsMax?: number
}

export interface HttpServer {
  readonly host: string
  readonly port: number
  readonly connections: HttpConnections
  onUpgrade(listener: UpgradeListener): void
  /** Requests under way end, pushes are cut. */
  close(): Promise<void>
}

/** @throws what listening throws: EADDRINUSE, EACCES, … */
export async function openHttpServer(
  management: Management,
  address: HttpAddress & HttpSettings,
): Promise<HttpServer> {
  const { app, door } = await createServer(management, address, () => pause(management.broker))
  const port = await door.listen(app, address)
  const onUpgrade = (listener: UpgradeListener): void => door.onUpgrade(listener)
  const { connections } = door
  return { host: address.host, port, connections, onUpgrade, close: () => door.close(app) }
}

/** Without a place to listen: requests are injected. */
export async function createApp(management: Management): Promise<FastifyInstance> {
  return (await createServer(management, {}, async () => {})).app
}

/** `rest`: others come between. All at once would hold them up for a tenth of a second. */
async function createServer(
  management: Management,
  { tls, connectionsMax = 0, bodyMax = BODY_BYTES_MAX }: HttpSettings,
  rest: () => Promise<void>,
): Promise<{ app: FastifyInstance; door: HttpDoor }> {
  const { logger } = management
  const door = new HttpDoor({ tls, connectionsMax, requestTimeout: REQUEST_TIMEOUT, logger })
  const app = fastify({
    serverFactory: door.serverFactory,
    schemaController: NO_COMPILERS,
    logger: false,
    bodyLimit: ANYONES_BODY_BYTES_MAX,
    // An address that is none: no route was looked for.
    frameworkErrors: (error, _request, reply: FastifyReply) => answerProblem(management, error, reply),
    forceCloseConnections: true,
    routerOptions: { maxParamLength: PARAM_LENGTH_MAX, ignoreTrailingSlash: true },
  })
  const login = new Login(management.broker, new Sessions(management.broker.clock))
  const admit: Admit = (request, who) => {
    const user = login.userOf(callerOf(request))
    door.connections.known(request.raw.socket)
    requireTag(user, who)
    return user
  }
  await app.register(cookie)
  await rest()
  app.setValidatorCompiler<TSchema>(({ schema, httpPart = 'request' }) => validatorOf(schema, httpPart))
  parseEverythingAsJson(app)
  app.setReplySerializer(jsonOf)
  answerErrors(app, management)
  const sendPage = await mountUi(app)
  await rest()
  app.setNotFoundHandler((request, reply) => {
    if (sendPage?.(request, reply)) return
    answerProblem(management, objectNotFound(), reply)
  })
  app.addHook('onRequest', async (request, reply) => {
    if (!isOfUi(request.url)) reply.headers(ANSWER_HEADERS)
    refuseForeign(request)
  })
  await describeApi(app, management.version)
  const all = endpoints(management, login)
  const adding = [
    () => refuseOtherMethods(app, all),
    ...all.map(endpoint => () => addRoute(app, endpoint, admit, bodyMax)),
  ]
  for (const [index, add] of adding.entries()) {
    if (index % ROUTES_AT_ONCE === 0) await rest()
    add()
  }
  await rest()
  livePushes(app, management, admit)
  metricsRoutes(app, management.prometheus, request => void admit(request, 'monitoring'))
  return { app, door }
}

/** RabbitMQ does not look at the content type. `__proto__` in a body is an error. */
function parseEverythingAsJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (request.routeOptions.config.reads === 'raw') {
      done(null, body)
      return
    }
    const text = body.toString()
    if (text.trim() === '') done(null, undefined)
    else if (isTooDeep(body)) done(badRequest(TOO_DEEP), undefined)
    else parse(request, text, done)
  })
}

function addRoute(app: FastifyInstance, endpoint: Endpoint, admit: Admit, bodyMax: number): void {
  const { method, path, who, forms, summary, tag, reads = 'json' } = endpoint
  app.route({
    method,
    url: `/api${path}`,
    bodyLimit: who === 'anyone' ? ANYONES_BODY_BYTES_MAX : bodyMax,
    config: { reads, endpoint },
    schema: {
      summary,
      tags: [tag],
      ...(forms.params === undefined ? {} : { params: forms.params }),
      ...(forms.query === undefined ? {} : { querystring: forms.query }),
      ...(forms.body === undefined ? {} : { body: forms.body }),
    },
    // Before anything is read of the body.
    onRequest: async request => {
      if (who !== 'anyone') request.user = admit(request, who)
    },
    handler: async (request, reply) => {
      const answer = await endpoint.handle(apiRequest(request))
      return send(reply, answer)
    },
  })
}

declare module 'fastify' {
  interface FastifyContextConfig {
    reads?: 'json' | 'raw'
    /** For the API's page. */
    endpoint?: Endpoint
  }
  interface FastifyRequest {
    /** Who asks, where the endpoint is not for anyone. */
    user?: ApiRequest['user']
  }
}

function apiRequest(request: FastifyRequest): ApiRequest {
  return {
    user: request.user!, // endpoints for anyone do not ask
    params: request.params as never,
    query: request.query as never,
    body: request.body as never,
    headers: request.headers,
    sessionToken: request.cookies[SESSION_COOKIE],
    whence: whence(request),
  }
}

function send(reply: FastifyReply, answer: unknown): FastifyReply {
  if (answer instanceof LongList) return reply.type(JSON_TYPE).send(Readable.from(answer.chunks()))
  if (!(answer instanceof Answer)) return reply.send(answer)
  if (answer.sessionToken !== undefined) {
    const secure = reply.request.protocol === 'https'
    const lasting = answer.sessionToken === '' ? { maxAge: 0 } : {}
    const cookie = { path: '/', httpOnly: true, sameSite: 'strict', secure, ...lasting } as const
    reply.setCookie(SESSION_COOKIE, answer.sessionToken, cookie)
  }
  reply.code(answer.status).headers(answer.headers)
  if (answer.body instanceof LongObject)
    return reply.type(JSON_TYPE).send(Readable.from(answer.body.chunks()))
  return reply.send(answer.body)
}

/** RabbitMQ: 405 with what is allowed. */
function refuseOtherMethods(app: FastifyInstance, all: readonly Endpoint[]): void {
  const offered = new Map<string, HttpMethod[]>()
  for (const { path, method } of all) offered.set(path, [...(offered.get(path) ?? []), method])
  for (const [path, methods] of offered) {
    const allow = [...(methods.includes('GET') ? ['HEAD'] : []), ...methods, 'OPTIONS'].join(', ')
    const others = [...METHODS, 'PATCH' as const].filter(method => !methods.includes(method as HttpMethod))
    const url = `/api${path}`
    app.route({ method: 'OPTIONS', url, handler: (_request, reply) => reply.header('allow', allow).send() })
    app.route({
      method: others,
      url,
      handler: (_request, reply) => reply.code(405).header('allow', allow).send(),
    })
  }
}

/** A browser sends passwords and cookies along with what another site makes it send. */
function refuseForeign(request: FastifyRequest): void {
  const { method, headers } = request
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return
  if (isForeign(headers.origin, headers.host)) {
    throw new Problem(403, 'forbidden', 'requests from other sites are refused')
  }
  const bySession = headers.authorization === undefined && request.headers.cookie !== undefined
  if (bySession && headers['x-requested-with'] === undefined) {
    throw new Problem(403, 'forbidden', 'a request with a session cookie needs the header X-Requested-With')
  }
}
