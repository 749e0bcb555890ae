/** The parts of the HTTP API's answers that the pages show. Anything that may be missing while statistics are young is optional. */

export type Arguments = Readonly<Record<string, unknown>>

export interface Whoami {
  readonly name: string
  readonly tags: readonly string[]
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly page: number
  readonly page_count: number
  readonly page_size: number
  readonly total_count: number
  readonly filtered_count: number
  readonly item_count: number
}

export interface Sample {
  readonly sample: number
  readonly timestamp: number
}

/** `messages_details`, `publish_details`, …: the rate now, and the history when it was asked for. */
export interface Details {
  readonly rate: number
  readonly avg?: number
  readonly avg_rate?: number
  readonly samples?: readonly Sample[]
}

/** `publish: 12, publish_details: {rate: 0.4}`, and so on. */
export type Stats = Readonly<Record<string, number | Details | undefined>>

export interface Listener {
  readonly node: string
  readonly protocol: string
  readonly ip_address: string
  readonly port: number
}

export interface Overview {
  readonly product_name?: string
  readonly product_version?: string
  readonly leveret_version?: string
  readonly rabbitmq_version: string
  readonly cluster_name: string
  readonly node: string
  readonly message_stats: Stats
  readonly churn_rates?: Stats
  /** Of all connections; RabbitMQ has none. */
  readonly recv_oct_details?: Details
  readonly send_oct_details?: Details
  readonly queue_totals: Stats
  readonly object_totals: Readonly<
    Record<'channels' | 'connections' | 'consumers' | 'exchanges' | 'queues', number>
  >
  /** For monitors only. */
  readonly listeners?: readonly Listener[]
  readonly exchange_types: readonly { readonly name: string }[]
}

export interface Node {
  readonly name: string
  readonly running: boolean
  readonly uptime: number
  readonly processors: number
  readonly mem_used: number
  readonly mem_limit: number
  readonly mem_alarm: boolean
  readonly disk_free: number
  readonly disk_free_limit: number
  readonly disk_free_alarm: boolean
  readonly fd_used: number
  readonly fd_total: number
  readonly sockets_used?: number
  readonly sockets_total?: number
  readonly os_pid?: string
}

export interface Queue {
  readonly name: string
  readonly vhost: string
  readonly type: string
  readonly state?: string
  readonly durable: boolean
  readonly auto_delete: boolean
  readonly exclusive: boolean
  readonly arguments: Arguments
  readonly policy?: string | null
  readonly operator_policy?: string | null
  readonly effective_policy_definition?: Arguments
  readonly messages?: number
  readonly messages_details?: Details
  readonly messages_ready?: number
  readonly messages_ready_details?: Details
  readonly messages_unacknowledged?: number
  readonly messages_unacknowledged_details?: Details
  readonly message_bytes?: number
  readonly memory?: number
  readonly consumers?: number
  readonly consumer_utilisation?: number | null
  readonly consumer_capacity?: number | null
  readonly idle_since?: string
  readonly head_message_timestamp?: number | string | null
  readonly single_active_consumer_tag?: string | null
  /** `""` or an object, as RabbitMQ has it. */
  readonly owner_pid_details?: ConnectionDetails | string
  readonly node?: string
  readonly consumer_details?: readonly Consumer[]
  readonly message_stats?: Stats
}

export interface Exchange {
  readonly name: string
  readonly vhost: string
  readonly type: string
  readonly durable: boolean
  readonly auto_delete: boolean
  readonly internal: boolean
  readonly arguments: Arguments
  readonly policy?: string | null
  readonly user_who_performed_action?: string
  readonly message_stats?: Stats
}

export interface Binding {
  readonly source: string
  readonly vhost: string
  readonly destination: string
  readonly destination_type: 'queue' | 'exchange'
  readonly routing_key: string
  readonly arguments: Arguments
  readonly properties_key: string
}

export interface Connection {
  readonly name: string
  readonly user: string
  readonly vhost: string
  readonly state?: string
  readonly host: string
  readonly port: number
  readonly peer_host: string
  readonly peer_port: number
  readonly protocol: string
  readonly auth_mechanism: string
  readonly ssl: boolean
  readonly ssl_protocol?: string | null
  readonly ssl_cipher?: string | null
  readonly peer_cert_subject?: string | null
  readonly user_provided_name?: string
  readonly client_properties: Arguments
  readonly connected_at: number
  readonly timeout: number
  readonly frame_max: number
  readonly channel_max: number
  readonly channels: number
  readonly recv_oct?: number
  readonly recv_oct_details?: Details
  readonly send_oct?: number
  readonly send_oct_details?: Details
  readonly node: string
}

export interface ConnectionDetails {
  readonly name: string
  readonly peer_host?: string
  readonly peer_port?: number
}

export interface Channel {
  readonly name: string
  readonly number: number
  readonly user: string
  readonly vhost: string
  readonly state?: string
  readonly confirm: boolean
  readonly transactional: boolean
  readonly prefetch_count: number
  readonly global_prefetch_count: number
  readonly consumer_count: number
  readonly messages_unacknowledged: number
  readonly messages_unconfirmed: number
  readonly messages_uncommitted: number
  readonly acks_uncommitted: number
  readonly idle_since?: string
  readonly connection_details: ConnectionDetails
  readonly message_stats?: Stats
  readonly consumer_details?: readonly Consumer[]
}

export interface ChannelDetails {
  readonly name: string
  readonly number: number
  readonly connection_name: string
  readonly user: string
}

export interface Consumer {
  readonly consumer_tag: string
  readonly queue: { readonly name: string; readonly vhost: string }
  readonly channel_details: ChannelDetails
  readonly ack_required: boolean
  readonly exclusive: boolean
  readonly prefetch_count: number
  readonly active?: boolean
  readonly activity_status?: string
  readonly arguments: Arguments
}

export interface User {
  readonly name: string
  readonly tags: readonly string[]
  readonly password_hash?: string
  readonly hashing_algorithm?: string | null
  readonly limits?: Readonly<Record<string, number>>
}

export interface Permission {
  readonly user: string
  readonly vhost: string
  readonly configure: string
  readonly write: string
  readonly read: string
}

export interface TopicPermission {
  readonly user: string
  readonly vhost: string
  readonly exchange: string
  readonly write: string
  readonly read: string
}

export interface Vhost {
  readonly name: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly default_queue_type?: string
  readonly protected_from_deletion?: boolean
  readonly tracing?: boolean
  readonly metadata?: Arguments
  readonly cluster_state?: Readonly<Record<string, string>>
  readonly messages?: number
  readonly messages_ready?: number
  readonly messages_unacknowledged?: number
  readonly messages_details?: Details
  readonly messages_ready_details?: Details
  readonly messages_unacknowledged_details?: Details
  readonly recv_oct_details?: Details
  readonly send_oct_details?: Details
  readonly message_stats?: Stats
}

export interface Policy {
  readonly name: string
  readonly vhost: string
  readonly pattern: string
  readonly 'apply-to': string
  readonly definition: Arguments
  readonly priority: number
}

export interface VhostLimits {
  readonly vhost: string
  readonly value: Readonly<Record<string, number>>
}

export interface UserLimits {
  readonly user: string
  readonly value: Readonly<Record<string, number>>
}
