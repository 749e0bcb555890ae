/** What a test may ask of its broker: the options of any broker that make sense for one that lives in memory for a moment. */
import { OptionError, resolveOptions } from '../config/load'
import type { BrokerOptions, ResolvedOptions } from '../config/options'

/** They would keep something beyond the test, which is what a test broker is not for. */
const WITHOUT = ['dataDir', 'inMemory', 'durability'] as const

/** All of it may be left out. Default: a free port of 127.0.0.1, quiet, no management. */
export type TestBrokerOptions = Omit<BrokerOptions, (typeof WITHOUT)[number]>

/** @throws OptionError for an unknown or bad option */
export function resolveTestOptions(options: TestBrokerOptions): ResolvedOptions {
  for (const option of WITHOUT) {
    if (option in options)
      throw new OptionError(`a test broker keeps nothing, so it has no option "${option}"`, option)
  }
  const quiet = { port: 0, managementPort: 0, prometheusPort: 0, tlsPort: 0, logLevel: 'silent' } as const
  return resolveOptions({ ...quiet, ...options })
}
