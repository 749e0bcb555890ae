/** Health checks that do something, or were there before the others: `/api/aliveness-test` and `/api/healthchecks/node`. */
import { QueueDeclare } from '../../amqp/methods'
import type { Vhost } from '../../broker/vhost'
import { Answer, type Endpoint, endpoint } from '../api'
import { DirectChannel } from '../direct-channel'
import type { Management } from '../management'
import { inVhost, ofNode } from '../parameters'
import { objectNotFound } from '../problems'
import { vhostToEnter } from '../visible'
import { requireNode } from './nodes'

/** RabbitMQ's name. It stays, so that a check every few seconds declares nothing new. */
const QUEUE = 'aliveness-test'

/** A disk that takes nothing does not hold up whoever asks for longer. */
const PATIENCE_MS = 10_000

const NO_PROPERTIES = new Uint8Array(2)

export function alivenessEndpoints(management: Management): Endpoint[] {
  const { broker } = management
  return [
    endpoint({
      method: 'GET',
      path: '/aliveness-test/:vhost',
      who: 'management',
      tag: 'Health checks',
      summary: 'Declare a queue, publish to it and get the message back, as the user who asks',
      forms: { params: inVhost },
      gives: { status: 'ok' },
      handle: async ({ user, params }) => {
        if (!broker.vhosts.has(params.vhost)) throw objectNotFound()
        const vhost = vhostToEnter(broker, user, params.vhost)
        const channel = new DirectChannel(management.settings, vhost, user)
        try {
          const reason = await Promise.race([lives(channel, vhost), outOfPatience(management)])
          return reason === undefined ? { status: 'ok' } : new Answer(503, { status: 'failed', reason })
        } finally {
          channel.close()
        }
      },
    }),
    endpoint({
      method: 'GET',
      path: '/healthchecks/node',
      who: 'management',
      tag: 'Health checks',
      summary: 'Deprecated in RabbitMQ: always ok where it is answered',
      gives: { status: 'ok' },
      handle: () => ({ status: 'ok' }),
    }),
    endpoint({
      method: 'GET',
      path: '/healthchecks/node/:node',
      who: 'management',
      tag: 'Health checks',
      summary: 'The same, of this node',
      forms: { params: ofNode },
      gives: { status: 'ok' },
      handle: ({ params }) => {
        requireNode(params.node)
        return { status: 'ok' }
      },
    }),
  ]
}

/** Why it does not; undefined: it does. */
async function lives(channel: DirectChannel, vhost: Vhost): Promise<string | undefined> {
  const durable = vhost.queues.get(QUEUE)?.definition.durable ?? !vhost.around.compat.transientQueues
  await channel.call(new QueueDeclare(QUEUE, false, durable, false, false, false, new Map()))
  const body = Buffer.from('test_message')
  await channel.publish({ exchange: '', routingKey: QUEUE, properties: NO_PROPERTIES, body })
  const got = await channel.get(QUEUE, true)
  return got === undefined ? 'aliveness-test queue is empty' : undefined
}

function outOfPatience({ broker }: Management): Promise<string> {
  return new Promise(resolve => {
    broker.clock.after(PATIENCE_MS, () => resolve('the broker did not answer in time'))
  })
}
