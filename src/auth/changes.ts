/** What can change in who exists and who may do what, for those who want to hear of it. Never a password or a hash. */

export type AuthChange =
  | { readonly kind: 'user.created' | 'user.deleted'; readonly name: string }
  | { readonly kind: 'user.password.changed' | 'user.password.cleared'; readonly name: string }
  | { readonly kind: 'user.tags.set'; readonly name: string; readonly tags: readonly string[] }
  | {
      readonly kind: 'permission.created'
      readonly user: string
      readonly vhost: string
      readonly patterns: { readonly configure: string; readonly write: string; readonly read: string }
    }
  | { readonly kind: 'permission.deleted'; readonly user: string; readonly vhost: string }
  | {
      readonly kind: 'topic.permission.created'
      readonly user: string
      readonly vhost: string
      readonly exchange: string
      readonly patterns: { readonly write: string; readonly read: string }
    }
  | {
      readonly kind: 'topic.permission.deleted'
      readonly user: string
      readonly vhost: string
      /** Undefined: of all exchanges of the vhost. */
      readonly exchange: string | undefined
    }

/** Called when it has happened. */
export type AuthChanged = (change: AuthChange) => void

export const nobodyListens: AuthChanged = () => {}
