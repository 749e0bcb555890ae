/**
 * RabbitMQ's management API, as the commands use it: paths, pages, and failures turned into one line and an exit code
 * that means something. Speaks to Leveret and to RabbitMQ alike. The password is in the Authorization header and in
 * nothing that is printed.
 */
import { isNativeError } from 'node:util/types'
import { exchange, type TlsTrust } from './api-transport'
import { CommandError, type Ending } from './exit-codes'
import { fieldOf, isObject, type Json, type JsonObject, textField } from './json'

export interface ApiTarget {
  /** Without a trailing slash and without `/api`. */
  readonly url: string
  readonly user: string
  readonly password: string
  readonly trust: TlsTrust
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

/** As many as RabbitMQ gives at once. */
export const PAGE_SIZE_MAX = 500

/**
 * `/queues/%2F/orders`. A name of dots only would be taken for a step in the path, by us and by every proxy on the way,
 * and so become another resource: it is refused.
 */
export function pathOf(...parts: readonly string[]): string {
  return parts
    .map(part => {
      if (part === '') throw new CommandError('a name must not be empty', 'usage')
      if (part === '.' || part === '..')
        throw new CommandError(`the name '${part}' cannot be part of a URL`, 'usage')
      return `/${encodeURIComponent(part)}`
    })
    .join('')
}

export class ApiClient {
  constructor(private readonly target: ApiTarget) {}

  async get(path: string, query: Query = {}): Promise<Json> {
    return (await this.ask('GET', path, query)).body
  }

  /** As it was sent: whole numbers beyond 2^53 keep their digits, which they lose when they are read. */
  async getText(path: string): Promise<string> {
    return (await this.ask('GET', path, {})).text
  }

  async getObject(path: string, query: Query = {}): Promise<JsonObject> {
    const body = await this.get(path, query)
    if (!isObject(body)) throw this.notTheApi(path)
    return body
  }

  /** True: it was not there before. */
  async put(path: string, body: JsonObject = {}): Promise<boolean> {
    return (await this.ask('PUT', path, {}, body)).status === 201
  }

  async post(path: string, body: Json = {}): Promise<Json> {
    return (await this.ask('POST', path, {}, body)).body
  }

  /** `text` is JSON already. */
  async postText(path: string, text: string): Promise<void> {
    await this.ask('POST', path, {}, new Verbatim(text))
  }

  async delete(
    path: string,
    query: Query = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    await this.ask('DELETE', path, query, undefined, headers)
  }

  /** All of a list, some at a time, so that a long one is never held as a whole. */
  async *pages(path: string, query: Query = {}): AsyncGenerator<readonly JsonObject[]> {
    for (let page = 1; ; page++) {
      const body = await this.page(path, { ...query, page, page_size: PAGE_SIZE_MAX })
      if (body === undefined) return
      if (Array.isArray(body)) {
        yield body.filter(isObject) // a resource that has no pages gives all at once
        return
      }
      const items = isObject(body) ? body['items'] : undefined
      if (!isObject(body) || !Array.isArray(items)) throw this.notTheApi(path)
      yield items.filter(isObject)
      if (page >= Number(fieldOf(body, 'page_count') ?? 1)) return
    }
  }

  /** Undefined: the list has become shorter than the page asked for, or is empty. */
  private async page(path: string, query: Query): Promise<Json | undefined> {
    try {
      return await this.get(path, query)
    } catch (cause) {
      if (cause instanceof ApiError && cause.kind === 'page_out_of_range') return undefined
      throw cause
    }
  }

