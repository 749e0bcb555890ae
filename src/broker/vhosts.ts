/**
 * The virtual hosts that there are, as administrators make, change and delete them: kept, and felt by open connections at
 * once. A virtual host that is deleted is gone at once for everybody who looks for it; what is in it goes over some turns.
 */
import { ConnectionForced } from '../amqp/errors'
import type { Permissions } from '../auth/permissions'
import type { TopicPermissions } from '../auth/topic-permissions'
import type { DefinitionStore } from '../store/definition-store'
import type { CommitTicket } from '../store/message-store'
import type { Turn } from '../turn'
import type { Events } from './events/events'
import type { Evictions } from './evictions'
import type { ResourceLimits } from './limits'
import type { Parameters } from './parameters'
import { SettingRefused } from './setting-refused'
import type { Vhost } from './vhost'
import {
  checkedMetadata,
  NO_METADATA,
  type VhostMetadata,
  type VhostTerms,
  vhostRecord,
} from './vhost-metadata'
import { VhostRemoval } from './vhost-removal'

export interface VhostsSurroundings {
  readonly turn: Turn
  readonly store: DefinitionStore
  readonly events: Events
  readonly permissions: Permissions
  readonly topicPermissions: TopicPermissions
  readonly limits: ResourceLimits
  readonly parameters: Parameters
  readonly evictions: Evictions
  newVhost(name: string, metadata: VhostMetadata): Vhost
}

/** The ticket makes the change safe. */
export interface PutVhost {
  readonly vhost: Vhost
  readonly isNew: boolean
  readonly ticket: CommitTicket
}

export class Vhosts {
  readonly byName = new Map<string, Vhost>()
  private readonly removals = new Map<string, VhostRemoval>()

  constructor(private readonly around: VhostsSurroundings) {}

  /** Makes it, or changes what is said of it. @throws SettingRefused; nothing is changed then */
  put(name: string, terms: VhostTerms): PutVhost {
    const existing = this.byName.get(name)
    const metadata = checkedMetadata(terms, existing?.metadata)
    if (existing === undefined) this.around.limits.node.requireRoomForVhost(name)
    const vhost = existing ?? this.create(name, metadata)
    vhost.metadata = metadata
    const ticket = this.around.store.change({ kind: 'vhost', record: vhostRecord(name, metadata) })
    return { vhost, isNew: existing === undefined, ticket }
  }

  /** It is there, and nobody need know but who listens now: at boot. */
  create(name: string, metadata: VhostMetadata = NO_METADATA): Vhost {
    this.removals.get(name)?.finish()
    const vhost = this.around.newVhost(name, metadata)
    this.byName.set(name, vhost)
    for (const exchange of vhost.exchanges.values()) vhost.log.exchangeThere(exchange)
    const { description, tags, defaultQueueType } = metadata
    this.around.events.emit({
      kind: 'vhost.created',
      name,
      isTraced: false,
      description,
      tags,
      defaultQueueType,
    })
    return vhost
  }

  /**
   * With its queues, exchanges, policies, limits, permissions and parameters; its connections are closed.
   * Undefined: there was none. @throws SettingRefused for a protected one
   */
  delete(name: string): CommitTicket | undefined {
    const vhost = this.byName.get(name)
    if (vhost === undefined) return undefined
    if (vhost.metadata.isProtected) {
      throw new SettingRefused(
        'protected_from_deletion',
        `Refusing to delete virtual host '${name}' because it is protected from deletion`,
      )
    }
    const { store, permissions, topicPermissions, limits, parameters, evictions, turn, events } = this.around
    this.byName.delete(name)
    // First of all: a crash from here on leaves nothing of it.
    const ticket = store.change({ kind: 'vhost-gone', name })
    evictions.evict({ vhost: name }, new ConnectionForced(`vhost '${name}' is deleted`))
    vhost.firehose = undefined
    for (const { user } of [...permissions].filter(entry => entry.vhost === name))
      permissions.clear(user, name)
    topicPermissions.forgetVhost(name)
    limits.clear('vhost', name)
    parameters.forgetVhost(name)
    this.removals.set(name, new VhostRemoval(vhost, turn, events, () => this.removals.delete(name)))
    return ticket
  }

  /** Nothing happens by itself any more. */
  stop(): void {
    for (const removal of [...this.removals.values()]) removal.finish()
    for (const vhost of this.byName.values()) vhost.stop()
  }
}
