/**
 * Who there is, what they may do, and the virtual hosts and parameters that administrators make: as plain records, kept as
 * the definitions are.
 */

export interface VhostRecord {
  readonly name: string
  readonly description: string
  /** JSON: an array of texts. */
  readonly tags: string
  /** Null: none is set. */
  readonly defaultQueueType: string | null
  readonly isProtected: boolean
}

export interface UserRecord {
  readonly name: string
  /** JSON: an array of texts. */
  readonly tags: string
  /** Empty: no login by password. */
  readonly passwordHash: string
  readonly hashingAlgorithm: string
}

export interface PermissionRecord {
  readonly vhost: string
  readonly user: string
  readonly configure: string
  readonly write: string
  readonly read: string
}

export interface TopicPermissionRecord {
  readonly vhost: string
  readonly user: string
  readonly exchange: string
  readonly write: string
  readonly read: string
}

/** Its value is JSON. */
export interface ParameterRecord {
  readonly vhost: string
  readonly component: string
  readonly name: string
  readonly value: string
}

/** Of the whole broker; its value is JSON. */
export interface GlobalParameterRecord {
  readonly name: string
  readonly value: string
}

export type AccessChange =
  | { readonly kind: 'vhost'; readonly record: VhostRecord }
  /** With all that is in it: only the messages of its queues go queue by queue. */
  | { readonly kind: 'vhost-gone'; readonly name: string }
  | { readonly kind: 'user'; readonly record: UserRecord }
  /** With its permissions and limits. */
  | { readonly kind: 'user-gone'; readonly name: string }
  | { readonly kind: 'permission'; readonly record: PermissionRecord }
  | { readonly kind: 'permission-gone'; readonly vhost: string; readonly user: string }
  | { readonly kind: 'topic-permission'; readonly record: TopicPermissionRecord }
  | {
      readonly kind: 'topic-permission-gone'
      readonly vhost: string
      readonly user: string
      /** Undefined: of all exchanges. */
      readonly exchange: string | undefined
    }
  | { readonly kind: 'parameter'; readonly record: ParameterRecord }
  | ({ readonly kind: 'parameter-gone' } & Pick<ParameterRecord, 'vhost' | 'component' | 'name'>)
  | { readonly kind: 'global-parameter'; readonly record: GlobalParameterRecord }
  | { readonly kind: 'global-parameter-gone'; readonly name: string }

/** In the order they were made, where it shows. */
export interface StoredAccess {
  readonly vhosts: readonly VhostRecord[]
  readonly users: readonly UserRecord[]
  readonly permissions: readonly PermissionRecord[]
  readonly topicPermissions: readonly TopicPermissionRecord[]
  readonly parameters: readonly ParameterRecord[]
  readonly globalParameters: readonly GlobalParameterRecord[]
}

export const NO_ACCESS: StoredAccess = {
  vhosts: [],
  users: [],
  permissions: [],
  topicPermissions: [],
  parameters: [],
  globalParameters: [],
}
