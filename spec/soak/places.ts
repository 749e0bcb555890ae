/** The queues of a soak, who publishes to them and who reads them: one lane for each thing that can become of a message. */
import type { MethodFields, Table } from '../../conformance/support/methods'
import type { LinkChannel } from '../crash/link'

export interface Lane {
  readonly name: string
  readonly exchange: string
  readonly routingKey: (id: number) => string
  readonly books: readonly string[]
  /** Of all messages that are published. */
  readonly share: number
  /** Unconfirmed publishes at most; 0: without confirms. */
  readonly window: number
  readonly transientShare: number
  readonly bytes: 'mixed' | 'large'
  readonly priorities?: number
  readonly delayMsMax?: number
}

const DEFAULTS = { window: 50, transientShare: 0, bytes: 'mixed' } as const

function lane(name: string, share: number, traits: Partial<Lane> = {}): Lane {
  return {
    name,
    exchange: '',
    routingKey: () => `soak.${name}`,
    books: [name],
    share,
    ...DEFAULTS,
    ...traits,
  }
}

export const LANES: readonly Lane[] = [
  lane('plain', 0.2, { exchange: 'soak.direct', routingKey: () => 'plain', transientShare: 0.1 }),
  lane('plain', 0.08, { window: 0, transientShare: 0.5 }),
  lane('fan', 0.1, { exchange: 'soak.fan', routingKey: () => '', books: ['fan-0', 'fan-1'] }),
  // Ever new routing keys, which nobody may remember for ever.
  lane('news', 0.12, { exchange: 'soak.news', routingKey: id => `news.${id}.of-today` }),
  lane('ranked', 0.1, { priorities: 5 }),
  lane('judged', 0.1),
  lane('brief', 0.08),
  lane('capped', 0.08),
  lane('later', 0.04, { exchange: 'soak.later', routingKey: () => 'later', delayMsMax: 4000 }),
  lane('poisoned', 0.03),
  lane('passing', 0.06, { transientShare: 1 }),
  lane('heavy', 0.01, { bytes: 'large', window: 4 }),
]

/** What is left for transactions. */
export const DEALS_SHARE = 0.06

export interface Place {
  readonly queue: string
  readonly book: string
  readonly isDurable: boolean
  /** A publisher's messages come in their order. */
  readonly isOrdered: boolean
  readonly arguments: Table
}

function place(queue: string, book: string, args: Table = {}, traits: Partial<Place> = {}): Place {
  return { queue: `soak.${queue}`, book, isDurable: true, isOrdered: true, arguments: args, ...traits }
}

function deadTo(queue: string): Table {
  return { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': `soak.${queue}` }
}

const GATHERED = { isOrdered: false }

export const PLACES: readonly Place[] = [
  place('plain', 'plain'),
  place('fan-0', 'fan-0'),
  place('fan-1', 'fan-1', { 'x-queue-mode': 'lazy' }),
  place('news', 'news'),
  place('ranked', 'ranked', { 'x-max-priority': 5 }),
  place('judged', 'judged', deadTo('judged.dead')),
  place('judged.dead', 'judged', {}, GATHERED),
  place('brief', 'brief', { 'x-message-ttl': 1500, ...deadTo('brief.dead') }),
  place('brief.dead', 'brief', {}, GATHERED),
  place('capped', 'capped', deadTo('capped.dead')),
  place('capped.dead', 'capped', {}, GATHERED),
  place('later', 'later', {}, GATHERED),
  place('poisoned', 'poisoned', {
    'x-queue-type': 'quorum',
    'x-delivery-limit': 3,
    ...deadTo('poisoned.dead'),
  }),
  place('poisoned.dead', 'poisoned', {}, GATHERED),
  place('passing', 'passing', {}, { isDurable: false }),
  place('heavy', 'heavy'),
  place('deals', 'deals'),
]

/**
 * each: acknowledges one by one. multiple: several at once. shuffled: in any order. picky: returns some. judging: rejects
 * some for good. slow: takes its time, and stops reading its socket now and then. vanishing: is cut off in the middle of
 * its work. dealing: acknowledges in transactions. getting: basic.get. poisoned: never takes some.
 */
export type Style =
  | 'each'
  | 'multiple'
  | 'shuffled'
  | 'picky'
  | 'judging'
  | 'slow'
  | 'vanishing'
  | 'dealing'
  | 'getting'
  | 'poisoned'

export const READERS: readonly { readonly queue: string; readonly style: Style }[] = [
  { queue: 'soak.plain', style: 'each' },
  { queue: 'soak.plain', style: 'multiple' },
  { queue: 'soak.plain', style: 'picky' },
  { queue: 'soak.fan-0', style: 'shuffled' },
  { queue: 'soak.fan-0', style: 'vanishing' },
  { queue: 'soak.fan-1', style: 'vanishing' },
  { queue: 'soak.news', style: 'multiple' },
  { queue: 'soak.ranked', style: 'slow' },
  { queue: 'soak.judged', style: 'judging' },
  { queue: 'soak.judged.dead', style: 'each' },
  { queue: 'soak.brief', style: 'getting' },
  { queue: 'soak.brief.dead', style: 'multiple' },
  { queue: 'soak.capped', style: 'slow' },
  { queue: 'soak.capped.dead', style: 'picky' },
  { queue: 'soak.later', style: 'each' },
  { queue: 'soak.poisoned', style: 'poisoned' },
  { queue: 'soak.poisoned.dead', style: 'getting' },
  { queue: 'soak.passing', style: 'picky' },
  { queue: 'soak.heavy', style: 'slow' },
  { queue: 'soak.deals', style: 'dealing' },
]

const EXCHANGES: readonly Partial<MethodFields['exchange.declare']>[] = [
  { exchange: 'soak.direct', type: 'direct' },
  { exchange: 'soak.fan', type: 'fanout' },
  { exchange: 'soak.news', type: 'topic' },
  { exchange: 'soak.later', type: 'x-delayed-message', arguments: { 'x-delayed-type': 'direct' } },
]

const BINDINGS = [
  { queue: 'soak.plain', exchange: 'soak.direct', routingKey: 'plain' },
  { queue: 'soak.fan-0', exchange: 'soak.fan', routingKey: '' },
  { queue: 'soak.fan-1', exchange: 'soak.fan', routingKey: '' },
  { queue: 'soak.news', exchange: 'soak.news', routingKey: 'news.*.#' },
  { queue: 'soak.later', exchange: 'soak.later', routingKey: 'later' },
]

export function placeOf(queue: string): Place {
  const found = PLACES.find(each => each.queue === queue)
  if (found === undefined) throw new Error(`there is no place ${queue}`)
  return found
}

/** At the beginning of each life. What is durable must be there, as it was declared the first time. */
export async function declarePlaces(channel: LinkChannel, isFirst: boolean): Promise<void> {
  for (const exchange of EXCHANGES)
    await channel.call('exchange.declare', { durable: true, ...exchange, passive: !isFirst })
  for (const { queue, isDurable, arguments: args } of PLACES) {
    const passive = !isFirst && isDurable
    await channel.call('queue.declare', { queue, durable: isDurable, arguments: args, passive })
  }
  if (isFirst) for (const binding of BINDINGS) await channel.call('queue.bind', binding)
}
