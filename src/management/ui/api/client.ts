/**
 * Requests to the HTTP API of the server this page came from. Every request carries X-Requested-With, which a form on
 * another site cannot set; problems arrive as `ApiError` with the server's own words.
 */

/** What the server refused, and why: `reason` is its text to the letter. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
    readonly error: string,
  ) {
    super(reason)
  }
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

export interface Options {
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** `path` is without `/api`. Resolves to the parsed body, or to undefined when there is none. */
export async function request<T>(
  method: Method,
  path: string,
  body?: unknown,
  options: Options = {},
): Promise<T> {
  const headers: Record<string, string> = {
    accept: 'application/json',
    'x-requested-with': 'leveret',
    ...options.headers,
  }
  if (body !== undefined) headers['content-type'] = 'application/json'
  const init: RequestInit = { method, headers, credentials: 'same-origin' }
  if (body !== undefined) init.body = JSON.stringify(body)
  if (options.signal !== undefined) init.signal = options.signal
  const response = await send(`/api${path}`, init)
  const text = await response.text()
  const parsed = parse(text)
  if (!response.ok) throw problemOf(response.status, parsed, text)
  return parsed as T
}

/** Escapes each part: `route('queues', '/', 'a b')` is `/queues/%2F/a%20b`. */
export function route(...parts: (string | number)[]): string {
  return parts.map(part => `/${encodeURIComponent(part)}`).join('')
}

/** Adds what is set, in the order given: `query('/queues', { page: 1, name: '' })` is `/queues?page=1`. */
export function query(
  path: string,
  parameters: Record<string, string | number | boolean | undefined>,
): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== '') search.set(name, String(value))
  }
  const text = search.toString()
  return text === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${text}`
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ApiError(0, 'The server does not answer', 'unreachable')
  }
}

function parse(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** RabbitMQ says `{"error": "bad_request", "reason": "…"}`; anything else is shown as it came. */
export function problemOf(status: number, body: unknown, text = ''): ApiError {
  if (typeof body === 'object' && body !== null) {
    const { error, reason } = body as { error?: unknown; reason?: unknown }
    const told = reason ?? error
    const words =
      typeof told === 'string' ? told : told === undefined ? `HTTP ${status}` : JSON.stringify(told)
    return new ApiError(status, words, typeof error === 'string' ? error : '')
  }
  return new ApiError(status, text.length > 0 && text.length < 300 ? text : `HTTP ${status}`, '')
}
