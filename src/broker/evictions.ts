/** Who must leave: a virtual host or user is gone, and whoever holds connections closes those of it. Owned here. */
import type { ConnectionForced } from '../amqp/errors'

/** Of a virtual host, or of a user, or of a user in a virtual host. */
export interface Evicted {
  readonly vhost?: string
  readonly user?: string
}

/** Called when it has happened; the error is what the clients hear. */
export type EvictionListener = (evicted: Evicted, error: ConnectionForced) => void

export class Evictions {
  private readonly listeners: EvictionListener[] = []

  listen(listener: EvictionListener): void {
    this.listeners.push(listener)
  }

  evict(evicted: Evicted, error: ConnectionForced): void {
    for (const listener of this.listeners) listener(evicted, error)
  }
}
