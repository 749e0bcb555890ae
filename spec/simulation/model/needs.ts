/** What somebody must be permitted to do for what they ask, written down from RabbitMQ's table and not from src. */
import type { CompatVersion } from '../../../src/broker/compat'

export const REPLY_TO = 'amq.rabbitmq.reply-to'

export interface Need {
  readonly right: 'configure' | 'write' | 'read'
  /** A topic is a routing key at the exchange of that name. */
  readonly kind: 'queue' | 'exchange' | 'topic'
  readonly name: string
  readonly routingKey: string
}

type Fields = Readonly<Record<string, unknown>>

export function need(right: Need['right'], kind: Need['kind'], name: string, routingKey = ''): Need {
  return { right, kind, name, routingKey }
}

export interface Needs {
  readonly needs: readonly Need[]
  /** One of them will do. */
  readonly isAny: boolean
}

/** Of a request. What depends on the type of an exchange is not here: it is seen when something comes of it. */
export function needsOf(method: string, fields: Fields, version: CompatVersion): Needs {
  if (fields['passive'] !== true) return { needs: needsOfActive(method, fields), isAny: false }
  const [kind, name] =
    method === 'queue.declare' ? ['queue', fields['queue']] : ['exchange', fields['exchange']]
  const any = (['configure', 'write', 'read'] as const).map(right =>
    need(right, kind as 'queue', String(name)),
  )
  return { needs: version === '4.3' ? any : NONE, isAny: version === '4.3' }
}

function needsOfActive(method: string, fields: Fields): readonly Need[] {
  const [queue, exchange] = [String(fields['queue'] ?? ''), String(fields['exchange'] ?? '')]
  const args = (fields['arguments'] ?? {}) as Fields
  if (method.startsWith('exchange.') && 'destination' in fields)
    return bindingNeeds('exchange', String(fields['destination']), String(fields['source']))
  // The empty name is that of a queue that the broker named, and replies are for whoever asked.
  if (!method.startsWith('exchange.') && (queue === '' || queue === REPLY_TO)) return NONE
  switch (method) {
    case 'queue.declare':
      return [need('configure', 'queue', queue), ...deadLetterNeeds(queue, args)]
    case 'queue.delete':
      return [need('configure', 'queue', queue)]
    case 'queue.purge':
    case 'basic.consume':
    case 'basic.get':
      return [need('read', 'queue', queue)]
    case 'queue.bind':
    case 'queue.unbind':
      return bindingNeeds('queue', queue, exchange)
    case 'exchange.declare':
    case 'exchange.delete':
      return [need('configure', 'exchange', exchange)]
    default:
      return NONE
  }
}

const NONE: readonly Need[] = []

export function deadLetterNeeds(queue: string, args: Fields): readonly Need[] {
  const exchange = args['x-dead-letter-exchange']
  if (typeof exchange !== 'string') return NONE
  return [need('read', 'queue', queue), need('write', 'exchange', exchange)]
}

export function alternateNeeds(exchange: string, args: Fields): readonly Need[] {
  const alternate = args['alternate-exchange']
  if (typeof alternate !== 'string') return NONE
  return [need('read', 'exchange', exchange), need('write', 'exchange', alternate)]
}

export function bindingNeeds(kind: 'queue' | 'exchange', name: string, source: string): readonly Need[] {
  return [need('write', kind, name), need('read', 'exchange', source)]
}

/** What a refusal says was missing, and who is told so. */
export interface Refusal {
  readonly user: string
  readonly need: Need
}

const REFUSED =
  /^ACCESS_REFUSED - (\w+) access to (queue|exchange) '(.*)' in vhost '\/' refused for user '(.*)'$/
const TOPIC_REFUSED =
  /^ACCESS_REFUSED - (\w+) access to topic '(.*)' in exchange topic '(.*)' in vhost '\/' refused for user '(.*)'$/

export function refusalIn(replyText: string): Refusal | undefined {
  const [, right, kind, name = '', user = ''] = REFUSED.exec(replyText) ?? []
  if (right !== undefined)
    return {
      user,
      need: need(right as Need['right'], kind as Need['kind'], name === 'amq.default' ? '' : name),
    }
  const [, topicRight, key = '', exchange = '', who = ''] = TOPIC_REFUSED.exec(replyText) ?? []
  if (topicRight === undefined) return undefined
  return { user: who, need: need(topicRight as Need['right'], 'topic', exchange, key) }
}
