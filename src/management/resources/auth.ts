/** Logins and password hashes: RabbitMQ's form login, and hashes to put into definitions. */
import { Type } from '@sinclair/typebox'
import { hashPassword } from '../../auth/passwords'
import { Answer, type Endpoint, endpoint } from '../api'
import { bodyWith } from '../bodies'
import { describedBody } from '../described-body'
import { type Login, requireTag } from '../login'
import { badRequest } from '../problems'

const TAG = 'Access'

const JSON_TYPE = { 'content-type': 'application/json' }

export function authEndpoints(login: Login): Endpoint[] {
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
      handle: ({ body, address }) => {
        const form = new URLSearchParams(body === undefined ? '' : String(body))
        const user = login.byPassword(
          form.get('username') ?? '',
          Buffer.from(form.get('password') ?? ''),
          address,
        )
        requireTag(user, 'management')
        return new Answer(200, '"ok"', JSON_TYPE, login.sessions.open(user.name, user.passwordHash))
      },
    }),
  ]
}
