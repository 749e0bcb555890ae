/** Boot: what the store held of users, virtual hosts and parameters is there again. */
import { DEFAULT_HASHING_ALGORITHM, isHashingAlgorithm } from '../../auth/passwords'
import { InvalidPattern } from '../../auth/pattern'
import type { Permissions } from '../../auth/permissions'
import type { TopicPermissions } from '../../auth/topic-permissions'
import type { Users } from '../../auth/users'
import type { Logger } from '../../logger'
import type { StoredAccess, UserRecord } from '../../store/access-records'
import type { Parameters } from '../parameters'
import { metadataOf, type VhostMetadata } from '../vhost-metadata'

export interface RecoveredAccess {
  readonly users: Users
  readonly permissions: Permissions
  readonly topicPermissions: TopicPermissions
  readonly parameters: Parameters
  restoreVhost(name: string, metadata: VhostMetadata): unknown
}

/** False: there was no user, no permission and no virtual host, so somebody must make the first ones. */
export function recoverAccess(into: RecoveredAccess, stored: StoredAccess, logger: Logger): boolean {
  const { vhosts, users, permissions, topicPermissions } = stored
  into.parameters.restore(stored)
  for (const vhost of vhosts) into.restoreVhost(vhost.name, metadataOf(vhost))
  for (const user of users) recoverUser(into.users, user)
  // A pattern that this version would refuse grants nothing, rather than keep the broker from starting.
  const unlessInvalid = (restore: () => void): void => {
    try {
      restore()
    } catch (error) {
      if (!(error instanceof InvalidPattern)) throw error
      logger.warn({ err: error }, 'a permission was left out')
    }
  }
  for (const entry of permissions) unlessInvalid(() => into.permissions.restore(entry))
  for (const entry of topicPermissions) unlessInvalid(() => into.topicPermissions.restore(entry))
  return vhosts.length + users.length + permissions.length > 0
}

function recoverUser(users: Users, { name, tags, passwordHash, hashingAlgorithm }: UserRecord): void {
  users.restore({
    name,
    tags: new Set(JSON.parse(tags) as string[]),
    ...(passwordHash === '' ? {} : { passwordHash }),
    hashingAlgorithm: isHashingAlgorithm(hashingAlgorithm) ? hashingAlgorithm : DEFAULT_HASHING_ALGORITHM,
  })
}
