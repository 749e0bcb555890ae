/**
 * Serves the web UI that the build left in dist/ui: hashed files that may be kept for ever, and for every other address
 * the one page, whose router knows what to show. The content policy allows scripts from here only and no inline
 * script; style elements must carry the nonce, made anew for each page. Knows nothing of the API beside it.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

const noncePlace = '__CSP_NONCE__'
const foreverSeconds = 31_536_000

/** Addresses that are never a page: what is not found below them is answered as the API does. */
const notPages = /^\/(api|metrics|assets)(\/|\?|$)/

/** A page, or what pages load: these have headers of their own. */
export function isOfUi(url: string): boolean {
  return !/^\/(api|metrics)(\/|\?|$)/.test(url)
}

/** Where the build puts it; specs run from src, whose dist is a neighbour. */
export function uiFolder(): string | undefined {
  const places = [join(__dirname, '..', 'ui'), join(dirname(dirname(__dirname)), 'dist', 'ui')]
  return places.find(place => existsSync(join(place, 'index.html')))
}

/**
 * Mounts the UI on the server. Returns what answers a GET that no route knows, or undefined when the UI was not built:
 * the caller's not-found handler asks it first, and goes on when it returns false.
 */
export async function mountUi(
  app: FastifyInstance,
  folder: string | undefined = uiFolder(),
): Promise<((request: FastifyRequest, reply: FastifyReply) => boolean) | undefined> {
  if (folder === undefined) return undefined
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  await app.register(fastifyStatic, {
    root: folder,
    wildcard: false, // a route for each file that is there, so that nothing else of the disk can be asked for
    index: false,
    globIgnore: ['index.html'],
    cacheControl: false,
    preCompressed: true, // the build has left each script and style compressed beside it
    setHeaders: (reply, path) => {
      const isHashed = path.startsWith(join(folder, 'assets'))
      reply.setHeader('cache-control', isHashed ? `public, max-age=${foreverSeconds}, immutable` : 'no-cache')
      reply.setHeader('x-content-type-options', 'nosniff')
    },
  })
  return (request, reply) => {
    if ((request.method !== 'GET' && request.method !== 'HEAD') || notPages.test(request.url)) return false
    sendPage(reply, page)
    return true
  }
}

function sendPage(reply: FastifyReply, page: string): void {
  const nonce = randomBytes(16).toString('base64')
  for (const [name, value] of Object.entries(pageHeaders(nonce))) reply.header(name, value)
  reply.code(200).type('text/html; charset=utf-8').send(page.replace(noncePlace, nonce))
}

/** The headers of the page: what it may load, and who may frame it (nobody). */
export function pageHeaders(nonce: string): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
  ]
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
  }
}
