/** Who must leave: a virtual host or user is gone, and whoever holds connections closes those of it. Owned here. */

/** Of a virtual host, or of a user, or of a user in a virtual host. */
export interface Evicted {
  readonly vhost?: string
  readonly user?: string
}

/** Called when it has happened; `explanation` is what the clients hear. */
export type EvictionListener = (evicted: Evicted, explanation: string) => void

export class Evictions {
  private readonly listeners: EvictionListener[] = []

  listen(listener: EvictionListener): void {
    this.listeners.push(listener)
  }

  evict(evicted: Evicted, explanation: string): void {
    for (const listener of this.listeners) listener(evicted, explanation)
  }
}
