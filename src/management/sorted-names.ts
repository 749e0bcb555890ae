/** Names of a virtual host's queues in order. Ten thousand of them are sorted once, not with every page of them. */
import type { Vhost } from '../broker/vhost'
import type { Queue } from '../queues/queue'
import { byName } from './order'

interface Sorted {
  readonly revision: number
  readonly queues: readonly Queue[]
}

const known = new WeakMap<Vhost, Sorted>()

/** By name. */
export function sortedQueues(vhost: Vhost): readonly Queue[] {
  const { routingRevision: revision } = vhost
  const held = known.get(vhost)
  // A queue that comes or goes changes routes.
  if (held?.revision === revision) return held.queues
  const queues = [...vhost.queues.values()].sort(byName)
  known.set(vhost, { revision, queues })
  return queues
}
