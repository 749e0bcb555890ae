/**
 * RabbitMQ's firehose: a copy of every message that is published to a virtual host and delivered from it, with what was
 * known of it in headers. Exists only while it is switched on. What was published to its own exchange is not copied again.
 */
import { type BasicProperties, decodeProperties } from '../../amqp/properties'
import { type FieldTable, type FieldValue, fieldTable } from '../../amqp/table'
import type { Exchange } from '../../exchanges/exchange'
import { senderSelectedKeys } from '../../exchanges/sender-selected'
import type { Message } from '../../message'
import type { Queue } from '../../queues/queue'
import { NODE_NAME } from '../names'
import type { Vhost } from '../vhost'
import { joinedTaps, type MessageTap, type TappedConnection, tapsIn } from './message-tap'
import type { Outbox } from './outbox'

const TRACE_EXCHANGE = 'amq.rabbitmq.trace'

/** RabbitMQ's names of the properties, in the order of the flag word. */
const PROPERTY_NAMES: readonly (readonly [keyof BasicProperties, string])[] = [
  ['contentType', 'content_type'],
  ['contentEncoding', 'content_encoding'],
  ['headers', 'headers'],
  ['deliveryMode', 'delivery_mode'],
  ['priority', 'priority'],
  ['correlationId', 'correlation_id'],
  ['replyTo', 'reply_to'],
  ['expiration', 'expiration'],
  ['messageId', 'message_id'],
  ['timestamp', 'timestamp'],
  ['type', 'type'],
  ['userId', 'user_id'],
  ['appId', 'app_id'],
  ['clusterId', 'cluster_id'],
]

/**
 * The copy's headers must fit a frame of 128 KiB, whatever the message brought along and however many queues got it:
 * names are of 255 bytes at most.
 */
const PROPERTIES_BYTES_MAX = 32 * 1024
const LISTED_MAX = 100

export function isTraced({ firehose }: Vhost): boolean {
  return tapsIn(firehose).some(tap => tap instanceof Firehose)
}

/** Beside whoever else wants to see the messages. */
export function trace(vhost: Vhost, outbox: Outbox, on: boolean): void {
  if (isTraced(vhost) === on) return
  const others = tapsIn(vhost.firehose).filter(tap => !(tap instanceof Firehose))
  vhost.firehose = joinedTaps(on ? [...others, new Firehose(vhost, outbox)] : others)
}

export class Firehose implements MessageTap {
  private readonly exchange: Exchange

  constructor(
    private readonly vhost: Vhost,
    private readonly outbox: Outbox,
  ) {
    this.exchange = vhost.requireExchange(TRACE_EXCHANGE)
  }

  published(message: Message, queues: readonly Queue[], from: TappedConnection, channel: number): void {
    if (this.exchange.bindingCount === 0) return
    const headers = this.headersOf(message)
    for (const [key, value] of this.connectionHeaders(from, channel)) headers.set(key, value)
    headers.set('routed_queues', texts(queues.map(queue => queue.name)))
    this.copy(`publish.${message.exchange}`, headers, message)
  }

  delivered(
    message: Message,
    queue: string,
    redelivered: boolean,
    to: TappedConnection,
    channel: number,
  ): void {
    if (this.exchange.bindingCount === 0) return
    message.readAddress()
    if (message.exchange === TRACE_EXCHANGE) return
    const headers = this.headersOf(message)
    headers.set('redelivered', { type: 'I', value: redelivered ? 1 : 0 })
    for (const [key, value] of this.connectionHeaders(to, channel)) headers.set(key, value)
    this.copy(`deliver.${queue}`, headers, message)
  }

  private copy(routingKey: string, headers: FieldTable, message: Message): void {
    const body = Buffer.from(message.bodyBytes.subarray(message.bodyStart, message.bodyEnd))
    this.outbox.post(this.vhost, this.exchange, routingKey, { headers }, body)
  }

  private headersOf(message: Message): Map<string, FieldValue> {
    const { propertiesBytes, propertiesStart, propertiesEnd } = message
    const properties = decodeProperties(propertiesBytes, propertiesStart, propertiesEnd)
    const fits = propertiesEnd - propertiesStart <= PROPERTIES_BYTES_MAX
    const further = fits ? senderSelectedKeys(properties.headers) : []
    return new Map<string, FieldValue>([
      ['exchange_name', text(message.exchange)],
      ['routing_keys', texts([message.routingKey, ...further])],
      ['properties', { type: 'F', value: propertyTable(properties, fits) }],
      ['node', text(NODE_NAME)],
    ])
  }

  private connectionHeaders(of: TappedConnection, channel: number): FieldTable {
    const { connectionName: connection, user } = of
    return fieldTable({ vhost: this.vhost.name, connection, channel, user: user.name })
  }
}

/**
 * RabbitMQ's types: numbers are signed-int as long as they fit, everything else text; BCC is nobody's business. The
 * headers of a message may be too long.
 */
function propertyTable(properties: BasicProperties, withHeaders: boolean): FieldTable {
  const table = new Map<string, FieldValue>()
  for (const [key, name] of PROPERTY_NAMES) {
    const value = properties[key]
    if (value === undefined) continue
    if (typeof value === 'string') table.set(name, text(value))
    else if (typeof value === 'number') table.set(name, whole(value))
    else if (withHeaders) table.set(name, { type: 'F', value: withoutBcc(value) })
  }
  return table
}

function withoutBcc(headers: FieldTable): FieldTable {
  if (!headers.has('BCC')) return headers
  const kept = new Map(headers)
  kept.delete('BCC')
  return kept
}

function text(value: string): FieldValue {
  return { type: 'S', value: Buffer.from(value) }
}

/** With dots instead of those that are too many. */
function texts(values: readonly string[]): FieldValue {
  const { length } = values
  const shown = length > LISTED_MAX ? [...values.slice(0, LISTED_MAX), '...'] : values
  return { type: 'A', value: shown.map(text) }
}

function whole(value: number): FieldValue {
  if ((value | 0) === value) return { type: 'I', value }
  return { type: Number.isSafeInteger(value) ? 'l' : 'd', value } // a timestamp may be any 64 bits
}
