/** What a request says of who sends it. */
import type { FastifyRequest } from 'fastify'
import type { User } from '../auth/users'
import { type Caller, SESSION_COOKIE, type Whence, type Who } from './login'
import { isFromElsewhere } from './origin'

/** Who sends it, who may ask for what is for these. @throws Problem 401 */
export type Admit = (request: FastifyRequest, who: Who) => User

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
