/** Users and what they may do, as RabbitMQ's API shows them. Never a password; its hash to administrators only. */
import type { PermissionEntry } from '../../auth/permissions'
import type { TopicPermissionEntry } from '../../auth/topic-permissions'
import type { User } from '../../auth/users'
import type { Limits } from '../../broker/limits'

export function whoamiView({ name, tags }: User): object {
  return { name, tags: [...tags] }
}

export function userView(user: User, limits: Limits | undefined): object {
  const { name, tags, passwordHash = '', hashingAlgorithm } = user
  return {
    name,
    password_hash: passwordHash,
    hashing_algorithm: hashingAlgorithm,
    tags: [...tags],
    limits: limits ?? {},
  }
}

export function permissionView({ user, vhost, configure, write, read }: PermissionEntry): object {
  return { user, vhost, configure, write, read }
}

export function topicPermissionView(entry: TopicPermissionEntry): object {
  const { user, vhost, exchange, write, read } = entry
  return { user, vhost, exchange, write, read }
}
