/** `/api/users`. */
import type { User } from '../../auth/users'
import type { Broker } from '../../broker/broker'
import { kept } from '../../broker/kept'
import { NOTHING_TO_WAIT_FOR } from '../../store/message-store'
import { CREATED, type Endpoint, endpoint, NO_CONTENT } from '../api'
import { bodyWith, objectBody } from '../bodies'
import { describedBody } from '../described-body'
import type { Management } from '../management'
import { byName } from '../order'
import { listed, pagingQuery } from '../paging'
import { ofUser } from '../parameters'
import { badRequest, objectNotFound } from '../problems'
import { userView } from '../views/user'

const TAG = 'Users'

const EXAMPLE = {
  name: 'app',
  password_hash: 'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR',
  hashing_algorithm: 'rabbit_password_hashing_sha256',
  tags: ['monitoring'],
  limits: {},
}

export function userEndpoints({ broker }: Management): Endpoint[] {
  return [...readingEndpoints(broker), ...changingEndpoints(broker)]
}

function readingEndpoints(broker: Broker): Endpoint[] {
  const view = (user: User): object => userView(user, broker.limits.get('user', user.name))
  const listing = (users: readonly User[]) => ({
    items: [...users].sort(byName),
    name: ({ name }: User) => name,
    view,
  })
  return [
    endpoint({
      method: 'GET',
      path: '/users',
      who: 'administrator',
      tag: TAG,
      summary: 'All users',
      forms: { query: pagingQuery },
      gives: [EXAMPLE],
      handle: ({ query }) => listed(listing([...broker.users]), query),
    }),
    endpoint({
      method: 'GET',
      path: '/users/without-permissions',
      who: 'administrator',
      tag: TAG,
      summary: 'Users who may not open any virtual host',
      forms: { query: pagingQuery },
      gives: [EXAMPLE],
      handle: ({ query }) => {
        const having = new Set([...broker.permissions].map(({ user }) => user))
        return listed(listing([...broker.users].filter(({ name }) => !having.has(name))), query)
      },
    }),
    endpoint({
      method: 'GET',
      path: '/users/:user',
      who: 'administrator',
      tag: TAG,
      summary: 'A user',
      forms: { params: ofUser },
      gives: EXAMPLE,
      handle: ({ params }) => {
        const user = broker.users.find(params.user)
        if (user === undefined) throw objectNotFound()
        return view(user)
      },
    }),
  ]
}

function changingEndpoints(broker: Broker): Endpoint[] {
  return [
    endpoint({
      method: 'PUT',
      path: '/users/:user',
      who: 'administrator',
      tag: TAG,
      summary: 'Make a user or replace it: without password and hash it has none',
      forms: {
        params: ofUser,
        shownBody: describedBody(
          {
            tags: 'Texts in an array, or with commas between: administrator, monitoring, policymaker, management, …',
            password: 'In clear.',
            password_hash: 'Instead: base64 of four bytes of salt and the digest of salt and password.',
            hashing_algorithm: 'rabbit_password_hashing_sha256 (default), …_sha512 or …_md5.',
            limits: 'max-connections and max-channels.',
          },
          { password: 'a long one', tags: 'monitoring' },
        ),
      },
      handle: async ({ user, params, body }) => {
        const terms = objectBody(body)
        const put = broker.events.actingAs(user.name, () => broker.accounts.putUser(params.user, terms))
        await kept(broker, put.ticket)
        return put.isNew ? CREATED : NO_CONTENT
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/users/:user',
      who: 'administrator',
      tag: TAG,
      summary: 'Delete a user; its connections are closed',
      forms: { params: ofUser },
      handle: async ({ user, params }) => {
        const ticket = broker.events.actingAs(user.name, () => broker.accounts.deleteUser(params.user))
        if (ticket === undefined) throw objectNotFound()
        await kept(broker, ticket)
        return NO_CONTENT
      },
    }),
    endpoint({
      method: 'POST',
      path: '/users/bulk-delete',
      who: 'administrator',
      tag: TAG,
      summary: 'Delete several users, up to the first that is not there',
      forms: { shownBody: describedBody({ users: 'Their names.' }, { users: ['app', 'other'] }) },
      handle: async ({ user, body }) => {
        const { users } = bodyWith(body, ['users'])
        if (!Array.isArray(users) || !users.every(name => typeof name === 'string'))
          throw badRequest('users is an array of names')
        await deleteAll(broker, user.name, users)
        return NO_CONTENT
      },
    }),
  ]
}

/** RabbitMQ: those before one that is not there are gone. @throws Problem 400 */
async function deleteAll(broker: Broker, actor: string, names: readonly string[]): Promise<void> {
  let last = NOTHING_TO_WAIT_FOR
  let unknown: string | undefined
  for (const name of names) {
    const ticket = broker.events.actingAs(actor, () => broker.accounts.deleteUser(name))
    if (ticket === undefined) {
      unknown = name
      break
    }
    last = ticket
  }
  await kept(broker, last)
  if (unknown !== undefined) throw badRequest(['no_such_user', unknown])
}
