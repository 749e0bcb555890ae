/**
 * What `src` draws by chance comes from the seed while a simulation runs: names the broker makes itself, the cluster's
 * name, salts of passwords, random exchanges. Everything else that could differ between two runs is handed in.
 */
import crypto from 'node:crypto'
import type { Random } from '../../crash/random'

/** Runs something, and nothing beside it, with chance from a seed, and puts the real one back. */
export async function withSeededChance<T>(random: Random, run: () => Promise<T>): Promise<T> {
  const { randomBytes } = crypto
  const mathRandom = Math.random
  crypto.randomBytes = ((count: number) => random.bytes(count)) as typeof crypto.randomBytes
  Math.random = () => random.next()
  try {
    return await run()
  } finally {
    crypto.randomBytes = randomBytes
    Math.random = mathRandom
  }
}
