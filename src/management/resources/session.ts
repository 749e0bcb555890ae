/** Who asks, and the logins of the web UI. */
import { Type } from '@sinclair/typebox'
import { Answer, type Endpoint, endpoint } from '../api'
import { type Login, requireTag } from '../login'
import { whoamiView } from '../views/user'

export function sessionEndpoints(login: Login): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/whoami',
      who: 'management',
      tag: 'Access',
      summary: 'The user who asks',
      gives: { name: 'guest', tags: ['administrator'] },
      handle: ({ user }) => whoamiView(user),
    }),
    endpoint({
      method: 'POST',
      path: '/session',
      who: 'anyone',
      tag: 'Access',
      summary: 'Log in: sets the session cookie of the web UI',
      forms: { body: Type.Object({ username: Type.String(), password: Type.String() }) },
      handle: ({ body, whence }) => {
        const user = login.byPassword(body.username, Buffer.from(body.password), whence)
        requireTag(user, 'management')
        return new Answer(200, whoamiView(user), {}, login.sessions.open(user.name, user.passwordHash))
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/session',
      who: 'anyone',
      tag: 'Access',
      summary: 'Log out',
      handle: ({ sessionToken }) => {
        if (sessionToken !== undefined) login.sessions.close(sessionToken)
        return new Answer(204, undefined, {}, '')
      },
    }),
  ]
}
