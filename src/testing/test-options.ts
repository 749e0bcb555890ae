/** What a test may ask of its broker: the options of any broker that make sense for one that lives in memory for a moment. */
import { OptionError, resolveOptions } from '../config/load'
import type { BrokerOptions, ResolvedOptions } from '../config/options'
import type { JournalBounds } from './journal'
import type { StrictOptions } from './strict/strict-options'

/** They would keep something beyond the test, which is what a test broker is not for. */
const WITHOUT = ['dataDir', 'inMemory', 'durability'] as const

/** All of it may be left out. Default: a free port of 127.0.0.1, quiet, no management. */
export interface TestBrokerOptions extends Omit<BrokerOptions, (typeof WITHOUT)[number]> {
  /** How much of what was published is kept for `published()` and the journeys. */
  readonly journal?: JournalBounds
  /** Notes what clients do and should not, which makes `reset` and `stop` reject. Default false. */
  readonly strict?: boolean | StrictOptions
  /** What is declared again with other properties is refused (406), or stays as it is and is noted. Default `refused`. */
  readonly redeclare?: 'refused' | 'lenient'
}

/** @throws OptionError for an unknown or bad option */
export function resolveTestOptions({
  journal: _,
  strict: __,
  redeclare,
  ...options
}: TestBrokerOptions): ResolvedOptions {
  for (const option of WITHOUT) {
    if (option in options)
      throw new OptionError(`a test broker keeps nothing, so it has no option "${option}"`, option)
  }
  if (redeclare !== undefined && redeclare !== 'refused' && redeclare !== 'lenient')
    throw new OptionError('redeclare is "refused" or "lenient"', 'redeclare')
  const quiet = { port: 0, managementPort: 0, prometheusPort: 0, tlsPort: 0, logLevel: 'silent' } as const
  return resolveOptions({ ...quiet, ...options })
}
