/** What RabbitMQ's management API and definitions say of a user, checked: its words to a user as the broker keeps one. */
import {
  DEFAULT_HASHING_ALGORITHM,
  type HashingAlgorithm,
  hashPassword,
  isHashingAlgorithm,
} from '../../auth/passwords'
import { SettingRefused } from '../setting-refused'

/** Everything as it came: nothing of it is believed. */
export interface UserTerms {
  readonly password?: unknown
  /** In base64: salt and digest. Empty: no login by password. */
  readonly password_hash?: unknown
  readonly hashing_algorithm?: unknown
  /** An array, or a text with commas. */
  readonly tags?: unknown
  /** Of old definitions, in place of tags. */
  readonly administrator?: unknown
  readonly limits?: unknown
}

export interface CheckedUser {
  readonly tags: readonly string[]
  /** Empty: no login by password. */
  readonly passwordHash: string
  readonly hashingAlgorithm: HashingAlgorithm
}

/** RabbitMQ's bound since 4.3. */
const TAGS_MAX = 32

/** Whole lines of four, the last one filled up: RabbitMQ passes over white space. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** RabbitMQ's order. @throws SettingRefused */
export function checkedUser(terms: UserTerms): CheckedUser {
  const tags = checkedTags(terms)
  const { password, password_hash: hash } = terms
  if (password !== undefined && hash !== undefined) {
    throw new SettingRefused(
      'both_password_and_password_hash_are_provided',
      'a user has a password or a password hash, not both',
    )
  }
  if (password !== undefined) {
    if (typeof password !== 'string') throw new SettingRefused('invalid_password', 'a password is a text')
    return { tags, passwordHash: hashPassword(password), hashingAlgorithm: DEFAULT_HASHING_ALGORITHM }
  }
  return {
    tags,
    passwordHash: hash === undefined ? '' : checkedHash(hash),
    hashingAlgorithm: checkedAlgorithm(terms.hashing_algorithm),
  }
}

/** @throws SettingRefused */
export function tagList(tags: unknown): string[] {
  const list = typeof tags === 'string' ? tags.split(',') : tags
  if (!Array.isArray(list) || !list.every(tag => typeof tag === 'string')) {
    throw new SettingRefused('invalid_tags', 'tags are an array of texts, or a text with commas')
  }
  if (list.length > TAGS_MAX)
    throw new SettingRefused('too_many_tags', `at most ${TAGS_MAX} tags are allowed`)
  return [...new Set(list.map(tag => tag.trim()).filter(tag => tag !== ''))]
}

function checkedTags({ tags, administrator }: UserTerms): string[] {
  if (tags !== undefined) return tagList(tags)
  if (administrator === undefined)
    throw new SettingRefused('tags_not_present', 'the tags of the user are missing')
  return administrator === true || administrator === 'true' ? ['administrator'] : []
}

/** Not shown in the error: it may be a password in the wrong place. */
function checkedHash(hash: unknown): string {
  const bare = typeof hash === 'string' ? hash.replace(/\s/g, '') : undefined
  if (bare === undefined || !BASE64.test(bare))
    throw new SettingRefused('not_base64', 'the password hash is not in base64')
  return bare
}

function checkedAlgorithm(name: unknown): HashingAlgorithm {
  if (name === undefined || name === null) return DEFAULT_HASHING_ALGORITHM
  if (typeof name === 'string' && isHashingAlgorithm(name)) return name
  throw new SettingRefused('unknown_hashing_algorithm', 'the hashing algorithm is unknown')
}
