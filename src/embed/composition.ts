/**
 * Clock, turn, store and options put together to a broker that listens. Whoever embeds a broker decides what these four are,
 * and what of the parts is shown.
 */
import { Broker, type BrokerSurroundings } from '../broker/broker'
import { compatOf } from '../broker/compat'
import { openEventExchange } from '../broker/events/event-exchange'
import { openLogExchange } from '../broker/events/log-exchange'
import type { QueueMaker } from '../broker/vhost'
import type { Clock } from '../clock'
import type { ResolvedOptions } from '../config/options'
import { alsoTo, createLogger, type Logger } from '../logger'
import { type Machine, SystemMachine } from '../machine'
import { ChunkPool } from '../server/chunk-pool'
import { Connections } from '../server/connections'
import type { OutboundPeer } from '../server/outbound-peer'
import { SaslMechanisms } from '../server/sasl'
import { serverProperties } from '../server/server-properties'
import type { ServerSettings } from '../server/settings'
import type { Transport } from '../server/transport'
import type { OpenStore } from '../store/open-store'
import type { Turn } from '../turn'
import { DefinitionsFile } from './definitions-file'
import { type Listeners, type OpenListeners, openListeners } from './listeners'
import { type OpenManagement, openManagement } from './management'
import { warnOfOpenDoor } from './open-door'
import { type OpenResources, openResources } from './resources'
import { StalledStore } from './stalled-store'
import { LEVERET_VERSION } from './version'

/** What a broker is made of. */
export interface Ingredients {
  readonly clock: Clock
  /** What clients' own clocks take part in goes by this one: handshakes, heartbeats, goodbyes. Default: `clock`. */
  readonly wireClock?: Clock
  readonly turn: Turn
  readonly opened: OpenStore
  /** Default: the real one. */
  readonly machine?: Machine
  /** Makes every queue that clients declare. Default: as always. */
  readonly makeQueue?: QueueMaker | undefined
  /** Hears of what is declared again with other properties, which then stays as it is. Default: that is refused. */
  readonly onRedeclared?: BrokerSurroundings['onRedeclared']
  /** Sees every connection's peer before anybody uses it. */
  readonly onPeer?: (peer: OutboundPeer) => void
  readonly options: ResolvedOptions
  /** What each connection's transport is wrapped in; undefined: it is not taken. Default: nothing. */
  readonly through?: (transport: Transport) => Transport | undefined
  /** Where connections come from. Default: the ports and sockets that the options say. */
  readonly listen?: OpenListeners | undefined
}

export interface RunningBroker {
  readonly broker: Broker
  readonly connections: Connections
  readonly listeners: Listeners
  readonly management: OpenManagement
  /** Tells the clients, waits for them a moment, and lets ports and files go. */
  close(): Promise<void>
}

/** @throws as `createBroker`, with the store closed */
export async function compose(ingredients: Ingredients): Promise<RunningBroker> {
  try {
    return await composed(ingredients)
  } catch (error) {
    // A broker that cannot listen lets its files go.
    await ingredients.opened.close()
    throw error
  }
}

async function composed(ingredients: Ingredients): Promise<RunningBroker> {
  const { opened, options, machine = new SystemMachine() } = ingredients
  const log = createLogger({ level: options.logLevel })
  const definitions = options.definitions === undefined ? undefined : new DefinitionsFile(options.definitions)
  const broker = opened.understood(() => newBroker(ingredients, log, definitions))
  const logger = openExchanges(broker, log, options)
  opened.understood(() => broker.recover())
  const stalled = new StalledStore(broker, logger)
  opened.onStalled(reason => stalled.tell(reason))
  const resources = await openResources(broker, machine, logger, options)
  const stop = (): void => {
    resources.stop()
    broker.stop()
  }
  try {
    await definitions?.importInto(broker, options.skipUnchangedDefinitions)
    warnOfOpenDoor(broker, options, logger)
    return await openDoors(ingredients, { broker, logger, resources, stop })
  } catch (error) {
    stop()
    throw error
  }
}

/** A broker that nobody can reach yet. */
interface Inside {
  readonly broker: Broker
  readonly logger: Logger
  readonly resources: OpenResources
  stop(): void
}

async function openDoors(ingredients: Ingredients, inside: Inside): Promise<RunningBroker> {
  const { clock, wireClock = clock, opened, options, onPeer, through, listen = openListeners } = ingredients
  const { broker, logger, resources } = inside
  const settings = { ...serverSettings(broker, wireClock, logger, options), onPeer }
  const connections = new Connections(settings, through)
  const listeners = await listen({ options, clock: wireClock, logger }, transport =>
    connections.accept(transport),
  )
  const management = await openManagement({ settings, connections, listeners, options, resources }).catch(
    async cause => {
      await listeners.close()
      throw cause
    },
  )
  const close = async (): Promise<void> => {
    const freed = Promise.all([listeners.close(), management.close()])
    await connections.close(wireClock)
    inside.stop()
    await freed
    await opened.close()
  }
  let closing: Promise<void> | undefined
  return {
    broker,
    connections,
    listeners,
    management,
    close: () => {
      closing ??= close()
      return closing
    },
  }
}

/** With what the store held, as far as it is there at once. */
function newBroker(
  { clock, turn, opened, options, makeQueue, onRedeclared }: Ingredients,
  logger: Logger,
  definitions: DefinitionsFile | undefined,
): Broker {
  const compat = compatOf(options.compat)
  return new Broker(
    { clock, turn, store: opened.store, compat, logger, makeQueue, onRedeclared, maxima: options },
    {
      user: options.defaultUser,
      password: options.defaultPass,
      vhost: options.defaultVhost,
      loopbackUsers: namesIn(options.loopbackUsers),
      slowGuessers: options.slowGuessers,
      hasNoUser: definitions?.hasUsers ?? false,
    },
    opened.stored,
  )
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

function serverSettings(
  broker: Broker,
  wireClock: Clock,
  logger: Logger,
  options: ResolvedOptions,
): ServerSettings {
  return {
    broker,
    wireClock,
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
