/**
 * What a broker must still know after a restart, besides messages: durable exchanges, queues and bindings, and what
 * administrators set, as plain records. Arguments are opaque bytes (the codec's field table). Changes join the same
 * batches as messages do.
 */
import { type AccessChange, NO_ACCESS, type StoredAccess } from './access-records'
import type { CommitTicket } from './message-store'

export interface ExchangeRecord {
  readonly vhost: string
  readonly name: string
  readonly type: string
  readonly autoDelete: boolean
  readonly internal: boolean
  readonly arguments: Uint8Array
}

export interface QueueRecord {
  /** What `MessageStore` knows the queue by. */
  readonly id: number
  readonly vhost: string
  readonly name: string
  readonly autoDelete: boolean
  readonly arguments: Uint8Array
}

export interface BindingRecord {
  readonly vhost: string
  /** Equal exactly for the same binding. */
  readonly identity: string
  readonly source: string
  readonly destinationKind: 'queue' | 'exchange'
  readonly destination: string
  readonly routingKey: string
  readonly arguments: Uint8Array
}

/** A policy or operator policy; its definition is JSON. */
export interface PolicyRecord {
  readonly vhost: string
  readonly kind: 'policy' | 'operator-policy'
  readonly name: string
  readonly pattern: string
  readonly applyTo: string
  readonly priority: number
  readonly definition: string
}

export type LimitScope = 'vhost' | 'user'

/** The limits of a virtual host or user, as JSON. */
export interface LimitsRecord {
  readonly scope: LimitScope
  readonly name: string
  readonly limits: string
}

/** Whose keys they are, by which it knows duplicates. */
export type KeyOwner =
  | { readonly kind: 'exchange'; readonly vhost: string; readonly name: string }
  | { readonly kind: 'queue'; readonly id: number }

export interface KeyRecord {
  readonly key: string
  /** Milliseconds since the epoch, or infinity. */
  readonly expires: number
  /** Of the message in the queue. */
  readonly position: number
}

/** How often a message came back to its queue. */
export interface DeliveryCountRecord {
  readonly position: number
  readonly count: number
}

export type DefinitionChange =
  | { readonly kind: 'exchange'; readonly record: ExchangeRecord }
  | { readonly kind: 'exchange-gone'; readonly vhost: string; readonly name: string }
  | { readonly kind: 'queue'; readonly record: QueueRecord }
  | { readonly kind: 'queue-gone'; readonly id: number }
  | { readonly kind: 'binding'; readonly record: BindingRecord }
  /** An exchange that is deleted may have a million. */
  | { readonly kind: 'bindings-gone'; readonly vhost: string; readonly identities: readonly string[] }
  | { readonly kind: 'policy'; readonly record: PolicyRecord }
  | ({ readonly kind: 'policy-gone'; readonly policyKind: PolicyRecord['kind'] } & Pick<
      PolicyRecord,
      'vhost' | 'name'
    >)
  | { readonly kind: 'limits'; readonly record: LimitsRecord }
  | { readonly kind: 'limits-gone'; readonly scope: LimitScope; readonly name: string }
  | AccessChange
  | { readonly kind: 'key'; readonly owner: KeyOwner; readonly record: KeyRecord }
  | { readonly kind: 'key-gone'; readonly owner: KeyOwner; readonly key: string }
  | { readonly kind: 'delivery-count'; readonly queueId: number; readonly record: DeliveryCountRecord }
  | { readonly kind: 'delivery-count-gone'; readonly queueId: number; readonly position: number }

export interface DefinitionStore {
  /** The ticket makes the change safe. */
  change(change: DefinitionChange): CommitTicket
}

/** What a store held when it was opened. */
export interface StoredDefinitions {
  readonly exchanges: readonly StoredExchange[]
  readonly queues: readonly StoredQueue[]
  /** In the order they were made: exchanges that hash by it place messages where they did before. */
  readonly bindings: readonly BindingRecord[]
  readonly policies: readonly PolicyRecord[]
  readonly limits: readonly LimitsRecord[]
  readonly access: StoredAccess
}

/** Of a broker that starts for the first time. */
export const NOTHING_STORED: StoredDefinitions = {
  exchanges: [],
  queues: [],
  bindings: [],
  policies: [],
  limits: [],
  access: NO_ACCESS,
}

/** An exchange, and the keys it has seen, the oldest first. */
export interface StoredExchange extends ExchangeRecord {
  readonly keys: readonly KeyRecord[]
}

/** A queue and what is left in it: entries by position, without their bytes. */
export interface StoredQueue extends QueueRecord {
  /** Everything before it is settled. */
  readonly head: number
  /** Everything before it was delivered at least once. */
  readonly delivered: number
  /** The store itself does not know yet how far `delivered` is. */
  readonly isDeliveredNews?: boolean
  readonly runs: readonly StoredRun[]
  /** Positions behind head that are settled. */
  readonly settled: readonly number[]
  /** Of its messages, the oldest first. */
  readonly keys?: readonly KeyRecord[]
  /** Of its messages that came back. */
  readonly deliveryCounts?: readonly DeliveryCountRecord[]
}

/** Entries of a queue that are kept together. Positions may have gaps. */
export interface StoredRun {
  readonly first: number
  readonly last: number
  readonly count: number
  readonly bytes: number
}
