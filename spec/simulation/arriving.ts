/** What the model notes of a message that comes into a queue. */
import type { Message } from '../../src/message'
import type { SentMessage } from './conversation'
import { addressOf, identityOf } from './plain'
import type { Death, EntryModel } from './queue-model'

export interface Origin {
  readonly sent: SentMessage | undefined
  readonly isLetter: boolean
  readonly deaths: readonly Death[]
  readonly carbonCopies: readonly string[]
  readonly now: number
  readonly queueTtl: number | undefined
}

export function entryOf(message: Message, position: number, origin: Origin): EntryModel {
  const { sent, isLetter, deaths, carbonCopies, now } = origin
  const address = addressOf(message)
  // A dead letter has lost its expiration, and nobody sees its BCC.
  const expiration = isLetter ? undefined : sent?.properties.expiration
  const blind = isLetter ? [] : texts(sent, 'BCC')
  const ttl = Math.min(origin.queueTtl ?? Infinity, expiration === undefined ? Infinity : Number(expiration))
  return {
    ...address,
    id: identityOf(message),
    position,
    isPersistent: message.persistent,
    priority: sent?.properties.priority ?? 0,
    bytes: sent?.body.length ?? 0,
    routingKeys: [address.routingKey, ...carbonCopies, ...blind],
    carbonCopies,
    deaths,
    dueFrom: now + ttl,
    dueUntil: now + ttl,
    ttl: ttl === Infinity ? undefined : ttl,
    state: 'ready',
    isRedelivered: false,
    returns: 0,
    failures: 0,
    limit: Infinity,
    holder: '',
  }
}

/** Further routing keys that the publisher named. */
export function texts(sent: SentMessage | undefined, header: 'CC' | 'BCC'): readonly string[] {
  const value = sent?.properties.headers?.[header]
  return Array.isArray(value) ? value : []
}
