/** A message that comes into a queue: whether it may, whether it is one that is there already, and what is noted of it. */
import { Mark, type Message } from '../../src/message'
import type { SentMessage } from './conversation'
import type { DeadLetterModel } from './dead-letter-model'
import type { Findings } from './findings'
import { addressOf, identityOf } from './plain'
import type { Death, EntryModel, QueueModel } from './queue-model'

export const KEY_HEADER = 'x-deduplication-header'

interface ArrivalsAround {
  readonly findings: Findings
  now(): number
  sent(id: string): SentMessage | undefined
}

export class Arrivals {
  /** What is being let in now. */
  coming: EntryModel | undefined
  private isRepeated = false

  constructor(
    private readonly around: ArrivalsAround,
    private readonly letters: DeadLetterModel,
  ) {}

  entering(queue: QueueModel, position: number, message: Message): void {
    const { findings } = this.around
    const id = identityOf(message)
    const isLetter = (message.marks & Mark.deadLetter) !== 0
    const sent = this.around.sent(id)
    const { deaths, carbonCopies } = isLetter
      ? this.letters.arrives(id, queue.name)
      : { deaths: [], carbonCopies: texts(sent, 'CC') }
    if (!isLetter && sent?.awaited.delete(queue) !== true)
      findings.wrong(`${id} came to queue ${queue.name}, where it was not sent`)
    const now = this.around.now()
    const origin = { sent, isLetter, deaths, carbonCopies, now, queueTtl: queue.terms.messageTtl }
    const coming = entryOf(message, position, origin)
    this.coming = coming
    if (isLetter) findings.saw('dead letter arrived')
    if (sent !== undefined && sent.properties.deliveryMode !== 2 && message.persistent)
      findings.wrong(`${id} was made persistent`)
    const original = queue.original(coming, now)
    this.isRepeated = original !== undefined
    if (original === undefined) queue.enter(coming, now)
    else sent?.repeated.push({ queue, position: original.position })
  }

  entered(queue: QueueModel, isRefused: boolean): void {
    const { coming, isRepeated } = this
    const { findings } = this.around
    this.coming = undefined
    if (isRepeated) findings.saw(isRefused ? 'duplicate refused' : 'duplicate')
    if (!isRefused || coming === undefined) return
    findings.saw('refused')
    queue.refused(coming, isRepeated)
    const sent = this.around.sent(coming.id)
    if (sent !== undefined && coming.deaths.length === 0) sent.isRefused = true
    const { overflow, deadLetterExchange } = queue.terms
    if (overflow === 'reject-publish-dlx' && deadLetterExchange !== undefined)
      this.letters.refused(queue, coming)
  }
}

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
    key: sent?.properties.headers?.[KEY_HEADER] as string | undefined,
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
