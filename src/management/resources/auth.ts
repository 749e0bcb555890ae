/** Logins and password hashes: RabbitMQ's form login, and hashes to put into definitions. */
import { Type } from '@sinclair/typebox'
import { hashPassword } from '../../auth/passwords'
import type { Broker } from '../../broker/broker'
import { Answer, type Endpoint, endpoint, NO_CONTENT } from '../api'
import { bodyWith } from '../bodies'
import { describedBody } from '../described-body'
import { type Login, requireTag } from '../login'
import type { Management } from '../management'
import { ofNode } from '../parameters'
import { badRequest } from '../problems'
import { requireNode } from './nodes'

const TAG = 'Access'

const JSON_TYPE = { 'content-type': 'application/json' }

export function authEndpoints({ broker }: Management, login: Login): Endpoint[] {
  return [...attemptEndpoints(broker), ...hashEndpoints(), ...loginEndpoints(login)]
}

function attemptEndpoints({ logins }: Broker): Endpoint[] {
  const gives = [
    { protocol: 'amqp091', auth_attempts: 3, auth_attempts_failed: 1, auth_attempts_succeeded: 2 },
  ]
  return [
    endpoint({
      method: 'GET',
      path: '/auth/attempts/:node',
      who: 'monitoring',
      tag: TAG,
      summary: 'How many logins were tried, by protocol, and how they ended',
      forms: { params: ofNode },
      gives,
      handle: ({ params: { node } }) => {
        requireNode(node)
        return [...logins.attempts].map(([protocol, { attempts, failed, succeeded }]) => ({
          protocol,
          auth_attempts: attempts,
          auth_attempts_failed: failed,
          auth_attempts_succeeded: succeeded,
        }))
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/auth/attempts/:node',
      who: 'administrator',
      tag: TAG,
      summary: 'Count them anew',
      forms: { params: ofNode },
      handle: ({ params: { node } }) => {
        requireNode(node)
        logins.attempts.reset()
        return NO_CONTENT
      },
    }),
  ]
}

function hashEndpoints(): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/auth/hash_password/:password',
      who: 'administrator',
      tag: TAG,
      summary: 'The salted hash of a password, for definitions. The password is in the address: prefer PUT',
      forms: { params: Type.Object({ password: Type.String() }) },
      gives: { ok: 'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR' },
      handle: ({ params }) => ({ ok: hashPassword(params.password) }),
    }),
    endpoint({
      method: 'PUT',
      path: '/auth/hash_password',
      who: 'administrator',
      tag: TAG,
      summary: 'The salted hash of a password, for definitions',
      forms: { shownBody: describedBody({ password: 'In clear.' }, { password: 'a long one' }) },
      gives: { password_hash: 'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR' },
      handle: ({ body }) => {
        const { password } = bodyWith(body, ['password'])
        if (typeof password !== 'string') throw badRequest('a password is a text')
        return { password_hash: hashPassword(password) }
      },
    }),
  ]
}

function loginEndpoints(login: Login): Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/login',
      who: 'anyone',
      tag: TAG,
      summary: 'Log in with a form, as RabbitMQ’s page does: sets the session cookie',
      reads: 'raw',
      forms: {
        shownBody: describedBody({ username: 'In a form.', password: 'In clear.' }, { username: 'guest' }),
      },
      gives: 'ok',
      handle: ({ body, whence }) => {
        const form = new URLSearchParams(body === undefined ? '' : String(body))
        const user = login.byPassword(
          form.get('username') ?? '',
          Buffer.from(form.get('password') ?? ''),
          whence,
        )
        requireTag(user, 'management')
        return new Answer(200, '"ok"', JSON_TYPE, login.sessions.open(user.name, user.passwordHash))
      },
    }),
  ]
}
