import { InternalAuthenticator, Refusal } from '../../src/auth/authenticator'
import { LoginThrottle } from '../../src/auth/login-throttle'
import { Logins } from '../../src/auth/logins'
import { hashPassword } from '../../src/auth/passwords'
import { Users } from '../../src/auth/users'

const HERE = '192.0.2.1'
const ELSEWHERE = '192.0.2.2'

function throttled(): { throttle: LoginThrottle; pass(ms: number): void; delays(count: number): number[] } {
  let now = 1_000_000
  const throttle = new LoginThrottle(() => now)
  return {
    throttle,
    pass: ms => {
      now += ms
    },
    delays: count =>
      Array.from({ length: count }, () => {
        const delay = throttle.failed(HERE, 'ann')
        now += delay
        return delay
      }),
  }
}

describe('logins that fail', () => {
  it('are refused later and later', () => {
    const { delays } = throttled()
    expect(delays(6)).toEqual([0, 0, 0, 250, 500, 1000])
  })

  it('are never held back for more than half a minute, when one comes after the other', () => {
    const { delays } = throttled()
    const all = delays(40)
    expect(Math.max(...all)).toBeLessThanOrEqual(30_000)
    expect(Math.min(...all.slice(-20))).toBeGreaterThanOrEqual(8000)
    expect(all.slice(0, 3)).toEqual([0, 0, 0])
  })

  it('are forgotten, by half each minute', () => {
    const { throttle, delays, pass } = throttled()
    delays(8)
    pass(60_000)
    expect(throttle.failed(HERE, 'ann')).toBe(500) // 8 of which 4 are left, and this one
    pass(24 * 60 * 60_000)
    expect(throttle.failed(HERE, 'ann')).toBe(0)
  })

  it('from one address count together, whoever they name', () => {
    const { throttle } = throttled()
    for (const user of ['a', 'b', 'c']) expect(throttle.failed(HERE, user)).toBe(0)
    expect(throttle.failed(HERE, 'd')).toBe(250)
    expect(throttle.failed(ELSEWHERE, 'e')).toBe(0)
  })

  it('of one user count together, wherever they come from', () => {
    const { throttle } = throttled()
    for (const last of [1, 2, 3]) expect(throttle.failed(`198.51.100.${last}`, 'ann')).toBe(0)
    expect(throttle.failed('198.51.100.4', 'ann')).toBe(250)
    expect(throttle.failed('198.51.100.4', 'ben')).toBe(0)
  })

  it('from one IPv6 network count as from one address', () => {
    const { throttle } = throttled()
    for (const address of ['2001:db8::1', '2001:db8:0:0::2', '2001:db8:0:0:a:b:c:d']) {
      expect(throttle.failed(address, address)).toBe(0)
    }
    expect(throttle.failed('2001:db8::9', 'x')).toBe(250)
    expect(throttle.failed('2001:db8:0:1::1', 'y')).toBe(0)
    // IPv4 as a listener on :: shows it is no network of its own.
    expect(throttle.failed('::ffff:192.0.2.1', 'z')).toBe(0)
    expect(throttle.failed('::ffff:192.0.2.2', 'w')).toBe(0)
  })

  it('at the same time are refused one after the other, and from half a minute on not looked at', () => {
    const { throttle, pass } = throttled()
    const delays = Array.from({ length: 200 }, () =>
      throttle.admits(HERE, 'ann') ? throttle.failed(HERE, 'ann') : -1,
    )
    const looked = delays.filter(delay => delay >= 0)
    expect(looked.length).toBeLessThan(15)
    expect(looked).toEqual([...looked].sort((a, b) => a - b))
    expect(Math.max(...looked)).toBeLessThanOrEqual(30_000)
    expect(throttle.admits(HERE, 'ben')).toBe(true)
    expect(throttle.admits(ELSEWHERE, 'ann')).toBe(true)
    pass(30_001)
    expect(throttle.admits(HERE, 'ann')).toBe(true)
  })

  it('take bounded memory, however many addresses and names they have', () => {
    const { throttle } = throttled()
    const long = 'x'.repeat(1000)
    for (let i = 0; i < 25_000; i++) throttle.failed(`10.0.${i >> 8}.${i & 255}`, `${i} ${long}`)
    expect(throttle.remembered).toBeLessThanOrEqual(30_000)
    expect(throttle.failed('10.0.97.167', '24999')).toBe(0) // the last one, again
  })
})

describe('the logins of a broker', () => {
  const users = new Users()
  users.add({ name: 'ann', passwordHash: hashPassword('secret') })
  const source = { address: HERE, loopback: false, protocol: 'amqp091' } as const
  const credentials = (password: string) =>
    ({ kind: 'password', user: 'ann', password: Buffer.from(password) }) as const

  it('succeed at once, also after many that failed', () => {
    const logins = new Logins(new InternalAuthenticator(users), new LoginThrottle(() => 0))
    for (let i = 0; i < 5; i++) {
      expect(logins.attempt(credentials('wrong'), source)).toMatchObject({
        reason: "user 'ann' - invalid credentials",
        delayMs: [0, 0, 0, 250, 750][i],
      })
    }
    expect(logins.attempt(credentials('secret'), source)).toMatchObject({ name: 'ann' })
  })

  it('are not looked at while too many of them wait, not even the right one', () => {
    let now = 0
    const logins = new Logins(new InternalAuthenticator(users), new LoginThrottle(() => now))
    for (let i = 0; i < 100; i++) logins.attempt(credentials('wrong'), source)
    expect(logins.attempt(credentials('secret'), source)).toMatchObject({
      reason: `user 'ann' - too many logins from ${HERE} failed`,
    })
    expect(logins.attempt(credentials('secret'), { ...source, address: ELSEWHERE })).not.toBeInstanceOf(
      Refusal,
    )
    now = 120_000
    expect(logins.attempt(credentials('secret'), source)).not.toBeInstanceOf(Refusal)
  })

  it('are counted by protocol', () => {
    const logins = new Logins(new InternalAuthenticator(users), new LoginThrottle(() => 0))
    expect([...logins.attempts]).toEqual([])
    logins.attempt(credentials('secret'), source)
    logins.attempt(credentials('wrong'), source)
    logins.malformed(source)
    logins.attempt({ kind: 'anonymous' }, { ...source, protocol: 'http' })
    expect([...logins.attempts]).toEqual([
      ['amqp091', { attempts: 3, succeeded: 1, failed: 2 }],
      ['http', { attempts: 1, succeeded: 0, failed: 1 }],
    ])
    logins.attempts.reset()
    expect([...logins.attempts]).toEqual([])
  })
})
