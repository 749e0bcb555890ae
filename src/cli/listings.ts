/** What `leveret list` can list: where the API has it, and the columns a person wants first. */
import { pathOf } from './api-client'
import type { Json, JsonObject } from './json'

export interface Column {
  readonly title: string
  /** Path of the field in the API's JSON. */
  readonly field: string
  /** How to show it, where its own text does not do. */
  readonly shown?: (value: Json | undefined, item: JsonObject) => Json
}

export interface Listing {
  readonly summary: string
  readonly columns: readonly Column[]
  /** Of one vhost, or undefined: of all the user may see. */
  readonly paths: (vhost: string | undefined) => readonly string[]
  /** Where the API has no list of one vhost: the items are chosen here. */
  readonly ofVhost?: (item: JsonObject, vhost: string) => boolean
  /** Cannot be told apart by vhost at all. */
  readonly global?: true
}

const DEFAULT_EXCHANGE = '(default)'

const exchangeName = (value: Json | undefined): Json => (value === '' ? DEFAULT_EXCHANGE : (value ?? null))

function plain(...fields: readonly string[]): Column[] {
  return fields.map(field => ({ title: field, field }))
}

function titled(title: string, field: string, shown?: Column['shown']): Column {
  return shown === undefined ? { title, field } : { title, field, shown }
}

/** `/queues` and `/queues/<vhost>`. */
function byVhost(resource: string): Listing['paths'] {
  return vhost => [vhost === undefined ? pathOf(resource) : pathOf(resource, vhost)]
}

/** `/connections` and `/vhosts/<vhost>/connections`. */
function underVhost(resource: string): Listing['paths'] {
  return vhost => [vhost === undefined ? pathOf(resource) : pathOf('vhosts', vhost, resource)]
}

const policyColumns = plain('vhost', 'name', 'pattern', 'apply-to', 'priority', 'definition')

export const listings = {
  queues: {
    summary: 'queues, with what is in them',
    columns: [
      ...plain('vhost', 'name', 'type', 'state'),
      titled('ready', 'messages_ready'),
      titled('unacked', 'messages_unacknowledged'),
      titled('total', 'messages'),
      ...plain('consumers', 'policy'),
      titled('in/s', 'message_stats.publish_details.rate'),
      titled('out/s', 'message_stats.deliver_get_details.rate'),
    ],
    paths: byVhost('queues'),
  },
  exchanges: {
    summary: 'exchanges',
    columns: [
      titled('vhost', 'vhost'),
      titled('name', 'name', exchangeName),
      ...plain('type', 'durable'),
      titled('auto-delete', 'auto_delete'),
      ...plain('internal', 'policy'),
      titled('in/s', 'message_stats.publish_in_details.rate'),
      titled('out/s', 'message_stats.publish_out_details.rate'),
      titled('arguments', 'arguments'),
    ],
    paths: byVhost('exchanges'),
  },
  bindings: {
    summary: 'bindings, also those of the default exchange',
    columns: [
      titled('vhost', 'vhost'),
      titled('source', 'source', exchangeName),
      titled('to', 'destination_type'),
      ...plain('destination', 'routing_key', 'arguments'),
    ],
    paths: byVhost('bindings'),
  },
  connections: {
    summary: 'connections of clients',
    columns: [
      ...plain('name'),
      titled('given name', 'user_provided_name'),
      ...plain('vhost', 'user', 'state', 'channels', 'ssl', 'protocol'),
      titled('in B/s', 'recv_oct_details.rate'),
      titled('out B/s', 'send_oct_details.rate'),
    ],
    paths: underVhost('connections'),
  },
  channels: {
    summary: 'channels',
    columns: [
      ...plain('name', 'vhost', 'user', 'state'),
      titled('consumers', 'consumer_count'),
      titled('prefetch', 'prefetch_count'),
      titled('unacked', 'messages_unacknowledged'),
      titled('unconfirmed', 'messages_unconfirmed'),
      ...plain('confirm', 'transactional'),
    ],
    paths: underVhost('channels'),
  },
  consumers: {
    summary: 'consumers',
    columns: [
      titled('vhost', 'queue.vhost'),
      titled('queue', 'queue.name'),
      titled('tag', 'consumer_tag'),
      titled('channel', 'channel_details.name'),
      titled('acks', 'ack_required'),
      titled('prefetch', 'prefetch_count'),
      ...plain('active', 'exclusive', 'arguments'),
    ],
    paths: byVhost('consumers'),
  },
  users: {
    summary: 'users, without their password hashes',
    columns: [...plain('name', 'tags'), titled('limits', 'limits')],
    paths: () => ['/users'],
    global: true,
  },
  vhosts: {
    summary: 'virtual hosts',
    columns: [
      ...plain('name', 'description', 'tags'),
      titled('ready', 'messages_ready'),
      titled('unacked', 'messages_unacknowledged'),
      titled('total', 'messages'),
      ...plain('tracing'),
    ],
    paths: () => ['/vhosts'],
    global: true,
  },
  permissions: {
    summary: 'what users may do in which vhost',
    columns: plain('vhost', 'user', 'configure', 'write', 'read'),
    paths: underVhost('permissions'),
  },
  'topic-permissions': {
    summary: 'which routing keys users may use',
    columns: plain('vhost', 'user', 'exchange', 'write', 'read'),
    paths: underVhost('topic-permissions'),
  },
  policies: { summary: 'policies', columns: policyColumns, paths: byVhost('policies') },
  'operator-policies': {
    summary: 'operator policies',
    columns: policyColumns,
    paths: byVhost('operator-policies'),
  },
  parameters: {
    summary: 'runtime parameters, those without a vhost too',
    columns: plain('vhost', 'component', 'name', 'value'),
    paths: vhost => (vhost === undefined ? ['/parameters', '/global-parameters'] : ['/parameters']),
    ofVhost: (item, vhost) => item['vhost'] === vhost,
  },
  limits: {
    summary: 'limits of virtual hosts and users',
    columns: [...plain('vhost', 'user'), titled('limits', 'value')],
    paths: vhost =>
      vhost === undefined ? ['/vhost-limits', '/user-limits'] : [pathOf('vhost-limits', vhost)],
  },
} as const satisfies Record<string, Listing>

export type ListingName = keyof typeof listings

export const listingNames = Object.keys(listings) as ListingName[]
