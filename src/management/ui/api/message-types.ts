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

export interface Moved {
  readonly moved: number
  readonly left?: number
  readonly reasons?: Readonly<Record<string, number>>
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
  readonly alternate_exchange?: string | null
  readonly bindings: readonly ExplainedBinding[]
}

export interface TopologyExchange {
  readonly name: string
  readonly type: string
  readonly internal?: boolean
  readonly publish_in_rate?: number
}

export interface TopologyQueue {
  readonly name: string
  readonly type?: string
  readonly messages: number
  readonly consumers: number
  readonly publish_rate?: number
  readonly deliver_rate?: number
}

export interface TopologyEdge {
  readonly kind?: 'binding' | 'dead-letter' | 'alternate'
  readonly source: string
  readonly source_type?: 'queue' | 'exchange'
  readonly destination: string
  readonly destination_type: 'queue' | 'exchange'
  readonly routing_key?: string
  readonly arguments?: Arguments
  readonly rate?: number
}

export interface Topology {
  readonly exchanges: readonly TopologyExchange[]
  readonly queues: readonly TopologyQueue[]
  readonly bindings: readonly TopologyEdge[]
  readonly truncated: boolean
}
