/**
 * Who exists and may do what, as it should be, and as it was: answers come later than what was decided, so one is right
 * if it was right at some time between asking and hearing it.
 */
import type { Need } from './needs'

export interface Patterns {
  readonly configure: string
  readonly write: string
  readonly read: string
}

export type TopicPatterns = Pick<Patterns, 'write' | 'read'>

export interface Account {
  readonly password: string
  readonly isImpersonator: boolean
  /** In the virtual host; undefined: no entry, not even for the virtual host itself. */
  readonly permissions: Patterns | undefined
  /** By exchange. */
  readonly topics: Readonly<Record<string, TopicPatterns>>
}

export type Accounts = Readonly<Record<string, Account>>

const EVERYTHING: Patterns = { configure: '.*', write: '.*', read: '.*' }

export const FIRST_ACCOUNTS: Accounts = {
  guest: { password: 'guest', isImpersonator: false, permissions: EVERYTHING, topics: {} },
}

export class AccessModel {
  /** All there were, the latest last. */
  private readonly states: Accounts[]

  constructor(accounts: Accounts) {
    this.states = [accounts]
  }

  get accounts(): Accounts {
    return this.states[this.sequence] as Accounts
  }

  /** Grows with every change. */
  get sequence(): number {
    return this.states.length - 1
  }

  change(user: string, changed: Partial<Account>): void {
    const account = this.accounts[user] ?? {
      ...{ password: '', isImpersonator: false, permissions: undefined, topics: {} },
    }
    this.states.push({ ...this.accounts, [user]: { ...account, ...changed } })
  }

  remove(user: string): void {
    const { [user]: _, ...others } = this.accounts
    this.states.push(others)
  }

  /** The virtual host went, and with it whatever anybody might do there. */
  forgetVhost(): void {
    const entries = Object.entries(this.accounts)
    const none = { permissions: undefined, topics: {} }
    this.states.push(Object.fromEntries(entries.map(([user, account]) => [user, { ...account, ...none }])))
  }

  /** Made anew: the first user may do everything there. */
  vhostMade(): void {
    this.change('guest', { permissions: EVERYTHING })
  }

  /** Whether something held of an account at some time since then. */
  wasOnce(user: string, since: number, holds: (account: Account | undefined) => boolean): boolean {
    return this.states.slice(since).some(accounts => holds(accounts[user]))
  }

  mayNow(user: string, needs: readonly Need[]): boolean {
    return needs.every(need => allows(this.accounts[user], user, need))
  }
}

export function allows(account: Account | undefined, user: string, need: Need): boolean {
  if (account === undefined) return false
  const { right, name } = need
  if (need.kind !== 'topic') {
    const resource = need.kind === 'exchange' && name === '' ? 'amq.default' : name
    return account.permissions !== undefined && matches(account.permissions[right], resource)
  }
  const patterns = account.topics[name]
  if (patterns === undefined || right === 'configure') return true
  return matches(patterns[right].replaceAll('{username}', user).replaceAll('{vhost}', '/'), need.routingKey)
}

/** The empty pattern is for the empty name. */
function matches(pattern: string, text: string): boolean {
  return new RegExp(pattern === '' ? '^$' : pattern).test(text)
}
