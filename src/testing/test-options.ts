/** What a test may ask of its broker: the options of any broker that make sense for one that lives in memory for a moment. */
import { OptionError, resolveOptions } from '../config/load'
import type { BrokerOptions, ResolvedOptions } from '../config/options'
import type { JournalBounds } from './seeing/journal'
import type { StrictOptions } from './strict/strict-options'

/** They would keep something beyond the test, which is what a test broker is not for. */
const WITHOUT = ['dataDir', 'inMemory', 'durability'] as const

/** They say where a broker listens. */
const OF_PORTS = [
  'host',
  'port',
  'socket',
  'proxyProtocol',
  'tlsCert',
  'tlsKey',
  'tlsKeyPassword',
  'tlsCa',
  'tlsPort',
  'tlsVerify',
  'tlsHandshakeTimeout',
] as const

export type TestTransport = 'tcp' | 'in-process'

/** All of it may be left out. Default: a free port of 127.0.0.1, quiet, no management. */
export interface TestBrokerOptions extends Omit<BrokerOptions, (typeof WITHOUT)[number]> {
  /** How much of what was published is kept for `published()` and the journeys. */
  readonly journal?: JournalBounds
  /** Notes what clients do and should not, which makes `reset` and `stop` reject. Default false. */
  readonly strict?: boolean | StrictOptions
  /** What is declared again with other properties is refused (406), or stays as it is and is noted. Default `refused`. */
  readonly redeclare?: 'refused' | 'lenient'
  /**
   * `in-process`: no port is opened, and only clients in this process, to which the broker is a host like any other, get
   * to it. Default `tcp`.
   */
  readonly transport?: TestTransport
}

/** @throws OptionError for an unknown or bad option */
export function resolveTestOptions({
  journal: _journal,
  strict: _strict,
  redeclare,
  transport = 'tcp',
  ...options
}: TestBrokerOptions): ResolvedOptions {
  checkTransport(transport, options)
  for (const option of WITHOUT) {
    if (option in options)
      throw new OptionError(`a test broker keeps nothing, so it has no option "${option}"`, option)
  }
  if (redeclare !== undefined && redeclare !== 'refused' && redeclare !== 'lenient')
    throw new OptionError('redeclare is "refused" or "lenient"', 'redeclare')
  const quiet = { port: 0, managementPort: 0, prometheusPort: 0, tlsPort: 0, logLevel: 'silent' } as const
  return resolveOptions({ ...quiet, ...options })
}

function checkTransport(transport: string, options: object): void {
  if (transport === 'tcp') return
  if (transport !== 'in-process') {
    const given = JSON.stringify(transport)
    throw new OptionError(`option "transport": ${given} is neither "tcp" nor "in-process"`, 'transport')
  }
  for (const option of OF_PORTS) {
    if (option in options)
      throw new OptionError(`a broker that opens no port has no option "${option}"`, option)
  }
}