  private async ask(
    method: string,
    path: string,
    query: Query,
    body?: Json | Verbatim,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ status: number; text: string; body: Json }> {
    const url = `${this.target.url}/api${path}${queryText(query)}`
    const login = Buffer.from(`${this.target.user}:${this.target.password}`).toString('base64')
    const sent = {
      method,
      headers: {
        authorization: `Basic ${login}`,
        accept: 'application/json, */*;q=0.1', // RabbitMQ: limits are set with 406 where only JSON is taken
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body instanceof Verbatim ? body.text : body === undefined ? undefined : JSON.stringify(body),
    }
    try {
      const answer = await exchange(url, sent, this.target.trust)
      const text = await answer.text()
      if (answer.ok) {
        return { status: answer.status, text, body: text === '' ? null : this.parsed(text, path) }
      }
      throw this.refusal(answer, text, path)
    } catch (cause) {
      if (cause instanceof CommandError) throw cause
      throw new CommandError(
        `cannot connect to ${this.target.url}: ${whyNoConnection(cause)}`,
        'cannotConnect',
      )
    }
  }

  private parsed(text: string, path: string): Json {
    try {
      return JSON.parse(text) as Json
    } catch {
      throw this.notTheApi(path)
    }
  }

  private refusal(answer: Response, text: string, path: string): CommandError {
    const { status } = answer
    if (status >= 300 && status < 400) {
      const where = answer.headers.get('location') ?? 'elsewhere'
      return new CommandError(`${this.target.url} points to ${where}; name that with --url`, 'cannotConnect')
    }
    const parsed = jsonOrNothing(text)
    if (parsed === undefined) {
      if (status === 401) return new CommandError('not authorised', 'notAuthorised')
      return status >= 500 ? new CommandError(`the broker answered ${status}`) : this.notTheApi(path)
    }
    const kind = textField(parsed, 'error')
    const reason = textField(parsed, 'reason') || kind || `the broker answered ${status}`
    const what =
      reason === 'Not Found' ? `: ${path.split('/').slice(1).map(decodeURIComponent).join(' ')}` : ''
    return new ApiError(`${reason}${what}`, endingOf(status, reason), kind)
  }

  private notTheApi(path: string): CommandError {
    if (LEVERETS_OWN.test(path)) return new CommandError(`${path}: only Leveret has this, RabbitMQ does not`)
    return new CommandError(
      `${this.target.url}/api${path} does not answer as the management API does; is --url right?`,
      'cannotConnect',
    )
  }
}

class Verbatim {
  constructor(readonly text: string) {}
}

/** RabbitMQ's own reason. */
class ApiError extends CommandError {
  constructor(
    reason: string,
    ending: Ending,
    readonly kind: string,
  ) {
    super(reason, ending)
  }
}

/**
 * What an AMQP operation ran into comes as 400 with AMQP's reply code first in the reason; RabbitMQ 3.10 leaves the code
 * out, and only its words tell.
 */
function endingOf(status: number, reason: string): Ending {
  const replyCode = status === 400 ? Number(/^(\d{3}) [A-Z_]+/.exec(reason)?.[1] ?? 400) : status
  if (replyCode === 400 && CONFLICT.test(reason)) return 'conflict'
  switch (replyCode) {
    case 401:
    case 403:
      return 'notAuthorised'
    case 404:
      return 'notFound'
    case 405:
    case 406:
    case 409:
    case 412:
      return 'conflict'
    default:
      return 'failed'
  }
}

/** RabbitMQ answers them with an empty 404 or 405. */
const LEVERETS_OWN = /\/(explain|move|redrive|messages)$/

const CONFLICT = /inequivalent arg|^(queue|exchange) '.*' in vhost '.*' (in use|not empty)|exclusive access/s

function jsonOrNothing(text: string): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return isObject(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

function queryText(query: Query): string {
  const given = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) given.append(key, String(value))
  }
  return given.size === 0 ? '' : `?${given}`
}

/** fetch hides what happened behind "fetch failed", and where a name has several addresses behind one more. */
function whyNoConnection(cause: unknown): string {
  const inner = isNativeError(cause) && isNativeError(cause.cause) ? cause.cause : cause
  const first: unknown = inner instanceof AggregateError ? inner.errors[0] : inner
  if (!isNativeError(first)) return String(first)
  switch ((first as NodeJS.ErrnoException).code) {
    case 'ECONNREFUSED':
      return 'connection refused; is a broker running there, with its management API?'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'there is no such host'
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return `${first.message}; name its authority with --cacert, or do without proof with --insecure`
    default:
      return first.message
  }
}
