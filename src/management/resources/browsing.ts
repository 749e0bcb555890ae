/** Leveret's own: what is in a queue, and what is out of it with consumers, looked at without taking anything. */
import { Type } from '@sinclair/typebox'
import type { User } from '../../auth/users'
import { requireUnlocked } from '../../broker/declarations/queue-declarations'
import type { UnackedDelivery } from '../../channel/channel-status'
import { browse } from '../../queues/browse'
import type { Queue } from '../../queues/queue'
import { type Endpoint, endpoint } from '../api'
import { opens } from '../login'
import type { Management } from '../management'
import { ofQueue } from '../parameters'
import { browsedView, entryView, type Holders } from '../views/entry'
import type { QueueAt } from '../views/queue'
import { openConnections } from './connections'
import { queueAt } from './queues'

const LIMIT_MAX = 1000

const truncate = Type.Integer({
  minimum: 0,
  default: 4096,
  description: 'At most so many bytes of each payload.',
})

const browseQuery = Type.Object({
  state: Type.Union([Type.Literal('ready'), Type.Literal('unacked'), Type.Literal('all')], {
    default: 'ready',
  }),
  offset: Type.Integer({ minimum: 0, default: 0 }),
  limit: Type.Integer({ minimum: 1, maximum: LIMIT_MAX, default: 50 }),
  search: Type.Optional(
    Type.String({
      maxLength: 1024,
      description: 'Only what has this in its routing key, headers or payload.',
    }),
  ),
  truncate,
})

const unackedQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: LIMIT_MAX, default: LIMIT_MAX }),
  truncate,
})

export function browsingEndpoints(management: Management): Endpoint[] {
  const { broker } = management
  return [
    endpoint({
      method: 'GET',
      path: '/queues/:vhost/:queue/messages',
      who: 'management',
      tag: 'Messages',
      summary: 'A look at the messages of a queue, page by page, that leaves no trace',
      forms: { params: ofQueue, query: browseQuery },
      handle: async ({ user, params, query }) => {
        const { queue } = readableQueue(management, user, params)
        const page = await browse(queue, query)
        const holders = query.state === 'ready' ? new Map() : holdersOf(management, queue)
        return browsedView(page, holders, broker.clock.now())
      },
    }),
    endpoint({
      method: 'GET',
      path: '/queues/:vhost/:queue/unacked',
      who: 'management',
      tag: 'Messages',
      summary: 'What is out of a queue, with whom, and for how long',
      forms: { params: ofQueue, query: unackedQuery },
      handle: async ({ user, params, query }) => {
        const { queue } = readableQueue(management, user, params)
        const { items } = await browse(queue, { ...query, state: 'unacked' })
        const holders = holdersOf(management, queue)
        return items.map(entry => entryView(entry, holders, broker.clock.now()))
      },
    }),
  ]
}

/** A queue that the user might get messages of. @throws Problem, AccessRefused */
export function readableQueue(
  management: Management,
  user: User,
  params: { readonly vhost: string; readonly queue: string },
): QueueAt {
  const at = queueAt(management, user, params)
  management.broker.access.requireRead(user.name, at.vhost.name, 'queue', at.queue.name)
  requireOwnOrOpen(management, user, at)
  return at
}

/** Of an exclusive queue a client gets nothing but on its connection: others do not read it here, administrators apart. */
function requireOwnOrOpen(management: Management, user: User, { vhost, queue }: QueueAt): void {
  const { owner } = queue.definition
  if (owner === undefined || opens(user, 'administrator')) return
  const connection = openConnections(management).find(({ connection }) => connection === owner)
  if (connection?.user !== user.name) requireUnlocked(vhost, queue, NOBODY)
}

const NOBODY = {}

function holdersOf(management: Management, queue: Queue): Holders {
  const holders = new Map<number, UnackedDelivery>()
  if (queue.unacknowledgedCount === 0) return holders
  for (const { status } of openConnections(management)) {
    for (const channel of status.channels) {
      for (const held of channel.status.unacked()) if (held.queue === queue) holders.set(held.position, held)
    }
  }
  return holders
}
