/**
 * Credentials to a user, or to the reason why not. Knows no SASL and no sockets. Invariants: a refused login is a
 * verdict, never an exception; the reason is for our log and never holds a password; an unknown user costs as much
 * time as a wrong password, so the time tells nobody who exists.
 */
import { randomBytes } from 'node:crypto'
import { hashPassword, verifyPassword } from './passwords'
import type { User, Users } from './users'

export type Credentials =
  /** The password as it came: bytes, not necessarily UTF-8. */
  | { readonly kind: 'password'; readonly user: string; readonly password: Uint8Array }
  | { readonly kind: 'anonymous' }
  /** Somebody else has verified who it is: TLS, say. Undefined: a certificate without the name that is asked for. */
  | { readonly kind: 'external'; readonly user: string | undefined }

/** Why a login was refused: a line for the log, in RabbitMQ's words. The peer hears nothing of it. */
export class Refusal {
  constructor(readonly reason: string) {}
}

export interface LoginPeer {
  /** The connection comes from this machine. */
  readonly loopback: boolean
}

export interface Authenticator {
  authenticate(credentials: Credentials, peer: LoginPeer): User | Refusal
}

export interface AnonymousLogin {
  readonly user: string
  readonly password: string
}

export interface InternalAuthenticatorOptions {
  /**
   * As whom ANONYMOUS logs in. RabbitMQ 4.x: `anonymous_login_user` and `…_pass`, guest and guest unless set. The
   * password is checked like any other, so changing guest's password shuts this door too.
   */
  readonly anonymousLogin?: AnonymousLogin | 'none'
}

/** Verified against when there is no hash to verify: same work, and no password fits (its digest is of random bytes). */
const HASH_OF_NOBODY = hashPassword(randomBytes(32))

/** The users of this broker. */
export class InternalAuthenticator implements Authenticator {
  private readonly anonymousLogin: AnonymousLogin | 'none'

  constructor(
    private readonly users: Users,
    options: InternalAuthenticatorOptions = {},
  ) {
    this.anonymousLogin = options.anonymousLogin ?? { user: 'guest', password: 'guest' }
  }

  authenticate(credentials: Credentials, peer: LoginPeer): User | Refusal {
    if (credentials.kind === 'password') return this.login(credentials.user, credentials.password, peer)
    if (credentials.kind === 'external') return this.external(credentials.user, peer)
    if (this.anonymousLogin === 'none') return new Refusal('nobody may log in anonymously')
    return this.login(this.anonymousLogin.user, Buffer.from(this.anonymousLogin.password), peer)
  }

  private login(name: string, password: Uint8Array, peer: LoginPeer): User | Refusal {
    const user = this.users.find(name)
    const hash = user?.passwordHash
    const verified = verifyPassword(password, hash ?? HASH_OF_NOBODY, user?.hashingAlgorithm)
    // RabbitMQ: refused even where the hash is of the empty password.
    if (password.length === 0) {
      return new Refusal(
        `user '${name}' attempted to log in with a blank password, which is prohibited by the internal authN backend`,
      )
    }
    if (user === undefined || hash === undefined || !verified) {
      return new Refusal(`user '${name}' - invalid credentials`)
    }
    return this.fromHere(user, peer)
  }

  private external(name: string | undefined, peer: LoginPeer): User | Refusal {
    if (name === undefined) return new Refusal('no name found')
    const user = this.users.find(name)
    return user === undefined
      ? new Refusal(`user '${name}' - invalid credentials`)
      : this.fromHere(user, peer)
  }

  private fromHere(user: User, { loopback }: LoginPeer): User | Refusal {
    if (loopback || !this.users.isLoopbackOnly(user.name)) return user
    return new Refusal(`user '${user.name}' can only connect via localhost`)
  }
}
