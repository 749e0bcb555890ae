/**
 * Opens the management beside a broker that listens. Its code is loaded only then: a broker in a test, or without it,
 * starts in milliseconds.
 */
import type { OptionSpec } from '../config/option-spec'
import { optionKeys, optionTable, type ResolvedOptions } from '../config/options'
import type { HttpServer, HttpsSettings } from '../management/http-server'
import type { ListenerView } from '../management/management'
import type { Metrics } from '../metrics/metrics'
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
  const metrics = await openMetrics(managed)
  const http: HttpServer = await openHttpServer(
    {
      broker,
      connections,
      statistics: metrics.statistics,
      prometheus: metrics.prometheus,
      settings,
      logger,
      config: withoutSecrets(options),
      dataDir: options.inMemory ? undefined : options.dataDir,
      product: options.product,
      version: LEVERET_VERSION,
      startedAt: broker.clock.now(),
      listeners: () => [...listeners.all, listening].map(listener => viewOf(listener, managed)),
    },
    { host: options.managementHost, port: options.managementPort, tls: httpsOf(managed) },
  ).catch((cause: unknown) => {
    metrics.stop()
    throw cause
  })
  const { AmqpWebSockets } =
    require('../server/websocket-transport') as typeof import('../server/websocket-transport')
  const webSockets = new AmqpWebSockets(options.frameMax, transport => connections.accept(transport))
  http.server.on('upgrade', (request, socket, head) => webSockets.upgrade(request, socket, head))
  const protocol = options.managementTls ? 'https' : 'http'
  const listening: ListenerDescription = { protocol, host: http.host, port: http.port }
  const host = http.host.includes(':') ? `[${http.host}]` : http.host
  const close = async (): Promise<void> => {
    metrics.stop()
    await http.close()
  }
  return { url: `${protocol}://${host}:${http.port}`, listeners: [listening], close }
}

async function openMetrics({ settings, connections, options }: Managed): Promise<Metrics> {
  const { Metrics } = require('../metrics/metrics') as typeof import('../metrics/metrics')
  const { broker } = settings
  const { announcedVersion: rabbitmqVersion } = broker.compat
  const product = { rabbitmqVersion, productName: options.product, productVersion: LEVERET_VERSION }
  const metrics = new Metrics(
    { broker, connections, clock: broker.clock },
    { samplingIntervalMs: options.samplingInterval, dataDir: options.dataDir, product },
  )
  await metrics.start()
  return metrics
}

function withoutSecrets(options: ResolvedOptions): Readonly<Record<string, unknown>> {
  const shown = optionKeys.filter(key => !(optionTable[key] as OptionSpec).secret)
  return Object.fromEntries(shown.map(key => [key, options[key]]))
}

function viewOf(listener: ListenerDescription, { listeners, options }: Managed): ListenerView {
  const { certificate } = listeners
  const { tlsCert, tlsCa } = options
  const speaksTls = listener.protocol === 'amqp/ssl' || listener.protocol === 'https'
  if (!speaksTls || certificate === undefined || tlsCert === undefined) return listener
  const { cert, ca } = certificate.options
  const files = { certificateFile: tlsCert, certificates: cert, authoritiesFile: tlsCa, authorities: ca }
  return { ...listener, certificate: files }
}

function httpsOf({ listeners, options }: Managed): HttpsSettings | undefined {
  const { certificate } = listeners
  if (!options.managementTls || certificate === undefined) return undefined
  return { certificate, handshakeTimeout: options.tlsHandshakeTimeout }
}
