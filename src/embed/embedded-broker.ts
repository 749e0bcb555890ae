/** The composition root: options in, a listening broker out. Composes, and nothing else. */
import { Broker } from '../broker/broker'
import { compatOf } from '../broker/compat'
import { openEventExchange } from '../broker/event-exchange'
import { openLogExchange } from '../broker/log-exchange'
import { type Clock, SystemClock } from '../clock'
import { resolveOptions } from '../config/load'
import type { BrokerOptions, ResolvedOptions } from '../config/options'
import { alsoTo, createLogger, type Logger } from '../logger'
import { ChunkPool } from '../server/chunk-pool'
import { Connections } from '../server/connections'
import { SaslMechanisms } from '../server/sasl'
import { serverProperties } from '../server/server-properties'
import type { ServerSettings } from '../server/settings'
import { type OpenStore, openDiskStore, openMemoryStore } from '../store/open-store'
import { SystemTurn, type Turn } from '../turn'
import { type Administration, administrationOf } from './administration'
import { DefinitionsFile } from './definitions-file'
import { type ListenerDescription, openListeners } from './listeners'
import { openManagement } from './management'
import { LEVERET_VERSION } from './version'

export interface EmbeddedBroker extends Administration {
  /**
   * `amqp://guest:guest@127.0.0.1:5672`: for any AMQP 0-9-1 client. Without a slash, behind which some clients (rabbitmq-c,
   * and RabbitMQ's URI specification) read a virtual host without a name.
   */
  readonly url: string
  readonly host: string
  readonly port: number
  /** Everywhere it listens, the port above first. */
  readonly listeners: readonly ListenerDescription[]
  /**
   * Reads the files of the certificate again, which also happens by itself when they change. False: they cannot be used
   * (the log says why) and the old certificate stays, or there is none.
   */
  reloadCertificate(): boolean
  /**
   * RabbitMQ's `rabbitmqctl trace_on` and `trace_off`: copies of all messages of the virtual host go to its exchange
   * `amq.rabbitmq.trace`. @throws RangeError when there is no such virtual host
   */
  trace(vhost: string, on: boolean): void
  /** `http://127.0.0.1:15672`: the HTTP API and the web UI; undefined where the management is off. */
  readonly managementUrl: string | undefined
  /** Tells the clients, waits for them a moment, and frees the port. */
  close(): Promise<void>
}

/**
 * Starts a broker in this process.
 * @throws OptionError for an unknown or bad option, UnusableDatabase for a data folder that cannot be used,
 * UnusableCertificate, UnusableSocket, whatever listening throws, such as EADDRINUSE
 */
export async function createBroker(options: BrokerOptions = {}): Promise<EmbeddedBroker> {
  const resolved = resolveOptions(options)
  const turn = new SystemTurn()
  const clock = new SystemClock()
  const opened = await openStore(turn, resolved)
  try {
    return await startedOn(opened, turn, clock, resolved)
  } catch (error) {
    // A broker that cannot listen lets its files go.
    await opened.close()
    throw error
  }
}

async function startedOn(
  opened: OpenStore,
  turn: Turn,
  clock: Clock,
  resolved: ResolvedOptions,
): Promise<EmbeddedBroker> {
  const log = createLogger({ level: resolved.logLevel })
  const definitions =
    resolved.definitions === undefined ? undefined : new DefinitionsFile(resolved.definitions)
  const broker = new Broker(
    { clock, turn, store: opened.store, compat: compatOf(resolved.compat), logger: log },
    {
      user: resolved.defaultUser,
      password: resolved.defaultPass,
      vhost: resolved.defaultVhost,
      loopbackUsers: namesIn(resolved.loopbackUsers),
      hasNoUser: definitions?.hasUsers ?? false,
    },
    opened.stored,
  )
  const logger = openExchanges(broker, log, resolved)
  broker.recover()
  const settings = serverSettings(broker, logger, resolved)
  opened.onStalled(reason => diskStalled(broker, logger, reason))
  await definitions?.importInto(broker, resolved.skipUnchangedDefinitions)
  const connections = new Connections(settings)
  const listeners = await openListeners({ options: resolved, clock, logger }, transport =>
    connections.accept(transport),
  )
  const management = await openManagement({ settings, connections, listeners, options: resolved }).catch(
    async cause => {
      await listeners.close()
      throw cause
    },
  )
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    const freed = Promise.all([listeners.close(), management.close()])
    await connections.close(clock)
    broker.stop()
    await freed
    await opened.close()
  }
  return {
    ...administrationOf(broker, resolved.defaultVhost),
    url: urlOf(resolved, listeners.main.port),
    host: listeners.main.host,
    port: listeners.main.port,
    listeners: [...listeners.all, ...management.listeners],
    managementUrl: management.url,
    reloadCertificate: () => listeners.certificate?.reload() ?? false,
    trace: (vhost, on) => broker.trace(vhost, on),
    close: () => {
      closing ??= close()
      return closing
    },
  }
}

function openStore(turn: Turn, options: ResolvedOptions): Promise<OpenStore> | OpenStore {
  const { dataDir, inMemory, durability } = options
  return dataDir === undefined || inMemory ? openMemoryStore(turn) : openDiskStore(turn, dataDir, durability)
}

/** `reason`: what the disk said; undefined: it takes everything again. */
function diskStalled(broker: Broker, logger: Logger, reason: string | undefined): void {
  if (reason === undefined) {
    logger.info('the disk takes writes again: publishers go on')
    broker.alarms.clear()
  } else {
    logger.error({ reason }, 'nothing can be written to the disk: publishers wait, nothing is confirmed')
    broker.alarms.raise('low on disk') // RabbitMQ's word for it, whatever the disk said
  }
}

/** The exchanges through which the broker tells about itself. Returns the log that one of them is part of. */
function openExchanges(broker: Broker, logger: Logger, options: ResolvedOptions): Logger {
  const vhost = broker.vhosts.get(options.defaultVhost)
  const { eventExchange, logExchange } = options
  if (vhost === undefined) {
    if (eventExchange || logExchange !== 'off')
      logger.warn(
        { vhost: options.defaultVhost },
        'there is no default virtual host to have the exchanges that tell of the broker',
      )
    return logger
  }
  if (eventExchange) openEventExchange(broker, vhost)
  return logExchange === 'off' ? logger : alsoTo(logger, logExchange, openLogExchange(broker, vhost))
}

function serverSettings(broker: Broker, logger: Logger, options: ResolvedOptions): ServerSettings {
  return {
    broker,
    logger,
    chunks: new ChunkPool(),
    mechanisms: new SaslMechanisms(broker.compat.mechanisms, {
      from: options.sslCertLoginFrom,
      sanType: options.sslCertLoginSanType,
      sanIndex: options.sslCertLoginSanIndex,
    }),
    serverProperties: serverProperties({
      product: options.product,
      version: broker.compat.announcedVersion,
      leveretVersion: LEVERET_VERSION,
    }),
    limits: options,
    interceptors: options,
  }
}

/** `none` is nobody. */
function namesIn(list: string): string[] {
  if (list === 'none') return []
  return list
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
}

function urlOf(options: ResolvedOptions, port: number): string {
  const user = encodeURIComponent(options.defaultUser)
  const password = encodeURIComponent(options.defaultPass)
  const vhost = options.defaultVhost === '/' ? '' : `/${encodeURIComponent(options.defaultVhost)}`
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return `amqp://${user}:${password}@${host}:${port}${vhost}`
}
