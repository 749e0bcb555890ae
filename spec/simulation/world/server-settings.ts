/** The server's side of a simulated broker. */
import { ChunkPool } from '../../../src/server/chunk-pool'
import { SaslMechanisms } from '../../../src/server/sasl'
import { serverProperties } from '../../../src/server/server-properties'
import type { ServerSettings } from '../../../src/server/settings'
import type { World } from './world'

const limits = {
  heartbeat: 60,
  frameMax: 131_072,
  channelMax: 2047,
  maxMessageSize: 16 * 1024 * 1024,
  consumersMax: 0,
  consumerTimeout: 120_000,
  handshakeTimeout: 10_000,
  handshakesMax: 0,
}

/** What connections need of a broker, as `createBroker` has it. */
export function serverSettings({ broker, clock, log, version }: World): ServerSettings {
  return {
    broker,
    wireClock: clock,
    logger: log,
    chunks: new ChunkPool(),
    mechanisms: new SaslMechanisms(broker.compat.mechanisms),
    serverProperties: serverProperties({
      product: 'RabbitMQ',
      version: broker.compat.announcedVersion,
      leveretVersion: '0.0.0',
    }),
    // 4.3 takes late deliveries back, and their client may not know.
    limits: version === '4.3' ? { ...limits, consumerTimeout: 0 } : limits,
  }
}
