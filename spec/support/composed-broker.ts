/** A broker put together by hand, as `createBroker` does it, with its insides in reach and its surroundings replaced. */
import { Broker } from '../../src/broker/broker'
import type { CompatVersion } from '../../src/broker/compat'
import { compatOf } from '../../src/broker/compat'
import type { Vhost } from '../../src/broker/vhost'
import { ChunkPool } from '../../src/server/chunk-pool'
import { Connections } from '../../src/server/connections'
import { SaslMechanisms } from '../../src/server/sasl'
import { serverProperties } from '../../src/server/server-properties'
import type { ConnectionLimits, ServerSettings } from '../../src/server/settings'
import { MemoryStore } from '../../src/store/memory-store'
import type { Turn } from '../../src/turn'
import { ManualClock } from './manual-clock'
import { RecordingLogger } from './recording-logger'

export interface ComposedBroker {
  readonly broker: Broker
  readonly vhost: Vhost
  readonly connections: Connections
  readonly clock: ManualClock
  readonly log: RecordingLogger
  readonly limits: ConnectionLimits
  readonly settings: ServerSettings
}

const defaultLimits: ConnectionLimits = {
  heartbeat: 60,
  frameMax: 131_072,
  channelMax: 2047,
  maxMessageSize: 16 * 1024 * 1024,
  consumersMax: 0,
  consumerTimeout: 1_800_000,
  handshakeTimeout: 10_000,
  handshakesMax: 0,
}

export function composeBroker(
  turn: Turn,
  limits: Partial<ConnectionLimits> = {},
  version: CompatVersion = '4.2',
): ComposedBroker {
  const compat = compatOf(version)
  const clock = new ManualClock()
  const log = new RecordingLogger()
  const broker = new Broker(
    { clock, turn, store: new MemoryStore(turn), compat, logger: log },
    { user: 'guest', password: 'guest', vhost: '/' },
  )
  const settings = {
    broker,
    wireClock: clock,
    logger: log,
    chunks: new ChunkPool(),
    mechanisms: new SaslMechanisms(compat.mechanisms),
    serverProperties: serverProperties({
      product: 'RabbitMQ',
      version: compat.announcedVersion,
      leveretVersion: '0.0.0',
    }),
    limits: { ...defaultLimits, ...limits },
  }
  const vhost = broker.vhosts.get('/')!
  return {
    broker,
    vhost,
    connections: new Connections(settings),
    clock,
    log,
    limits: settings.limits,
    settings,
  }
}
