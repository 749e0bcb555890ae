/** What a store holds, as a broker would understand it: arguments, addresses and properties in plain values. */
import { decodeProperties } from '../amqp/properties'
import { type PlainTable, toPlain } from '../amqp/table'
import { tableFromBytes } from '../amqp/table-bytes'
import { addressBytesAt, Message } from '../message'
import type { PermissionRecord, StoredAccess, TopicPermissionRecord } from '../store/access-records'
import type { StoreView } from '../store/look-into-store'
import type { StoredEntry } from '../store/message-store'
import type { QueueOutline } from '../store/sqlite/outline'

export interface Inspection {
  readonly schemaVersion: number
  /** Sizes in bytes, by name. */
  readonly files: Readonly<Record<string, number>>
  readonly pages: { readonly bytes: number; readonly count: number; readonly free: number }
  readonly exchanges: readonly InspectedExchange[]
  readonly queues: readonly InspectedQueue[]
  readonly bindings: readonly InspectedBinding[]
  readonly policies: readonly InspectedPolicy[]
  readonly limits: readonly InspectedLimits[]
  readonly vhosts: readonly InspectedVhost[]
  readonly users: readonly InspectedUser[]
  readonly permissions: readonly PermissionRecord[]
  readonly topicPermissions: readonly TopicPermissionRecord[]
  readonly parameters: readonly InspectedParameter[]
}

export interface InspectedVhost {
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
  readonly defaultQueueType: string | null
  readonly isProtected: boolean
}

/** The hash of a password is shown to nobody. */
export interface InspectedUser {
  readonly name: string
  readonly tags: readonly string[]
  readonly hasPassword: boolean
  readonly hashingAlgorithm: string
}

export interface InspectedParameter {
  /** Null: a global parameter; its component is `global`. */
  readonly vhost: string | null
  readonly component: string
  readonly name: string
  readonly value: unknown
}

export interface InspectedExchange {
  readonly vhost: string
  readonly name: string
  readonly type: string
  readonly autoDelete: boolean
  readonly internal: boolean
  readonly arguments: PlainTable
}

export interface InspectedQueue {
  readonly vhost: string
  readonly name: string
  readonly autoDelete: boolean
  readonly arguments: PlainTable
  /** Messages that are left. */
  readonly messages: number
  /** What they take in the file, with those around them that are settled. */
  readonly bytes: number
  readonly runs: number
  /** The lowest position that is not settled. */
  readonly head: number
  /** Everything before this position was delivered at least once. */
  readonly delivered: number
}

export interface InspectedBinding {
  readonly vhost: string
  readonly source: string
  readonly destinationKind: 'queue' | 'exchange'
  readonly destination: string
  readonly routingKey: string
  readonly arguments: PlainTable
}

export interface InspectedPolicy {
  readonly vhost: string
  readonly kind: 'policy' | 'operator-policy'
  readonly name: string
  readonly pattern: string
  readonly applyTo: string
  readonly priority: number
  readonly definition: object
}

export interface InspectedLimits {
  readonly scope: 'vhost' | 'user'
  readonly name: string
  readonly limits: object
}

export interface InspectedMessage {
  readonly position: number
  readonly redelivered: boolean
  readonly exchange: string
  readonly routingKey: string
  /** By their names, as in `contentType`. */
  readonly properties: Readonly<Record<string, unknown>>
  readonly bodyBytes: number
  /** Where the body begins; not all of it. */
  readonly bodyStart: Buffer
}

export function inspectionOf({ outline, files }: StoreView): Inspection {
  const { schemaVersion, pages } = outline
  return {
    schemaVersion,
    files: Object.fromEntries(files),
    pages,
    exchanges: outline.exchanges.map(exchange => ({ ...exchange, arguments: plain(exchange.arguments) })),
    queues: outline.queues.map(({ id: _, ...queue }) => ({ ...queue, arguments: plain(queue.arguments) })),
    bindings: outline.bindings.map(({ identity: _, ...binding }) => ({
      ...binding,
      arguments: plain(binding.arguments),
    })),
    policies: outline.policies.map(policy => ({ ...policy, definition: JSON.parse(policy.definition) })),
    limits: outline.limits.map(record => ({ ...record, limits: JSON.parse(record.limits) })),
    ...accessIn(outline.access),
  }
}

function accessIn(
  access: StoredAccess,
): Pick<Inspection, 'vhosts' | 'users' | 'permissions' | 'topicPermissions' | 'parameters'> {
  const { vhosts, users, permissions, topicPermissions, parameters, globalParameters } = access
  const global = globalParameters.map(({ name, value }) => ({
    vhost: null,
    component: 'global',
    name,
    value,
  }))
  return {
    vhosts: vhosts.map(vhost => ({ ...vhost, tags: JSON.parse(vhost.tags) })),
    users: users.map(({ name, tags, passwordHash, hashingAlgorithm }) => ({
      name,
      tags: JSON.parse(tags),
      hasPassword: passwordHash !== '',
      hashingAlgorithm,
    })),
    permissions,
    topicPermissions,
    parameters: [...parameters, ...global].map(parameter => ({
      ...parameter,
      value: JSON.parse(parameter.value),
    })),
  }
}

/** The first messages of a queue; `bodyBytesShown` of each body. Undefined: there is no such queue. */
export function messagesIn(
  view: StoreView,
  queue: { readonly vhost: string; readonly name: string },
  limit: number,
  bodyBytesShown: number,
): InspectedMessage[] | undefined {
  const found = view.outline.queues.find(({ vhost, name }) => vhost === queue.vhost && name === queue.name)
  if (found === undefined) return undefined
  return view.firstEntries(found, limit).map(entry => messageOf(found, entry, bodyBytesShown))
}

function messageOf(queue: QueueOutline, entry: StoredEntry, bodyBytesShown: number): InspectedMessage {
  const { record, start, end, position, propertiesBytes } = entry
  const message = new Message()
  const addressBytes = addressBytesAt(record, start)
  message.viewRecord(
    record,
    start,
    addressBytes,
    propertiesBytes,
    end - start - addressBytes - propertiesBytes,
  )
  message.readAddress()
  const { propertiesStart, propertiesEnd, bodyStart, bodyEnd } = message
  const { headers, ...properties } = decodeProperties(record, propertiesStart, propertiesEnd)
  return {
    position,
    redelivered: position < queue.delivered,
    exchange: message.exchange,
    routingKey: message.routingKey,
    properties: { ...properties, ...(headers === undefined ? {} : { headers: toPlain(headers) }) },
    bodyBytes: bodyEnd - bodyStart,
    bodyStart: record.subarray(bodyStart, Math.min(bodyEnd, bodyStart + bodyBytesShown)),
  }
}

function plain(bytes: Uint8Array): PlainTable {
  return toPlain(tableFromBytes(bytes))
}
