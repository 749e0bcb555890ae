/** What there is to tell about one connection, for those who watch the broker. Reads its parts and changes nothing. */
import type { FieldTable } from '../amqp/table'
import type { ConnectionIdentity } from '../broker/events/events'
import type { Vhost } from '../broker/vhost'
import type { Channel } from '../channel/channel'
import type { Session } from '../channel/session'
import type { Channels } from './channels'
import type { ConnectionEvents } from './connection-events'
import type { Handshake } from './handshake'
import type { Input } from './input'
import type { Outbound } from './outbound'
import type { PublisherBrake } from './publisher-brake'
import type { Tuning } from './settings'
import type { Transport } from './transport'

/** RabbitMQ's names. */
export type ConnectionState =
  | 'starting'
  | 'tuning'
  | 'opening'
  | 'running'
  | 'blocking'
  | 'blocked'
  | 'flow'
  | 'closing'
  | 'closed'

export interface ConnectionParts {
  readonly state: 'handshake' | 'open' | 'closing' | 'closed'
  readonly events: ConnectionEvents
  readonly transport: Transport
  readonly handshake: Handshake
  readonly input: Input
  readonly outbound: Outbound
  readonly brake: PublisherBrake
  /** Undefined until it is open. */
  readonly session: Session | undefined
  readonly channels: Channels | undefined
  readonly tuning: Tuning | undefined
}

export class ConnectionStatus {
  constructor(private readonly parts: ConnectionParts) {}

  /** `127.0.0.1:53076 -> 127.0.0.1:5672` */
  get name(): string {
    return this.parts.events.name
  }

  get pid(): string {
    return this.parts.events.pid
  }

  /** Addresses, ports, and what the client says of itself. */
  get identity(): ConnectionIdentity {
    return this.parts.events.identity()
  }

  get state(): ConnectionState {
    const { state, handshake, brake } = this.parts
    if (state === 'open') return brake.state
    return state === 'handshake' ? handshake.stateName : state
  }

  /** Undefined until somebody has logged in and opened a virtual host; also the virtual host. */
  get user(): string | undefined {
    return this.parts.session?.user.name
  }

  get vhost(): Vhost | undefined {
    return this.parts.session?.vhost
  }

  /** PLAIN, AMQPLAIN, …; empty until the client chose. */
  get mechanism(): string {
    return this.parts.events.mechanism
  }

  get clientProperties(): FieldTable {
    return this.parts.events.clientProperties
  }

  /** Milliseconds since 1970. */
  get connectedAt(): number {
    return this.parts.events.connectedAt
  }

  get tuning(): Tuning | undefined {
    return this.parts.tuning
  }

  get transport(): Transport {
    return this.parts.transport
  }

  get bytesReceived(): number {
    return this.parts.input.bytesReceived
  }

  get bytesSent(): number {
    return this.parts.outbound.bytesSent
  }

  /** Reads of the socket. */
  get chunksReceived(): number {
    return this.parts.input.chunksReceived
  }

  /** Writes to it. */
  get chunksSent(): number {
    return this.parts.outbound.chunksSent
  }

  /** Written, but not taken by the network yet. */
  get bytesPending(): number {
    return this.parts.transport.pendingBytes
  }

  get channelCount(): number {
    return this.parts.channels?.count ?? 0
  }

  /** The open ones. */
  get channels(): Iterable<Channel> {
    return this.parts.channels ?? NO_CHANNELS
  }
}

const NO_CHANNELS: readonly Channel[] = []
