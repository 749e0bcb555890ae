/** What a request says of who sends it. */
import type { FastifyRequest } from 'fastify'
import { type Caller, SESSION_COOKIE, type Whence } from './login'
import { isFromElsewhere } from './origin'

export function callerOf(request: FastifyRequest): Caller {
  return {
    authorization: request.headers.authorization,
    sessionToken: request.cookies[SESSION_COOKIE],
    ...whence(request),
  }
}

export function whence({ ip, headers }: FastifyRequest): Whence {
  // Of a socket that is closed already Node knows no address, whatever the type says.
  return { address: ip ?? '', isFromElsewhere: isFromElsewhere(headers) }
}
