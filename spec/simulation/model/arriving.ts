/** A message that comes into a queue: whether it may, whether it is one that is there already, and what is noted of it. */
import { Mark, type Message } from '../../../src/message'
import type { Findings } from '../findings'
import type { SentMessage } from '../world/conversation'
import type { DeadLetterModel } from './dead-letter-model'
import { addressOf, identityOf, type Plain, plainTable } from './plain'
import type { Death, EntryModel, History, QueueModel } from './queue-model'

/** An entry goes from where it is to others: its delay is over, or somebody moves it. */
export interface Passing {
  readonly entry: EntryModel
  /** The queues it has still to come to. */
  readonly due: Set<QueueModel>
  readonly came: Set<QueueModel>
  readonly isReleased: boolean
  readonly isUnblinded: boolean
}

export const KEY_HEADER = 'x-deduplication-header'

interface ArrivalsAround {
  now(): number
  sent(id: string): SentMessage | undefined
}

export class Arrivals {
  /** What is being let in now. */
  coming: EntryModel | undefined
  passing: Passing | undefined
  private isRepeated = false

  constructor(
    private readonly around: ArrivalsAround,
    private readonly letters: DeadLetterModel,
    private readonly findings: Findings,
  ) {}

  entering(queue: QueueModel, position: number, message: Message): void {
    const { findings } = this
    const id = identityOf(message)
    const { passing } = this
    passing?.came.add(queue)
    const isLetter = passing?.entry.isLetter ?? (message.marks & Mark.deadLetter) !== 0
    const sent = this.around.sent(id)
    const history = passing?.entry ?? this.origin(queue, id, isLetter ? deathsIn(message) : undefined)
    const awaited = passing?.due ?? (isLetter ? undefined : sent?.awaited)
    if (awaited?.delete(queue) === false)
      findings.wrong(`${id} came to queue ${queue.name}, where it was not sent`)
    const now = this.around.now()
    const { isReleased, isUnblinded } = passing ?? history
    const isPassed = passing !== undefined
    const origin = { ...history, sent, isPassed, isLetter, isReleased, isUnblinded, now, queue }
    const coming = entryOf(message, position, origin)
    this.coming = coming
    if (isLetter && passing === undefined) findings.saw('dead letter arrived')
    if (sent !== undefined && sent.properties.deliveryMode !== 2 && message.persistent)
      findings.wrong(`${id} was made persistent`)
    const original = queue.original(coming, now)
    this.isRepeated = original !== undefined
    if (original === undefined) queue.enter(coming, now)
    else if (passing === undefined) sent?.repeated.push({ queue, position: original.position })
  }

  private origin(queue: QueueModel, id: string, died: readonly Death[] | undefined): History {
    if (died !== undefined) return this.letters.arrives(id, queue.name, died)
    const carbonCopies = texts(this.around.sent(id), 'CC')
    return { deaths: [], carbonCopies, firstDeath: undefined, isReleased: false, isUnblinded: false }
  }

  entered(queue: QueueModel, isRefused: boolean): void {
    const { coming, isRepeated } = this
    const { findings } = this
    this.coming = undefined
    if (isRepeated) findings.saw(isRefused ? 'duplicate refused' : 'duplicate')
    if (!isRefused || coming === undefined) return
    findings.saw('refused')
    queue.refused(coming, isRepeated)
    const sent = this.around.sent(coming.id)
    if (sent !== undefined && coming.deaths.length === 0 && this.passing === undefined) sent.isRefused = true
    const { overflow, deadLetterExchange } = queue.terms
    if (overflow === 'reject-publish-dlx' && deadLetterExchange !== undefined)
      this.letters.refused(queue, coming)
  }
}

interface Origin extends History {
  readonly sent: SentMessage | undefined
  readonly isLetter: boolean
  readonly isPassed: boolean
  readonly now: number
  readonly queue: QueueModel
}

function entryOf(message: Message, position: number, origin: Origin): EntryModel {
  const { sent, isLetter, isReleased, isUnblinded, deaths, firstDeath, carbonCopies, now, queue } = origin
  const address = addressOf(message)
  const blind = isLetter || isUnblinded ? [] : texts(sent, 'BCC')
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
    firstDeath,
    isLetter,
    isPassed: origin.isPassed,
    isUnblinded,
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

/** As its headers tell, the newest first. */
function deathsIn(message: Message): readonly Death[] {
  const told = message.headers()?.get('x-death')
  if (told?.type !== 'A') return []
  return told.value.flatMap(event => {
    if (event.type !== 'F') return []
    const { queue, reason } = plainTable(event.value)
    return [{ queue: String(queue), reason: String(reason) }]
  })
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
