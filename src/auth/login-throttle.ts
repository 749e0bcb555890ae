/**
 * Slows down whoever guesses passwords: refusals from an address, and of a user, are held back longer and longer. Logins
 * that succeed never are, so nobody but those who fail waits, and whoever holds a refusal back does it with a timer.
 *
 *     failures   1 … 3   4        5       6     …   10     11 …          half of them are forgotten each minute
 *     held back  0       250 ms   500 ms  1 s       16 s   30 s
 *
 * Those who guess in parallel gain nothing: refusals of a user from an address come one after the other, and when they are
 * half a minute behind, what else is tried there is refused unseen. Invariant: memory is bounded, whatever is tried.
 */

const FREE_FAILURES = 3
const FIRST_DELAY_MS = 250
const DELAY_MAX_MS = 30_000
const HALF_LIFE_MS = 60_000
/** Of addresses, of users, and of pairs of them. */
const REMEMBERED_MAX = 10_000
/** A name may be as long as a frame; none that exists is. */
const NAME_CHARACTERS_MAX = 255

interface Failures {
  count: number
  at: number
}

export class LoginThrottle {
  private readonly addresses = new Remembered<Failures>()
  private readonly users = new Remembered<Failures>()
  /** When the last refusal of a user from an address is due. */
  private readonly due = new Remembered<number>()

  /** `now`: in milliseconds. */
  constructor(private readonly now: () => number) {}

  /** What is kept of failures: entries. */
  get remembered(): number {
    return this.addresses.size + this.users.size + this.due.size
  }

  /** Whether the login may be looked at: false while too many of the same address and user wait for their refusal. */
  admits(address: string, user: string): boolean {
    const due = this.due.get(pairOf(address, user))
    return due === undefined || due - this.now() < DELAY_MAX_MS
  }

  /** A login failed. Returns for how many milliseconds that is to be held back. */
  failed(address: string, user: string): number {
    const now = this.now()
    const ofAddress = this.counted(this.addresses, networkOf(address), now)
    const ofUser = this.counted(this.users, user.slice(0, NAME_CHARACTERS_MAX), now)
    const delay = delayAfter(Math.max(ofAddress, ofUser))
    if (delay === 0) return 0
    const pair = pairOf(address, user)
    const due = Math.min(Math.max(this.due.get(pair) ?? 0, now) + delay, now + DELAY_MAX_MS)
    this.due.set(pair, due)
    return due - now
  }

  private counted(failures: Remembered<Failures>, key: string, now: number): number {
    const before = failures.get(key)
    const left = before === undefined ? 0 : before.count * 2 ** ((before.at - now) / HALF_LIFE_MS)
    const count = left + 1
    failures.set(key, { count, at: now })
    return count
  }
}

function delayAfter(failures: number): number {
  // Rounded, so that what was forgotten within the last seconds makes no difference.
  const beyond = Math.round(failures) - FREE_FAILURES
  return beyond <= 0 ? 0 : Math.min(FIRST_DELAY_MS * 2 ** (beyond - 1), DELAY_MAX_MS)
}

/** A bounded map: when half of it is new, what is older and was not set again is forgotten. */
class Remembered<V> {
  private young = new Map<string, V>()
  private old = new Map<string, V>()

  get size(): number {
    return this.young.size + this.old.size
  }

  get(key: string): V | undefined {
    return this.young.get(key) ?? this.old.get(key)
  }

  set(key: string, value: V): void {
    this.young.set(key, value)
    if (this.young.size < REMEMBERED_MAX / 2) return
    this.old = this.young
    this.young = new Map()
  }
}

function pairOf(address: string, user: string): string {
  return `${networkOf(address)}\0${user.slice(0, NAME_CHARACTERS_MAX)}`
}

/** Whoever has an IPv6 address has 2⁶⁴ of them: they count as one. */
function networkOf(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address
  const [left = '', right] = address.split('::')
  const head = left === '' ? [] : left.split(':')
  const tail = right === undefined || right === '' ? [] : right.split(':')
  const zeros = new Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0')
  return [...head, ...zeros, ...tail].slice(0, 4).join(':')
}
