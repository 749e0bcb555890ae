/**
 * Opens the management beside a broker that listens. Its code is loaded only then: a broker in a test, or without it,
 * starts in milliseconds.
 */
import type { ResolvedOptions } from '../config/options'
import type { Connections } from '../server/connections'
import type { Listener } from '../server/listener'
import type { ServerSettings } from '../server/settings'
import { LEVERET_VERSION } from './version'

export interface OpenManagement {
  readonly url: string
  close(): Promise<void>
}

export interface Managed {
  readonly settings: ServerSettings
  readonly connections: Connections
  readonly listener: Listener
  readonly options: ResolvedOptions
}

/** @throws whatever listening throws, such as EADDRINUSE */
export async function openManagement(managed: Managed): Promise<OpenManagement> {
  const { settings, connections, listener, options } = managed
  const { broker, logger } = settings
  const { openHttpServer } =
    require('../management/http-server') as typeof import('../management/http-server')
  const http = await openHttpServer(
    {
      broker,
      connections,
      settings,
      logger,
      version: LEVERET_VERSION,
      startedAt: broker.clock.now(),
      listeners: () => [
        { protocol: 'amqp', host: listener.host, port: listener.port },
        { protocol: 'http', host: http.host, port: http.port },
      ],
    },
    { host: options.managementHost, port: options.managementPort },
  )
  const host = http.host.includes(':') ? `[${http.host}]` : http.host
  return { url: `http://${host}:${http.port}`, close: () => http.close() }
}
