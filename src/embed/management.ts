/**
 * Opens the management beside a broker that listens. Its code is loaded only then: a broker in a test, or without it,
 * starts in milliseconds.
 */

import type { OptionSpec } from '../config/option-spec'
import { optionKeys, optionTable, type ResolvedOptions } from '../config/options'
import type { Connections } from '../server/connections'
import type { ServerSettings } from '../server/settings'
import type { ListenerDescription, Listeners } from './listeners'
import { LEVERET_VERSION } from './version'

export interface OpenManagement {
  /** Undefined: it is off. */
  readonly url: string | undefined
  readonly listeners: readonly ListenerDescription[]
  close(): Promise<void>
}

export interface Managed {
  readonly settings: ServerSettings
  readonly connections: Connections
  readonly listeners: Listeners
  readonly options: ResolvedOptions
}

/** @throws whatever listening throws, such as EADDRINUSE */
export async function openManagement(managed: Managed): Promise<OpenManagement> {
  if (!managed.options.management) return { url: undefined, listeners: [], close: async () => {} }
  const { settings, connections, listeners, options } = managed
  const { broker, logger } = settings
  const { openHttpServer } =
    require('../management/http-server') as typeof import('../management/http-server')
  const http = await openHttpServer(
    {
      broker,
      connections,
      settings,
      logger,
      config: withoutSecrets(options),
      dataDir: options.inMemory ? undefined : options.dataDir,
      product: options.product,
      version: LEVERET_VERSION,
      startedAt: broker.clock.now(),
      listeners: () => [...listeners.all, listening],
    },
    { host: options.managementHost, port: options.managementPort },
  )
  const listening = { protocol: 'http', host: http.host, port: http.port } as const
  const host = http.host.includes(':') ? `[${http.host}]` : http.host
  return { url: `http://${host}:${http.port}`, listeners: [listening], close: () => http.close() }
}

function withoutSecrets(options: ResolvedOptions): Readonly<Record<string, unknown>> {
  const shown = optionKeys.filter(key => !(optionTable[key] as OptionSpec).secret)
  return Object.fromEntries(shown.map(key => [key, options[key]]))
}
