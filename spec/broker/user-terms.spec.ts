/** What may be said of a user. The reasons are what RabbitMQ 3.10.8 answers to PUT /api/users, where it has one. */
import { hashPassword, verifyPassword } from '../../src/auth/passwords'
import { checkedUser, type UserTerms } from '../../src/broker/access/user-terms'
import { SettingRefused } from '../../src/broker/setting-refused'

const hash = hashPassword('secret')

function refusal(terms: UserTerms): SettingRefused {
  try {
    checkedUser(terms)
  } catch (error) {
    if (error instanceof SettingRefused) return error
    throw error
  }
  throw new Error('it was not refused')
}

describe('the terms of a user', () => {
  it.each<[UserTerms, string]>([
    [{}, 'tags_not_present'],
    [{ password: 'x' }, 'tags_not_present'],
    [{ tags: 5 }, 'invalid_tags'],
    [{ tags: ['a', 5] }, 'invalid_tags'],
    [{ tags: null }, 'invalid_tags'],
    [{ tags: Array.from({ length: 33 }, (_, i) => `t${i}`) }, 'too_many_tags'],
    [{ tags: '', password: 5 }, 'invalid_password'],
    [{ tags: '', password: null }, 'invalid_password'],
    [{ tags: '', password: 'x', password_hash: '' }, 'both_password_and_password_hash_are_provided'],
    [{ tags: '', password_hash: '!!' }, 'not_base64'],
    [{ tags: '', password_hash: 5 }, 'not_base64'],
    [{ tags: '', password_hash: hash.slice(1) }, 'not_base64'],
    [{ tags: '', password_hash: hash, hashing_algorithm: 'nope' }, 'unknown_hashing_algorithm'],
    [{ tags: '', password_hash: hash, hashing_algorithm: 'toString' }, 'unknown_hashing_algorithm'],
  ])('%j are refused: %s', (terms, kind) => {
    expect(refusal(terms).kind).toBe(kind)
  })

  it('are refused without a word of what may be a secret', () => {
    for (const terms of [
      { tags: '', password_hash: 'my secret!' },
      { tags: '', password: ['my secret!'] },
      { tags: '', password: 'my secret!', password_hash: 'my secret!' },
      { tags: '', hashing_algorithm: 'my secret!', password_hash: hash },
    ]) {
      expect(refusal(terms).message).not.toContain('secret!')
    }
  })

  it.each<[UserTerms, readonly string[]]>([
    [{ tags: '' }, []],
    [{ tags: [] }, []],
    [{ tags: 'administrator' }, ['administrator']],
    [{ tags: ' a, b,,c ,a' }, ['a', 'b', 'c']],
    [{ tags: ['a ', 'b', ''] }, ['a', 'b']],
    [{ administrator: true }, ['administrator']],
    [{ administrator: 'true' }, ['administrator']],
    [{ administrator: false }, []],
  ])('%j have the tags %j', (terms, tags) => {
    expect(checkedUser(terms).tags).toEqual(tags)
  })

  it('with a password have a hash of it', () => {
    const { passwordHash, hashingAlgorithm } = checkedUser({ tags: '', password: 'secret' })
    expect(hashingAlgorithm).toBe('rabbit_password_hashing_sha256')
    expect(verifyPassword('secret', passwordHash)).toBe(true)
  })

  it.each([
    'rabbit_password_hashing_sha256',
    'rabbit_password_hashing_sha512',
    'rabbit_password_hashing_md5',
  ] as const)('take the hash of %s as it is', hashingAlgorithm => {
    const passwordHash = hashPassword('secret', hashingAlgorithm)
    const terms = { tags: '', password_hash: passwordHash, hashing_algorithm: hashingAlgorithm }
    expect(checkedUser(terms)).toEqual({ tags: [], passwordHash, hashingAlgorithm })
  })

  it('with neither, or with an empty hash, have no password', () => {
    expect(checkedUser({ tags: '' }).passwordHash).toBe('')
    expect(checkedUser({ tags: '', password_hash: '' }).passwordHash).toBe('')
  })
})
