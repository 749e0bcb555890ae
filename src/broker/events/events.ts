/**
 * What happens in a broker, for those who want to hear of it: event exchange, management, metrics. The kinds are the
 * routing keys of RabbitMQ's event exchange. Nothing that happens to a message is an event. Invariant: a listener that
 * throws harms neither what happened nor the other listeners.
 */
import type { FieldTable, FieldValue } from '../../amqp/table'
import type { AuthChange } from '../../auth/changes'
import type { Resource } from '../resources/alarms'

/** RabbitMQ's name for who acts when no user does: an auto-delete queue goes, say. */
export const INTERNAL_USER = 'rmq-internal'

/** In RabbitMQ's words; what the server knows of a connection has more. */
export interface ConnectionTls {
  readonly protocol: string
  readonly keyExchange: string
  readonly cipher: string
  readonly hash: string
  readonly peerCertificate?:
    | { readonly subject: string; readonly issuer: string; readonly validity: string }
    | undefined
}

export interface ConnectionIdentity {
  /** The name of a process to RabbitMQ; here it only tells connections and channels apart. */
  readonly pid: string
  /** `127.0.0.1:53076 -> 127.0.0.1:5672` */
  readonly name: string
  readonly host: string
  readonly port: number
  readonly peerHost: string
  readonly peerPort: number
  /** Empty until the client has said who it is. */
  readonly clientProperties: FieldTable
  /** The client property `connection_name`. */
  readonly userProvidedName: string | undefined
  /** Undefined: not encrypted. */
  readonly tls: ConnectionTls | undefined
}

export type ConnectionEvent =
  | {
      readonly kind: 'connection.created'
      readonly connection: ConnectionIdentity
      readonly user: string
      readonly vhost: string
      readonly mechanism: string
      /** Milliseconds since 1970. */
      readonly connectedAt: number
      readonly frameMax: number
      readonly channelMax: number
      readonly heartbeatSeconds: number
    }
  /** Also of connections that were never opened. */
  | { readonly kind: 'connection.closed'; readonly connection: ConnectionIdentity }
  | {
      readonly kind: 'user.authentication.success'
      readonly connection: ConnectionIdentity
      readonly mechanism: string
      readonly user: string
    }
  | {
      readonly kind: 'user.authentication.failure'
      readonly connection: ConnectionIdentity
      readonly mechanism: string
      /** Undefined: nobody was named. */
      readonly user: string | undefined
      readonly reason: string
    }

export interface ChannelIdentity {
  readonly pid: string
  /** `127.0.0.1:53076 -> 127.0.0.1:5672 (1)` */
  readonly name: string
  readonly number: number
  readonly connectionPid: string
  readonly user: string
  readonly vhost: string
}

export type ChannelEvent =
  | { readonly kind: 'channel.created'; readonly channel: ChannelIdentity }
  | { readonly kind: 'channel.closed'; readonly channel: ChannelIdentity; readonly consumerCount: number }
  | {
      readonly kind: 'consumer.created'
      readonly vhost: string
      readonly queue: string
      readonly tag: string
      readonly channelPid: string
      readonly exclusive: boolean
      readonly noAck: boolean
      readonly prefetchCount: number
      readonly arguments: FieldTable
    }
  | {
      readonly kind: 'consumer.deleted'
      readonly vhost: string
      readonly queue: string
      readonly tag: string
      readonly channelPid: string
    }

export type TopologyEvent =
  | {
      readonly kind: 'queue.created'
      readonly vhost: string
      readonly name: string
      /** `classic`, `quorum`, … */
      readonly type: string
      readonly durable: boolean
      readonly autoDelete: boolean
      /** The connection that alone may use it; undefined: not exclusive. */
      readonly owner: object | undefined
      readonly arguments: FieldTable
    }
  | { readonly kind: 'queue.deleted'; readonly vhost: string; readonly name: string; readonly type: string }
  | {
      readonly kind: 'exchange.created'
      readonly vhost: string
      readonly name: string
      readonly type: string
      readonly durable: boolean
      readonly autoDelete: boolean
      readonly internal: boolean
      readonly arguments: FieldTable
    }
  | { readonly kind: 'exchange.deleted'; readonly vhost: string; readonly name: string }
  | {
      readonly kind: 'binding.created' | 'binding.deleted'
      readonly vhost: string
      readonly source: string
      readonly destinationKind: 'queue' | 'exchange'
      readonly destination: string
      readonly routingKey: string
      readonly arguments: FieldTable
    }
  | {
      readonly kind: 'vhost.created'
      readonly name: string
      readonly isTraced: boolean
      readonly description: string
      readonly tags: readonly string[]
      readonly defaultQueueType: string | undefined
    }
  | { readonly kind: 'vhost.deleted'; readonly name: string }

export type PolicyEvent =
  | {
      readonly kind: 'policy.set'
      readonly vhost: string
      readonly name: string
      readonly pattern: string
      /** `queues`, `exchanges`, `all`, … */
      readonly applyTo: string
      readonly definition: FieldTable
      readonly priority: number
    }
  | {
      readonly kind: 'policy.cleared' | 'operator.policy.cleared'
      readonly vhost: string
      readonly name: string
    }
  | {
      readonly kind: 'parameter.set'
      /** Undefined: a global parameter. */
      readonly vhost: string | undefined
      readonly component: string
      readonly name: string
      readonly value: FieldValue
    }
  | {
      readonly kind: 'parameter.cleared'
      readonly vhost: string | undefined
      readonly component: string
      readonly name: string
    }

export type LimitEvent =
  | {
      readonly kind: 'vhost.limits.set' | 'user.limits.set'
      /** Of the virtual host or user. */
      readonly name: string
      readonly limits: Readonly<Record<string, number>>
    }
  | { readonly kind: 'vhost.limits.cleared' | 'user.limits.cleared'; readonly name: string }

export interface AlarmEvent {
  readonly kind: 'alarm.set' | 'alarm.cleared'
  readonly source: Resource
}

export type BrokerEvent =
  | ConnectionEvent
  | ChannelEvent
  | TopologyEvent
  | PolicyEvent
  | LimitEvent
  | AuthChange
  | AlarmEvent

/** `actor`: the user who did it, or `INTERNAL_USER`. It may keep the event, and must not change what exists. */
export type EventListener = (event: BrokerEvent, actor: string) => void

export class Events {
  private listeners: readonly EventListener[] = []
  private connections = 0
  /** Who does what happens now. Whoever sets it puts back what it was. */
  actor = INTERNAL_USER

  /** `failed` hears what a listener threw. */
  constructor(private readonly failed: (error: unknown) => void) {}

  /** Whether there is anybody to tell: a million events need not be made for nobody. */
  get isHeard(): boolean {
    return this.listeners.length > 0
  }

  emit(event: BrokerEvent): void {
    for (const listener of this.listeners) {
      try {
        listener(event, this.actor)
      } catch (error) {
        this.failed(error)
      }
    }
  }

  /** Whatever happens while `run` runs is done by this user. */
  actingAs<T>(user: string, run: () => T): T {
    const before = this.actor
    this.actor = user
    try {
      return run()
    } finally {
      this.actor = before
    }
  }

  /** What tells a connection apart in the events about it. */
  nextConnectionId(): number {
    return ++this.connections
  }

  /** Returns how to stop listening. */
  listen(listener: EventListener): () => void {
    this.listeners = [...this.listeners, listener]
    return () => {
      this.listeners = this.listeners.filter(other => other !== listener)
    }
  }
}
