/** Messages that are in a queue, looked at without taking them: those that wait, and those that are out. */
import { encodeProperties } from '../../amqp/properties'
import type { UnackedDelivery } from '../../channel/channel-status'
import type { BrowsedEntry, BrowsedPage } from '../../queues/browse'
import { payloadView, propertiesView } from './message'

/** Who has what is out, by position. */
export type Holders = ReadonlyMap<number, UnackedDelivery>

export function browsedView(page: BrowsedPage, holders: Holders, now: number): object {
  return {
    total: page.total,
    offset: page.offset,
    items: page.items.map(entry => entryView(entry, holders, now)),
    next_offset: page.nextOffset ?? null,
    scanned: page.scanned,
  }
}

export function entryView(entry: BrowsedEntry, holders: Holders, now: number): object {
  const { position, state, redelivered, exchange, routingKey, properties, body, bodyBytes } = entry
  return {
    position,
    state,
    redelivered,
    exchange,
    routing_key: routingKey,
    properties: propertiesView(encodeProperties(properties)),
    ...payloadView(body, 'auto'),
    payload_bytes: bodyBytes,
    ...holderView(holders.get(position), now),
  }
}

/** `unacked_for_ms` is exact to a sampling interval. */
function holderView(held: UnackedDelivery | undefined, now: number): object {
  if (held === undefined) return {}
  return {
    channel: held.channel.name,
    ...(held.consumerTag === undefined ? {} : { consumer_tag: held.consumerTag }),
    unacked_for_ms: held.since === undefined ? 0 : Math.max(0, now - held.since),
  }
}
