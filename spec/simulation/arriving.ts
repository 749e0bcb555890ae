/** A message that comes into a queue: whether it may, whether it is one that is there already, and what is noted of it. */
import { Mark, type Message } from '../../src/message'
import type { SentMessage } from './conversation'
import type { DeadLetterModel } from './dead-letter-model'
import type { Findings } from './findings'
import { addressOf, identityOf, type Plain } from './plain'
import type { Death, EntryModel, QueueModel } from './queue-model'

/** A message of an exchange that delays comes out. `due`: the queues it has still to come to. */
export interface Releasing {
  readonly entry: EntryModel
  readonly due: Set<QueueModel>
}

export const KEY_HEADER = 'x-deduplication-header'

interface ArrivalsAround {
  readonly findings: Findings
  now(): number
  sent(id: string): SentMessage | undefined
}

export class Arrivals {
  /** What is being let in now. */
  coming: EntryModel | undefined
  releasing: Releasing | undefined
  private isRepeated = false

  constructor(
    private readonly around: ArrivalsAround,
    private readonly letters: DeadLetterModel,
  ) {}

  entering(queue: QueueModel, position: number, message: Message): void {
    const { findings } = this.around
    const id = identityOf(message)
    const { releasing } = this
    const isLetter = releasing?.entry.isLetter ?? (message.marks & Mark.deadLetter) !== 0
    const sent = this.around.sent(id)
    const {
      deaths,
      carbonCopies,
      isReleased: wasReleased,
    } = releasing?.entry ?? this.origin(queue, id, isLetter)
    const awaited = releasing?.due ?? (isLetter ? undefined : sent?.awaited)
    if (awaited?.delete(queue) === false)
      findings.wrong(`${id} came to queue ${queue.name}, where it was not sent`)
    const now = this.around.now()
    const isReleased = releasing !== undefined || wasReleased
    const origin = { sent, isLetter, isReleased, deaths, carbonCopies, now, queue }
    const coming = entryOf(message, position, origin)
    this.coming = coming
    if (isLetter && releasing === undefined) findings.saw('dead letter arrived')
    if (sent !== undefined && sent.properties.deliveryMode !== 2 && message.persistent)
      findings.wrong(`${id} was made persistent`)
    const original = queue.original(coming, now)
    this.isRepeated = original !== undefined
    if (original === undefined) queue.enter(coming, now)
    else if (!isReleased) sent?.repeated.push({ queue, position: original.position })
  }

  private origin(queue: QueueModel, id: string, isLetter: boolean) {
    if (isLetter) return this.letters.arrives(id, queue.name)
    return { deaths: [], carbonCopies: texts(this.around.sent(id), 'CC'), isReleased: false }
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
    if (sent !== undefined && coming.deaths.length === 0 && !coming.isReleased) sent.isRefused = true
    const { overflow, deadLetterExchange } = queue.terms
    if (overflow === 'reject-publish-dlx' && deadLetterExchange !== undefined)
      this.letters.refused(queue, coming)
  }
}

interface Origin {
  readonly sent: SentMessage | undefined
  readonly isLetter: boolean
  readonly isReleased: boolean
  readonly deaths: readonly Death[]
  readonly carbonCopies: readonly string[]
  readonly now: number
  readonly queue: QueueModel
}

function entryOf(message: Message, position: number, origin: Origin): EntryModel {
  const { sent, isLetter, isReleased, deaths, carbonCopies, now, queue } = origin
  const address = addressOf(message)
  const blind = isLetter ? [] : texts(sent, 'BCC')
  const release = now + (queue.isDelaying ? delayIn(sent?.properties.headers) : 0)
  const ttl = ttlOf(origin)
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
    isLetter,
    isReleased,
    releaseFrom: release,
    releaseUntil: release,
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

/** A dead letter has lost its expiration, and nothing expires while it is delayed. */
function ttlOf({ sent, isLetter, queue }: Origin): number {
  if (queue.isDelaying) return Infinity
  const expiration = isLetter ? undefined : sent?.properties.expiration
  return Math.min(
    queue.terms.messageTtl ?? Infinity,
    expiration === undefined ? Infinity : Number(expiration),
  )
}

/** Milliseconds. */
export function delayIn(headers: Plain | undefined): number {
  return (headers?.['x-delay'] as number | undefined) ?? 0
}

/** Further routing keys that the publisher named. */
export function texts(sent: SentMessage | undefined, header: 'CC' | 'BCC'): readonly string[] {
  const value = sent?.properties.headers?.[header]
  return Array.isArray(value) ? value : []
}
