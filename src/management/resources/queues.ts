/** `/api/queues`. */
import { Type } from '@sinclair/typebox'
import type { Vhost } from '../../broker/vhost'
import type { Queue } from '../../queues/queue'
import { type Endpoint, endpoint } from '../api'
import type { Management } from '../management'
import { listed, pagingQuery } from '../paging'
import { queueView } from '../views/queue'
import { visibleVhost, visibleVhosts } from '../visible'

interface QueueAt {
  readonly vhost: Vhost
  readonly queue: Queue
}

export function queueEndpoints({ broker }: Management): Endpoint[] {
  const listing = (vhosts: readonly Vhost[]) => ({
    items: vhosts.flatMap(queuesOf),
    name: ({ queue }: QueueAt) => queue.name,
    view: ({ vhost, queue }: QueueAt) => queueView(vhost, queue),
  })
  return [
    endpoint({
      method: 'GET',
      path: '/queues',
      who: 'management',
      tag: 'Queues',
      summary: 'All queues of all virtual hosts that the user may see',
      forms: { query: pagingQuery },
      handle: ({ user, query }) => listed(listing(visibleVhosts(broker, user)), query),
    }),
    endpoint({
      method: 'GET',
      path: '/queues/:vhost',
      who: 'management',
      tag: 'Queues',
      summary: 'The queues of a virtual host',
      forms: { params: Type.Object({ vhost: Type.String() }), query: pagingQuery },
      handle: ({ user, params, query }) => listed(listing([visibleVhost(broker, user, params.vhost)]), query),
    }),
  ]
}

function queuesOf(vhost: Vhost): QueueAt[] {
  const names = [...vhost.queues.keys()].sort()
  return names.map(name => ({ vhost, queue: vhost.queues.get(name)! }))
}
