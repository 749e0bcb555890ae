/**
 * Who asks, and what they may see: HTTP Basic or the session cookie to a user, the tags that open an endpoint, and the
 * virtual hosts that are shown. Permissions on queues and exchanges are not asked here but where the change is made.
 */
import { HeldRefusal } from '../auth/logins'
import type { User } from '../auth/users'
import type { Broker } from '../broker/broker'
import { isLoopbackAddress } from '../server/transport'
import { LoginRefused, notAuthorised, type Problem } from './problems'
import type { Sessions } from './sessions'

export const SESSION_COOKIE = 'leveret_session'

/** What an endpoint asks for. `management`: any of RabbitMQ's tags for its management. */
export type Who = 'anyone' | 'management' | 'policymaker' | 'monitoring' | 'administrator'

export interface Whence {
  readonly address: string
  /** Even if the address is of this machine. */
  readonly isFromElsewhere: boolean
}

export interface Caller extends Whence {
  /** `authorization: Basic …` as it came. */
  readonly authorization: string | undefined
  readonly sessionToken: string | undefined
}

export class Login {
  constructor(
    private readonly broker: Broker,
    readonly sessions: Sessions,
  ) {}

  /** @throws Problem 401 */
  userOf(caller: Caller): User {
    const { authorization, sessionToken } = caller
    if (authorization !== undefined) return this.byPassword(...basicCredentials(authorization), caller)
    const user = sessionToken === undefined ? undefined : this.bySession(sessionToken)
    if (user === undefined) throw loginFailed()
    return user
  }

  /** @throws Problem 401 */
  byPassword(name: string, password: Buffer, { address, isFromElsewhere }: Whence): User {
    const credentials = { kind: 'password', user: name, password } as const
    const loopback = !isFromElsewhere && isLoopbackAddress(address)
    const source = { loopback, address, protocol: 'http' } as const
    const verdict = this.broker.logins.attempt(credentials, source)
    if (verdict instanceof HeldRefusal) throw new LoginRefused(verdict.delayMs)
    return verdict
  }

  private bySession(token: string): User | undefined {
    const session = this.sessions.find(token)
    if (session === undefined) return undefined
    const user = this.broker.users.find(session.user)
    return user?.passwordHash === session.passwordHash ? user : undefined
  }
}

/** @throws Problem 401 when the user's tags do not open it */
export function requireTag(user: User, who: Who): void {
  if (who !== 'anyone' && !opens(user, 'management')) throw notAuthorised(REFUSALS.management)
  if (!opens(user, who)) throw notAuthorised(REFUSALS[who])
}

/** RabbitMQ: each tag opens what the ones below it do. */
export function opens({ tags }: User, who: Who): boolean {
  switch (who) {
    case 'anyone':
      return true
    case 'management':
      return ['management', 'policymaker', 'monitoring', 'administrator'].some(tag => tags.has(tag))
    case 'policymaker':
      return tags.has('policymaker') || tags.has('administrator')
    case 'monitoring':
      return tags.has('monitoring') || tags.has('administrator')
    case 'administrator':
      return tags.has('administrator')
  }
}

const REFUSALS: Readonly<Record<Who, string>> = {
  anyone: '',
  management: 'Not management user',
  policymaker: 'Not policymaker user',
  monitoring: 'Not monitor user',
  administrator: 'Not administrator user',
}

/** The name is UTF-8; a header that is none is a login that failed. */
function basicCredentials(authorization: string): [name: string, password: Buffer] {
  const match = /^basic +([a-z0-9+/_-]+=*) *$/i.exec(authorization)
  const decoded = Buffer.from(match?.[1] ?? '', 'base64')
  const colon = decoded.indexOf(':')
  if (colon < 0) throw loginFailed()
  return [decoded.subarray(0, colon).toString(), decoded.subarray(colon + 1)]
}

/** Nobody tried a password: there is nothing to slow down. */
function loginFailed(): Problem {
  return new LoginRefused(0)
}
