/**
 * One HTTP exchange with the broker. fetch does it, but for https with a CA of one's own or without verification, which
 * fetch cannot be told: then `node:https`, answered in the same shape. Nothing is redirected, for a login must not
 * follow a redirect to somewhere else.
 */
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'

export interface TlsTrust {
  /** PEM of the authorities to trust instead of the built-in ones. */
  readonly ca: Buffer | undefined
  readonly insecure: boolean
}

export interface Exchange {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

export async function exchange(url: string, request: Exchange, trust: TlsTrust): Promise<Response> {
  const special = url.startsWith('https:') && (trust.insecure || trust.ca !== undefined)
  if (special) return await secureExchange(url, request, trust)
  const { body, ...others } = request
  return await fetch(url, { ...others, redirect: 'manual', ...(body === undefined ? {} : { body }) })
}

async function secureExchange(url: string, request: Exchange, trust: TlsTrust): Promise<Response> {
  const { request: open } = await import('node:https')
  return await new Promise((resolve, reject) => {
    const { method, body } = request
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const headers = { ...request.headers, ...length }
    const sent = open(url, { method, headers, ca: trust.ca, rejectUnauthorized: !trust.insecure })
    sent.once('error', reject)
    sent.once('response', answer => {
      const status = answer.statusCode ?? 0
      // A Response with one of these refuses a body, even an empty one.
      const hasBody = status !== 204 && status !== 304
      if (!hasBody) answer.resume()
      const content = hasBody ? (Readable.toWeb(answer) as ReadableStream<Uint8Array>) : null
      const location = answer.headers.location
      const kept = location === undefined ? {} : { location }
      resolve(new Response(content, { status, headers: kept }))
    })
    sent.end(body)
  })
}
