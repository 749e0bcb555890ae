/**
 * Opens the management beside a broker that listens. Its code is loaded only then: a broker in a test, or without it,
 * starts in milliseconds.
 */
import type { OptionSpec } from '../config/option-spec'
import { optionKeys, optionTable, type ResolvedOptions } from '../config/options'
import type { HttpsSettings } from '../management/http-door'
import type { ListenerView } from '../management/management'
import type { Metrics } from '../metrics/metrics'
import type { Connections } from '../server/connections'
import type { ServerSettings } from '../server/settings'
import { asked, type ListenerDescription, type Listeners } from './listeners'
import type { OpenResources } from './resources'
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
  readonly resources: OpenResources
}

/** The HTTP API, and the metrics on their own port: all of it that is on, or nothing. @throws whatever listening throws */
export async function openManagement(managed: Managed): Promise<OpenManagement> {
  const { management, prometheus } = managed.options
  if (!management && !prometheus) return { url: undefined, listeners: [], close: async () => {} }
  if (management) {
    const { loadManagement } = require('../management/loading') as typeof import('../management/loading')
    await loadManagement(managed.settings.broker)
  }
  const metrics = await openMetrics(managed)
  const open: Served[] = []
  const close = async (): Promise<void> => {
    metrics.stop()
    await Promise.all(open.map(served => served.close()))
  }
  const own = (): ListenerDescription[] => open.map(({ protocol, host, port }) => ({ protocol, host, port }))
  const listening = (): ListenerView[] =>
    [...managed.listeners.all, ...own()].map(listener => viewOf(listener, managed))
  try {
    if (prometheus) open.push(await servePrometheus(managed, metrics))
    const http = management ? await serveApi(managed, metrics, listening) : undefined
    if (http !== undefined) open.push(http)
    return { url: http?.url, listeners: own(), close }
  } catch (error) {
    await close()
    throw error
  }
}

interface Served extends ListenerDescription {
  readonly url?: string
  close(): Promise<void>
}

async function servePrometheus(
  { options, settings: { logger } }: Managed,
  { prometheus }: Metrics,
): Promise<Served> {
  const { openMetricsServer } =
    require('../management/metrics-server') as typeof import('../management/metrics-server')
  const { prometheusHost: host, prometheusPort, httpConnectionsMax: connectionsMax } = options
  const address = { host, port: prometheusPort, connectionsMax, logger }
  const { port, close } = await asked('prometheusPort', openMetricsServer(prometheus, address))
  return { protocol: 'http/prometheus', host, port, close }
}

async function serveApi(
  managed: Managed,
  metrics: Metrics,
  listening: () => readonly ListenerView[],
): Promise<Served> {
  const { settings, connections, options } = managed
  const { broker, logger } = settings
  const { openHttpServer } =
    require('../management/http-server') as typeof import('../management/http-server')
  const management = {
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
    listeners: listening,
  }
  const { managementHost: host, managementPort: port } = options
  const { httpBodyMax: bodyMax, httpConnectionsMax: connectionsMax } = options
  const address = { host, port, tls: httpsOf(managed), bodyMax, connectionsMax }
  const http = await asked('managementPort', openHttpServer(management, address))
  const { AmqpWebSockets } =
    require('../server/websocket-transport') as typeof import('../server/websocket-transport')
  const webSockets = new AmqpWebSockets(options.frameMax, transport => connections.accept(transport))
  http.onUpgrade((request, socket, head) => webSockets.upgrade(request, socket, head))
  const protocol = options.managementTls ? 'https' : 'http'
  const named = http.host.includes(':') ? `[${http.host}]` : http.host
  const url = `${protocol}://${named}:${http.port}`
  return { protocol, host: http.host, port: http.port, url, close: () => http.close() }
}

async function openMetrics({ settings, connections, options, resources }: Managed): Promise<Metrics> {
  const { Metrics } = require('../metrics/metrics') as typeof import('../metrics/metrics')
  const { broker } = settings
  const { announcedVersion: rabbitmqVersion } = broker.compat
  const product = { rabbitmqVersion, productName: options.product, productVersion: LEVERET_VERSION }
  const metrics = new Metrics(
    { broker, connections, clock: broker.clock, logger: settings.logger },
    {
      samplingIntervalMs: options.samplingInterval,
      dataDir: options.inMemory ? undefined : options.dataDir,
      product,
      resources,
    },
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
