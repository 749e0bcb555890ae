/**
 * Logins of the web UI: a random token in a cookie stands for a user until it was not used for a while, or until the
 * broker ends. Only the token's digest is kept. Bounded: the one that was not used for the longest goes first.
 */
import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../clock'

/** RabbitMQ: `management.login_session_timeout` is 8 hours. */
const IDLE_MS = 8 * 60 * 60 * 1000

const SESSIONS_MAX = 10_000
/** Whoever logs in again and again logs out nobody else. */
const SESSIONS_OF_USER_MAX = 100

interface WebSession {
  readonly user: string
  /** What the user's password was then: another one ends the session. */
  readonly passwordHash: string | undefined
  usedAt: number
}

export class Sessions {
  /** In the order they were last used. */
  private readonly byDigest = new Map<string, WebSession>()

  constructor(private readonly clock: Clock) {}

  /** Returns the token. */
  open(user: string, passwordHash: string | undefined): string {
    const token = randomBytes(32).toString('base64url')
    this.byDigest.set(digestOf(token), { user, passwordHash, usedAt: this.clock.now() })
    this.forgetOldest(
      [...this.byDigest].filter(([, session]) => session.user === user),
      SESSIONS_OF_USER_MAX,
    )
    this.forgetOldest([...this.byDigest], SESSIONS_MAX)
    return token
  }

  private forgetOldest(sessions: readonly (readonly [digest: string, WebSession])[], most: number): void {
    for (const [digest] of sessions.slice(0, Math.max(0, sessions.length - most)))
      this.byDigest.delete(digest)
  }

  /** Whose it is, and with which password it was opened. */
  find(token: string): { readonly user: string; readonly passwordHash: string | undefined } | undefined {
    const digest = digestOf(token)
    const session = this.byDigest.get(digest)
    if (session === undefined) return undefined
    this.byDigest.delete(digest)
    const now = this.clock.now()
    if (now - session.usedAt > IDLE_MS) return undefined
    session.usedAt = now
    this.byDigest.set(digest, session)
    return session
  }

  close(token: string): void {
    this.byDigest.delete(digestOf(token))
  }
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64')
}
