import crypto from 'node:crypto'
import {
  InternalAuthenticator,
  type InternalAuthenticatorOptions,
  Refusal,
} from '../../src/auth/authenticator'
import { hashPassword } from '../../src/auth/passwords'
import { Users } from '../../src/auth/users'

const NEAR = { loopback: true }
const FAR = { loopback: false }

const users = new Users()
const guest = users.add({ name: 'guest', tags: ['administrator'], passwordHash: hashPassword('guest') })
const ann = users.add({ name: 'ann', passwordHash: hashPassword('secret') })
const long = users.add({
  name: 'long',
  passwordHash: hashPassword('secret', 'rabbit_password_hashing_sha512'),
  hashingAlgorithm: 'rabbit_password_hashing_sha512',
})
users.add({ name: 'keyless' })
users.add({ name: 'blank', passwordHash: hashPassword('') })

function login(user: string, password: string, peer = NEAR) {
  return new InternalAuthenticator(users).authenticate(
    { kind: 'password', user, password: Buffer.from(password) },
    peer,
  )
}

function anonymously(options: InternalAuthenticatorOptions = {}, peer = NEAR) {
  return new InternalAuthenticator(users, options).authenticate({ kind: 'anonymous' }, peer)
}

describe('a login', () => {
  it('with the right password is the user', () => {
    expect([login('ann', 'secret'), login('long', 'secret'), login('ann', 'secret', FAR)]).toEqual([
      ann,
      long,
      ann,
    ])
  })

  it.each([
    ['a wrong password', 'ann', 'Secret', "user 'ann' - invalid credentials"],
    ['an unknown user', 'nobody', 'secret', "user 'nobody' - invalid credentials"],
    ['an empty name', '', 'secret', "user '' - invalid credentials"],
    ['a user without a password', 'keyless', 'secret', "user 'keyless' - invalid credentials"],
    [
      'a blank password, even where it fits',
      'blank',
      '',
      "user 'blank' attempted to log in with a blank password, which is prohibited by the internal authN backend",
    ],
  ])('with %s is refused', (_, user, password, reason) => {
    expect(login(user, password)).toEqual(new Refusal(reason))
  })

  it('of guest is for this machine only', () => {
    expect(login('guest', 'guest', NEAR)).toBe(guest)
    expect(login('guest', 'guest', FAR)).toEqual(new Refusal("user 'guest' can only connect via localhost"))
  })

  it('of guest from afar with a wrong password does not tell that guest is kept out', () => {
    expect(login('guest', 'wrong', FAR)).toEqual(new Refusal("user 'guest' - invalid credentials"))
  })

  it.each(['nobody', 'keyless', 'ann'])('of %s costs one digest, right or wrong', user => {
    const createHash = jest.spyOn(crypto, 'createHash')
    login(user, 'wrong')
    expect(createHash).toHaveBeenCalledTimes(1)
    createHash.mockRestore()
  })
})

describe('an anonymous login', () => {
  it('is guest, and bound to this machine like guest', () => {
    expect(anonymously()).toBe(guest)
    expect(anonymously({}, FAR)).toEqual(new Refusal("user 'guest' can only connect via localhost"))
  })

  it('is the configured user', () => {
    expect(anonymously({ anonymousLogin: { user: 'ann', password: 'secret' } }, FAR)).toBe(ann)
  })

  it('is refused when the user has another password by now', () => {
    expect(anonymously({ anonymousLogin: { user: 'ann', password: 'old' } })).toEqual(
      new Refusal("user 'ann' - invalid credentials"),
    )
  })

  it('is refused when nobody is configured', () => {
    expect(anonymously({ anonymousLogin: 'none' })).toEqual(new Refusal('nobody may log in anonymously'))
  })
})
