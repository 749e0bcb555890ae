import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { hashPassword, isHashingAlgorithm, verifyPassword } from '../../src/auth/passwords'

const SHA256 = 'rabbit_password_hashing_sha256'
const SHA512 = 'rabbit_password_hashing_sha512'
const MD5 = 'rabbit_password_hashing_md5'

describe('a password hash', () => {
  it('is base64 of four bytes of salt and the digest of salt and password', () => {
    const salt = Buffer.from('908dc60a', 'hex')
    const digest = createHash('sha256').update(salt).update('test12').digest('hex')
    expect(Buffer.from(hashPassword('test12', SHA256, salt), 'base64').toString('hex')).toBe(
      `908dc60a${digest}`,
    )
  })

  // From RabbitMQ's guide "Credentials and Passwords", section "Computing password hash".
  it('is the one of the RabbitMQ guide for its salt and password', () => {
    const salt = Buffer.from('908DC60A', 'hex')
    expect(hashPassword('test12', SHA256, salt)).toBe('kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR')
  })

  it.each([
    [MD5, 4 + 16],
    [SHA256, 4 + 32],
    [SHA512, 4 + 64],
  ] as const)('of %s has %i bytes', (algorithm, bytes) => {
    expect(Buffer.from(hashPassword('pw', algorithm), 'base64')).toHaveLength(bytes)
  })

  it('differs from call to call', () => {
    expect(hashPassword('pw')).not.toBe(hashPassword('pw'))
  })
})

describe('verifying a password', () => {
  it.each([
    ['no base64', '***'],
    ['empty', ''],
    ['shorter than a salt', 'AAA='],
    ['only a salt', 'AAAAAA=='],
    ['one byte short', Buffer.from(hashPassword('pw'), 'base64').subarray(0, 35).toString('base64')],
    ['of another algorithm', hashPassword('pw', SHA512)],
  ])('fails for a hash that is %s', (_, hash) => {
    expect(verifyPassword('pw', hash, SHA256)).toBe(false)
  })

  it('takes bytes that are no text', () => {
    const password = Buffer.from([0xff, 0, 0xfe])
    expect(verifyPassword(password, hashPassword(password))).toBe(true)
  })

  it.each([SHA256, SHA512, MD5] as const)(
    'with %s succeeds for the same password and for no other',
    algorithm => {
      fc.assert(
        fc.property(fc.string(), fc.string(), (password, other) => {
          const hash = hashPassword(password, algorithm)
          expect(verifyPassword(password, hash, algorithm)).toBe(true)
          expect(verifyPassword(other, hash, algorithm)).toBe(other === password)
        }),
      )
    },
  )
})

describe('hashing algorithms', () => {
  it.each([SHA256, SHA512, MD5])('know %s', name => expect(isHashingAlgorithm(name)).toBe(true))
  it.each(['sha256', '', 'toString', '__proto__'])('do not know %j', name =>
    expect(isHashingAlgorithm(name)).toBe(false),
  )
})
