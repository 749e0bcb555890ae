/** What a request says of who sends it. */
import type { FastifyRequest } from 'fastify'
import { type Caller, SESSION_COOKIE } from './login'

export function callerOf(request: FastifyRequest): Caller {
  return {
    authorization: request.headers.authorization,
    sessionToken: request.cookies[SESSION_COOKIE],
    address: request.ip,
  }
}
