/** What came for a channel during a step, as lines that can be compared: only what RabbitMQ orders is in order. */
import type { Arrival, Content } from '../support/inbox'
import { otherPropertyBytes, type TypedField, typedHeaders } from '../support/typed-headers'
import type { DeliveryTags } from './delivery-tags'

/** Of a confirm: which publishings, whatever they were bundled with. */
export interface Confirmed {
  readonly answer: 'ack' | 'nack'
  readonly tags: readonly number[]
}

export function linesOf(
  where: string,
  arrivals: readonly Arrival[],
  confirmed: readonly Confirmed[],
  tags: DeliveryTags,
  symbolOf: (consumerTag: string) => string,
): string[] {
  const delivered = arrivals
    .filter(isDelivery)
    .sort((a, b) => compare(symbolOf(a.fields.consumerTag), symbolOf(b.fields.consumerTag)))
  const gotten = arrivals.flatMap(each => (each.name === 'basic.get-ok' ? [each.fields.deliveryTag] : []))
  tags.learn([...gotten, ...delivered.map(({ fields }) => fields.deliveryTag)])
  const cancelled = arrivals.filter(({ name }) => name === 'basic.cancel')
  return [
    ...arrivals.filter(isSaid).map(each => `${where} said: ${describeArrival(each, tags)}`),
    ...delivered.map(each => `${where} delivered: ${describeArrival(each, tags)}`),
    ...cancelled.map(each => `${where} cancelled: ${JSON.stringify(each.fields)}`).sort(),
    ...(['ack', 'nack'] as const).flatMap(answer => {
      const all = confirmed.filter(each => each.answer === answer).flatMap(each => each.tags)
      return all.length === 0 ? [] : [`${where} confirmed: ${answer} ${all.sort((a, b) => a - b).join(' ')}`]
    }),
  ]
}

type Delivered = Extract<Arrival, { name: 'basic.deliver' }>

function isDelivery(arrival: Arrival): arrival is Delivered {
  return arrival.name === 'basic.deliver'
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** What the channel itself says comes in the order of what it was told. */
function isSaid({ name }: Arrival): boolean {
  return !['basic.deliver', 'basic.cancel', 'basic.ack', 'basic.nack'].includes(name)
}

function describeArrival({ name, fields, content }: Arrival, tags: DeliveryTags): string {
  const told =
    'deliveryTag' in fields ? { ...fields, deliveryTag: tags.symbolOf(Number(fields.deliveryTag)) } : fields
  return [name, JSON.stringify(told), ...(content === undefined ? [] : [describeContent(content)])].join(' ')
}

const HEADERS = 0x2000

function describeContent({ properties, propertyBytes, body }: Content): string {
  const { headers: _, ...others } = properties
  const text = body.length <= 40 ? body.toString('latin1') : `${body.toString('latin1', 0, 10)}…`
  const flags = propertyBytes.readUInt16BE(0)
  const headers = comparable(typedHeaders(propertyBytes))
  return [
    `flags=${(headers.length === 0 ? flags & ~HEADERS : flags).toString(16)}`,
    JSON.stringify(others),
    isReplyAddress(properties.replyTo) ? '…' : otherPropertyBytes(propertyBytes).toString('hex'),
    JSON.stringify(headers),
    `${body.length} ${JSON.stringify(text)}`,
  ].join(' ')
}

/** It differs, and its bytes with it. */
function isReplyAddress(name: string | undefined): boolean {
  return name?.startsWith('amq.rabbitmq.reply-to.') === true
}

/**
 * Times differ; the rest is in differences.md: the order of headers, of fields and of old deaths in x-death,
 * x-last-death-*, and x-delivery-count where it is 0.
 */
function comparable(all: readonly TypedField[]): unknown[] {
  return all
    .filter(([name, , value]) => name !== 'x-delivery-count' || value !== 0)
    .filter(([name]) => !name.startsWith('x-last-death-'))
    .map(([name, type, value]) =>
      name === 'x-death' && type === 'A' ? [name, type, comparableDeaths(value)] : [name, type, value],
    )
    .sort(([a], [b]) => compare(String(a), String(b)))
}

function comparableDeaths(deaths: unknown): unknown[] {
  const [latest, ...older] = (deaths as [string, unknown][]).map(([type, fields]) =>
    type === 'F' ? JSON.stringify(timeless(fields as TypedField[])) : JSON.stringify([type, fields]),
  )
  return latest === undefined ? [] : [latest, ...older.sort()]
}

function timeless(death: readonly TypedField[]): unknown[] {
  return death
    .map(([name, type, value]) => [name, type, name === 'time' && type === 'T' ? 'then' : value])
    .sort(([a], [b]) => compare(String(a), String(b)))
}
