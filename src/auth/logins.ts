/**
 * Every login of a broker, whatever it comes by: the authenticator's verdict, counted, and held back for those who guess.
 * Knows no sockets: who asks holds a refusal back for as long as it says.
 */
import { AuthAttempts, type LoginProtocol } from './auth-attempts'
import { type Authenticator, type Credentials, type LoginPeer, Refusal } from './authenticator'
import type { LoginThrottle } from './login-throttle'
import type { User } from './users'

export interface LoginSource extends LoginPeer {
  /** An IP address. */
  readonly address: string
  readonly protocol: LoginProtocol
}

/** Not to be told before `delayMs` milliseconds have passed. */
export class HeldRefusal extends Refusal {
  constructor(
    reason: string,
    readonly delayMs: number,
  ) {
    super(reason)
  }
}

export class Logins {
  readonly attempts = new AuthAttempts()

  constructor(
    private readonly authenticator: Authenticator,
    /** Undefined: nobody is slowed down. */
    private readonly throttle: LoginThrottle | undefined,
  ) {}

  attempt(credentials: Credentials, source: LoginSource): User | HeldRefusal {
    const name = nameIn(credentials)
    const { address, protocol } = source
    const isAdmitted = this.throttle?.admits(address, name) ?? true
    const verdict = isAdmitted
      ? this.authenticator.authenticate(credentials, source)
      : new Refusal(`user '${name}' - too many logins from ${address} failed`)
    this.attempts.count(protocol, !(verdict instanceof Refusal))
    if (!(verdict instanceof Refusal)) return verdict
    return new HeldRefusal(verdict.reason, this.throttle?.failed(address, name) ?? 0)
  }

  /** What came was no credentials. Returns for how many milliseconds the refusal is to be held back. */
  malformed({ address, protocol }: LoginSource): number {
    this.attempts.count(protocol, false)
    return this.throttle?.failed(address, '') ?? 0
  }
}

function nameIn(credentials: Credentials): string {
  return credentials.kind === 'anonymous' ? '' : (credentials.user ?? '')
}
