/** What a server fixes for all its connections. */
import type { FieldTable } from '../amqp/table'
import type { Broker } from '../broker/broker'
import type { IncomingInterceptors } from '../broker/interceptors'
import type { Clock } from '../clock'
import type { Logger } from '../logger'
import type { ChunkPool } from './chunk-pool'
import type { OutboundPeer } from './outbound-peer'
import type { SaslMechanisms } from './sasl'

export interface ServerSettings {
  readonly broker: Broker
  /** For what clients' own clocks take part in: handshakes, heartbeats, goodbyes. */
  readonly wireClock: Clock
  readonly logger: Logger
  readonly chunks: ChunkPool
  readonly serverProperties: FieldTable
  readonly mechanisms: SaslMechanisms
  readonly limits: ConnectionLimits
  /** Undefined: messages pass as they are. */
  readonly interceptors?: MessageInterceptors
  /** Sees every connection's peer before anybody uses it. */
  readonly onPeer?: ((peer: OutboundPeer) => void) | undefined
}

/** RabbitMQ's message interceptors. */
export interface MessageInterceptors extends IncomingInterceptors {
  /** Header `x-opt-rabbitmq-sent-time` on deliveries. */
  readonly sentTimestamp: boolean
}

export interface ConnectionLimits {
  /** Seconds; 0: none. */
  readonly heartbeat: number
  /** Bytes. */
  readonly frameMax: number
  readonly channelMax: number
  /** Bytes of a body. */
  readonly maxMessageSize: number
  /** On one channel; 0: no limit. */
  readonly consumersMax: number
  /** Milliseconds until a delivery must be acknowledged; 0: no limit. */
  readonly consumerTimeout: number
  /** Milliseconds. */
  readonly handshakeTimeout: number
  /** Connections that are not open yet; 0: no limit. */
  readonly handshakesMax: number
}

/** What both sides agreed on. */
export interface Tuning {
  readonly channelMax: number
  readonly frameMax: number
  /** Seconds. */
  readonly heartbeat: number
}
