/** Publishing and getting over HTTP: for trying things out, as RabbitMQ says, not for traffic. */
import { Type } from '@sinclair/typebox'
import { BasicReject } from '../../amqp/methods'
import { encodeProperties } from '../../amqp/properties'
import type { User } from '../../auth/users'
import { type Endpoint, endpoint } from '../api'
import { type Body, bodyWith, integerIn, textIn } from '../bodies'
import { DirectChannel, DirectChannelClosed, type DirectDelivery } from '../direct-channel'
import type { Management } from '../management'
import { exchangeNamed, ofExchange, ofQueue } from '../parameters'
import { pause } from '../pause'
import { badRequest } from '../problems'
import { payloadFrom, payloadView, propertiesFrom, propertiesView } from '../views/message'
import { vhostToEnter } from '../visible'

/** Of one answer: what is got more than that stays in the queue. */
const GOT_MAX = 100_000
const GOT_BYTES_MAX = 128 * 1024 * 1024
/** After so many other work comes first. */
const GETS_PER_SLICE = 256

const published = Type.Object({
  routing_key: Type.String(),
  properties: Type.Record(Type.String(), Type.Unknown()),
  payload: Type.String(),
  payload_encoding: Type.Union([Type.Literal('string'), Type.Literal('base64')]),
})

const asked = Type.Object({
  count: Type.Integer(),
  ackmode: Type.Union([
    Type.Literal('ack_requeue_true'),
    Type.Literal('ack_requeue_false'),
    Type.Literal('reject_requeue_true'),
    Type.Literal('reject_requeue_false'),
  ]),
  encoding: Type.Union([Type.Literal('auto'), Type.Literal('base64')]),
  truncate: Type.Optional(Type.Integer({ description: 'At most so many bytes of each payload.' })),
})

export function messageEndpoints(management: Management): Endpoint[] {
  const { broker } = management
  return [
    endpoint({
      method: 'POST',
      path: '/exchanges/:vhost/:exchange/publish',
      who: 'management',
      tag: 'Exchanges',
      summary: 'Publish a message, and wait until it is safe',
      forms: { params: ofExchange, shownBody: published },
      handle: async ({ user, params, body }) => {
        const given = bodyWith(body, ['routing_key', 'properties', 'payload', 'payload_encoding'])
        const { payload } = given
        if (typeof payload !== 'string') throw badRequest('payload_not_string')
        const vhost = vhostToEnter(broker, user, params.vhost)
        const channel = new DirectChannel(management.settings, vhost, user)
        return await publish(channel, exchangeNamed(params.exchange), given, payload)
      },
    }),
    endpoint({
      method: 'POST',
      path: '/queues/:vhost/:queue/get',
      who: 'management',
      tag: 'Queues',
      summary: 'Get messages, and leave them or take them out',
      forms: { params: ofQueue, shownBody: asked },
      handle: ({ user, params, body }) => getMessages(management, user, params, body),
    }),
  ]
}

async function publish(
  channel: DirectChannel,
  exchange: string,
  body: Body,
  payload: string,
): Promise<{ readonly routed: boolean }> {
  try {
    const { properties: given, payload_encoding: encoding } = body
    const properties = encodeProperties(propertiesFrom(given))
    const routingKey = textIn(body, 'routing_key')!
    const message = { exchange, routingKey, properties, body: payloadFrom(payload, encoding) }
    const outcome = await channel.publish(message)
    if (outcome !== 'refused') return { routed: outcome === 'routed' }
  } catch (error) {
    if (!(error instanceof DirectChannelClosed)) throw error
    // RabbitMQ: here, whatever the code
    throw badRequest(`${error.replyCode} ${error.replyText}`)
  } finally {
    channel.close()
  }
  throw badRequest('rejected Unable to publish message. Check queue limits.')
}

async function getMessages(
  management: Management,
  user: User,
  params: { readonly vhost: string; readonly queue: string },
  body: unknown,
): Promise<object[]> {
  const given = bodyWith(body, ['ackmode', 'count', 'encoding'])
  const vhost = vhostToEnter(management.broker, user, params.vhost)
  const wanted = getTerms(given)
  const channel = new DirectChannel(management.settings, vhost, user)
  try {
    const got = await gather(management, channel, params.queue, wanted)
    if (wanted.rejects !== undefined) {
      for (const { deliveryTag } of got)
        await channel.cast(new BasicReject(deliveryTag, wanted.rejects.requeue))
    }
    return got.map(delivery => deliveryView(delivery, wanted))
  } finally {
    channel.close() // what was neither taken out nor rejected goes back
  }
}

interface GetTerms {
  /** Negative: all. */
  readonly count: number
  readonly noAck: boolean
  readonly rejects: { readonly requeue: boolean } | undefined
  readonly encoding: 'auto' | 'base64'
  readonly truncate: number | undefined
}

/** @throws Problem 400 */
function getTerms(body: Body): GetTerms {
  const { ackmode, encoding } = body
  const count = integerIn(body, 'count')!
  if (encoding !== 'auto' && encoding !== 'base64') {
    throw badRequest('Unsupported encoding. Please use auto or base64.')
  }
  const truncate = integerIn(body, 'truncate')
  if (truncate !== undefined && truncate < 0) throw badRequest(['out_of_range', 'truncate'])
  const modes = ['ack_requeue_true', 'ack_requeue_false', 'reject_requeue_true', 'reject_requeue_false']
  if (!modes.some(mode => mode === ackmode)) throw badRequest(['unknown', ackmode])
  const rejects = String(ackmode).startsWith('reject')
    ? { requeue: ackmode === 'reject_requeue_true' }
    : undefined
  return { count, noAck: ackmode === 'ack_requeue_false', rejects, encoding, truncate }
}

async function gather(
  { broker }: Management,
  channel: DirectChannel,
  queue: string,
  { count, noAck }: GetTerms,
): Promise<DirectDelivery[]> {
  const got: DirectDelivery[] = []
  const most = count < 0 ? GOT_MAX : Math.min(count, GOT_MAX)
  let bytes = 0
  while (got.length < most && bytes < GOT_BYTES_MAX) {
    const delivery = await channel.get(queue, noAck)
    if (delivery === undefined) break
    got.push(delivery)
    bytes += delivery.body.length
    if (got.length % GETS_PER_SLICE === 0) await pause(broker)
  }
  return got
}

function deliveryView(delivery: DirectDelivery, { encoding, truncate }: GetTerms): object {
  const { redelivered, exchange, routingKey, messageCount, properties, body } = delivery
  return {
    payload_bytes: body.length,
    redelivered,
    exchange,
    routing_key: routingKey,
    message_count: messageCount,
    properties: propertiesView(properties),
    ...payloadView(body, encoding, truncate),
  }
}
