/** What a rule of strict mode is told of what clients do, and to whom it tells what it minds. It changes nothing. */
import type { ChannelClose, ConnectionClose, Method } from '../../amqp/methods'
import type { BrokerEvent } from '../../broker/events/events'
import type { TappedConnection, TappedReader } from '../../broker/events/message-tap'
import type { Vhost } from '../../broker/vhost'
import type { ChannelStatus } from '../../channel/channel-status'
import type { Message } from '../../message'
import type { Queue } from '../../queues/queue'
import type { Connection } from '../../server/connection'
import type { Journey } from '../seeing/journey'
import type { StrictRuleName } from './rules'
import type { ViolationFacts } from './violation'

/** Who says something to the broker, or hears it. */
export interface Speaker {
  readonly vhost: Vhost
  readonly session: TappedConnection
  readonly channel: number
  /** Undefined: it is a request to the HTTP API. */
  readonly connection: Connection | undefined
  /** It takes leave: closes its channel or connection, or is gone. */
  readonly isLeaving: boolean
}

export interface Delivery {
  readonly queue: string
  /** Of the entry in its queue. */
  readonly position: number
  readonly reader: TappedReader
}

export interface Rule {
  /** Before the queues get it. */
  published?(message: Message, queues: readonly Queue[], by: Speaker): void
  delivered?(delivery: Delivery, to: Speaker): void
  /** Before the broker has looked at it. */
  asked?(method: Method, by: Speaker): void
  /** Undefined: no client does it. */
  happened?(event: BrokerEvent, by: Speaker | undefined): void
  /** For a mistake of the client's; it has not been told yet. */
  refused?(close: ChannelClose | ConnectionClose, by: Speaker): void
}

export type Place = Pick<ViolationFacts, 'exchange' | 'queue' | 'consumerTag' | 'journey'>

/** What rules are given. */
export interface StrictEye {
  minds(rule: StrictRuleName): boolean
  note(rule: StrictRuleName, by: Speaker, text: string, place: Place): void
  /** Undefined: it is not known. */
  journeyOf(message: Message): Journey | undefined
  journeyIn(queue: Queue | undefined, position: number): Journey | undefined
}

/** Undefined: it is not open. */
export function channelOf({ connection }: Speaker, number: number): ChannelStatus | undefined {
  for (const { status } of connection?.status.channels ?? []) if (status.number === number) return status
  return undefined
}

export function quoted(name: string): string {
  return JSON.stringify(name)
}

export function exchangeNamed(name: string): string {
  return name === '' ? 'the default exchange' : `exchange ${quoted(name)}`
}
