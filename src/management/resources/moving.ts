/** Leveret's own: messages that wait are moved, copied, sent back to where they died, or dropped. */
import { Type } from '@sinclair/typebox'
import type { User } from '../../auth/users'
import { kept } from '../../broker/kept'
import { type MoveRequest, moveMessages, redriveMessages } from '../../broker/move'
import type { Transfer } from '../../broker/transfer'
import type { Vhost } from '../../broker/vhost'
import { type Endpoint, endpoint } from '../api'
import type { Management } from '../management'
import { exchangeNamed, ofQueue } from '../parameters'
import { badRequest } from '../problems'
import { readableQueue } from './browsing'

const which = {
  count: Type.Optional(
    Type.Integer({ minimum: 0, description: 'At most so many; otherwise all that wait now.' }),
  ),
  positions: Type.Optional(
    Type.Array(Type.Integer({ minimum: 0 }), { description: 'Only these, as `messages` tells them.' }),
  ),
}

const moving = Type.Object({
  destination: Type.Object({
    queue: Type.Optional(Type.String()),
    exchange: Type.Optional(Type.String()),
    routing_key: Type.Optional(Type.String({ description: 'Instead of those that the messages have.' })),
  }),
  mode: Type.Optional(Type.Union([Type.Literal('move'), Type.Literal('copy')])),
  ...which,
})

export function movingEndpoints(management: Management): Endpoint[] {
  const { broker } = management
  return [
    endpoint({
      method: 'POST',
      path: '/queues/:vhost/:queue/move',
      who: 'management',
      tag: 'Messages',
      summary: 'Move or copy messages to another queue or to an exchange',
      forms: { params: ofQueue, body: moving },
      handle: async ({ user, params, body }) => {
        const { vhost, queue } = readableQueue(management, user, params)
        const destination = destinationOf(body.destination)
        requireDestination(management, user, vhost, destination)
        const { mode = 'move', count, positions } = body
        return await told(
          management,
          moveMessages(
            vhost,
            queue.name,
            { destination, mode, count, positions, mayPublish: mayPublish(management, user, vhost) },
            {},
          ),
        )
      },
    }),
    endpoint({
      method: 'POST',
      path: '/queues/:vhost/:queue/redrive',
      who: 'management',
      tag: 'Messages',
      summary: 'Send dead letters back to the queues they died in first',
      forms: { params: ofQueue, body: Type.Union([Type.Null(), Type.Object(which)]) },
      handle: async ({ user, params, body }) => {
        const { vhost, queue } = readableQueue(management, user, params)
        const mayWrite = (kind: 'queue' | 'exchange', name: string): boolean => {
          const resource = kind === 'exchange' && name === '' ? 'amq.default' : name
          return broker.permissions.check(user.name, vhost.name, 'write', resource)
        }
        return await told(
          management,
          redriveMessages(
            vhost,
            queue.name,
            { ...body, mayWrite, mayPublish: mayPublish(management, user, vhost) },
            {},
          ),
        )
      },
    }),
  ]
}

function destinationOf(given: {
  readonly queue?: string
  readonly exchange?: string
  readonly routing_key?: string
}): MoveRequest['destination'] {
  const { queue, exchange, routing_key: routingKey } = given
  if (queue !== undefined && exchange === undefined) return { queue }
  if (exchange === undefined || queue !== undefined)
    throw badRequest('destination: either a queue or an exchange')
  return { exchange: exchangeNamed(exchange), routingKey }
}

/** Messages may bring routing keys that whoever moves them may not publish with. */
function mayPublish({ broker }: Management, user: User, vhost: Vhost) {
  return (exchange: string, routingKey: string): boolean =>
    broker.topicPermissions.check(user.name, vhost.name, exchange, 'write', routingKey)
}

/** @throws AccessRefused */
function requireDestination(
  { broker: { access } }: Management,
  user: User,
  vhost: Vhost,
  destination: MoveRequest['destination'],
): void {
  if ('queue' in destination) {
    access.requireWrite(user.name, vhost.name, 'queue', destination.queue)
    return
  }
  const { exchange, routingKey } = destination
  access.requireWrite(user.name, vhost.name, 'exchange', exchange)
  if (routingKey !== undefined && vhost.exchange(exchange)?.type === 'topic') {
    access.requireTopicWrite(user.name, vhost.name, exchange, routingKey)
  }
}

async function told({ broker }: Management, transfer: Transfer): Promise<object> {
  const { moved, left, reasons, ticket } = await transfer.done
  await kept(broker, ticket)
  return { moved, left, reasons }
}
