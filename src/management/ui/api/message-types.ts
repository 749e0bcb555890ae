/** What the API answers about messages, routes and the topology. */
import type { Arguments } from './types'

export interface Message {
  readonly exchange: string
  readonly routing_key: string
  readonly redelivered: boolean
  readonly properties: Arguments
  readonly payload: string
  readonly payload_encoding: 'string' | 'base64'
  /** Of the whole payload, of which `payload` may show the beginning only. */
  readonly payload_bytes: number
}

/** A message seen where it is, without taking it. */
export interface PeekedMessage extends Message {
  readonly position: number
  readonly state: 'ready' | 'unacked' | 'delayed'
  readonly consumer_tag?: string
  /** `127.0.0.1:1 -> 127.0.0.1:5672 (1)` */
  readonly channel?: string
  readonly unacked_for_ms?: number
}

export interface PeekedPage {
  readonly total: number
  readonly offset: number
  readonly items: readonly PeekedMessage[]
  /** Where to go on; null at the end. */
  readonly next_offset: number | null
  readonly scanned: number
}

/** Why a message was not moved on. */
export type StayReason = 'refused' | 'unroutable' | 'not-dead' | 'same-queue' | 'forbidden'

export interface Moved {
  readonly moved: number
  readonly left: number
  readonly reasons: Readonly<Partial<Record<StayReason, number>>>
}

export interface ExplainedBinding {
  readonly source: string
  readonly destination: string
  readonly destination_type: 'queue' | 'exchange'
  readonly routing_key: string
  readonly arguments: Arguments
  readonly matched: boolean
  readonly why: string
  readonly reached: boolean
}

export interface Explanation {
  readonly queues: readonly string[]
  readonly unroutable: boolean
  readonly alternate_exchange?: string
  readonly bindings: readonly ExplainedBinding[]
  /** What no binding can tell: sentences without their full stop. */
  readonly notes: readonly string[]
  /** It goes to one or some of `queues`, and may go to others next time. */
  readonly by_chance: boolean
  /** There are more bindings. */
  readonly truncated: boolean
}

export interface TopologyExchange {
  readonly name: string
  readonly type: string
  readonly publish_in_rate: number
}

export interface TopologyQueue {
  readonly name: string
  readonly messages: number
  readonly consumers: number
  readonly deliver_rate: number
}

export interface TopologyBinding {
  readonly source: string
  readonly destination: string
  readonly destination_type: 'queue' | 'exchange'
  readonly routing_key: string
  readonly arguments: Arguments
  /** Messages a second; between exchanges nobody counts. */
  readonly rate?: number
}

/** A way that is no binding. */
export interface TopologyLink {
  readonly kind: 'dead-letter' | 'alternate'
  readonly source: string
  readonly source_type: 'queue' | 'exchange'
  readonly destination: string
  readonly destination_type: 'queue' | 'exchange'
  /** The one that dead letters get. */
  readonly routing_key?: string
}

export interface Topology {
  readonly exchanges: readonly TopologyExchange[]
  readonly queues: readonly TopologyQueue[]
  readonly bindings: readonly TopologyBinding[]
  readonly links: readonly TopologyLink[]
  /** There is more than this. */
  readonly truncated: boolean
}
