/**
 * Passwords as RabbitMQ keeps them, so that definitions move both ways:
 *
 *      password_hash = base64( salt ‖ digest(salt ‖ password) )        salt: 4 random bytes
 *
 * Knows no users. Invariant: no password and no hash ever gets into an error text.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const SALT_BYTES = 4

/** RabbitMQ's names of the algorithms (`hashing_algorithm` in definitions) and node's. */
const DIGESTS = {
  rabbit_password_hashing_sha256: 'sha256',
  rabbit_password_hashing_sha512: 'sha512',
  // Definitions of before 3.6 carry it; nobody is given a new one (the default below).
  rabbit_password_hashing_md5: 'md5',
} as const

export type HashingAlgorithm = keyof typeof DIGESTS

export const DEFAULT_HASHING_ALGORITHM: HashingAlgorithm = 'rabbit_password_hashing_sha256'

export function isHashingAlgorithm(name: string): name is HashingAlgorithm {
  return Object.hasOwn(DIGESTS, name)
}

/** A fresh salt for every call: equal passwords have different hashes. */
export function hashPassword(
  password: string | Uint8Array,
  algorithm: HashingAlgorithm = DEFAULT_HASHING_ALGORITHM,
  salt: Uint8Array = randomBytes(SALT_BYTES),
): string {
  return Buffer.concat([salt, digest(algorithm, salt, password)]).toString('base64')
}

/** Whether `password` made `hash`. A hash that is none (bad base64, wrong length) fits no password. */
export function verifyPassword(
  password: string | Uint8Array,
  hash: string,
  algorithm: HashingAlgorithm = DEFAULT_HASHING_ALGORITHM,
): boolean {
  const stored = Buffer.from(hash, 'base64')
  const actual = digest(algorithm, stored.subarray(0, SALT_BYTES), password)
  const expected = stored.subarray(SALT_BYTES)
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

function digest(algorithm: HashingAlgorithm, salt: Uint8Array, password: string | Uint8Array): Buffer {
  return createHash(DIGESTS[algorithm]).update(salt).update(password).digest()
}
