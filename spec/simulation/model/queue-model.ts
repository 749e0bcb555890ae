/**
 * One queue as it should be: a list of entries by position and a state for each. It is told what the queue is asked and
 * what it does, and knows what it may do.
 *
 *      ready ──► out ──► gone            back: it returned and waits for its next try
 *        │ ▲      │ └──► back ──► ready  dying: it is a dead letter on its way
 *        │ └──────┘
 *        └─► dying ──► gone
 */
import type { Findings } from '../findings'
import { KeysModel, type KnownKey } from './keys-model'
import type { Address, Plain } from './plain'
import { type QueueTerms, queueTerms } from './queue-terms'

export interface Death {
  readonly queue: string
  readonly reason: string
}

/** What a message brings with it from the queues it was in before. */
export interface History {
  /** What it died of before, the newest first. */
  readonly deaths: readonly Death[]
  /** The queue it died in first. */
  readonly firstDeath: string | undefined
  /** The keys of CC that it still has. */
  readonly carbonCopies: readonly string[]
  /** It has waited in an exchange that delays, and does not again. */
  readonly isReleased: boolean
  /** The keys of BCC are gone. */
  readonly isUnblinded: boolean
}

export interface EntryModel extends Address, History {
  readonly id: string
  readonly position: number
  readonly isPersistent: boolean
  readonly priority: number
  readonly bytes: number
  /** By which another is a duplicate of it. */
  readonly key: string | undefined
  /** Its own, and those of CC and BCC as far as it still has them. */
  readonly routingKeys: readonly string[]
  /** It was moved here, or its delay is over: nobody waits to hear that it is. */
  readonly isPassed: boolean
  /** It died of something the last time it was published. */
  readonly isLetter: boolean
  /** While it waits there: for how long at least, and at most. */
  readonly releaseFrom: number
  readonly releaseUntil: number
  /** It expires at some time between these two: after a restart from when it was written. */
  dueFrom: number
  dueUntil: number
  /** Milliseconds; undefined: it does not expire. */
  readonly ttl: number | undefined
  state: 'ready' | 'moving' | 'out' | 'back' | 'dying'
  /** Undefined: nobody remembers. */
  isRedelivered: boolean | undefined
  /** How often it came back: at most, and rejected. */
  returns: number
  failures: number
  /** Of these when it came back. */
  limit: number
  /** Connection, channel and delivery tag it is out under. */
  holder: string
}

export interface QueueFacts {
  /** The store's number of it. */
  readonly id: number
  readonly name: string
  readonly isDurable: boolean
  readonly isExclusive: boolean
  readonly isAutoDelete: boolean
  readonly arguments: Plain
}

export class QueueModel {
  readonly entries = new Map<number, EntryModel>()
  readonly keys = new KeysModel()
  terms: QueueTerms
  /** Of all kinds, since the broker started. */
  enqueued = 0
  settled = 0
  returned = 0
  delivered = 0
  redelivered = 0
  /** Entries of before a restart. */
  restored = 0
  /** It is of before a restart. */
  isRestored = false
  isDeleted = false
  hadConsumers = false
  /** It counts how often something comes back, since there is a limit. */
  private isCounting = false
  /** For certain, and at the latest. */
  lastUsed = 0
  maybeUsed = 0

  constructor(
    readonly facts: QueueFacts,
    private readonly findings: Findings,
    /** The exchange whose messages wait here for their time. */
    readonly delays: string | undefined = undefined,
  ) {
    this.terms = queueTerms(facts.arguments, undefined)
  }

  get name(): string {
    return this.facts.name
  }

  get isDelaying(): boolean {
    return this.delays !== undefined
  }

  get isKept(): boolean {
    return this.facts.isDurable && !this.facts.isExclusive
  }

  inState(state: EntryModel['state']): EntryModel[] {
    return [...this.entries.values()].filter(entry => entry.state === state)
  }

  /** The highest priority first, then by position. */
  get firstReady(): EntryModel | undefined {
    let first: EntryModel | undefined
    for (const entry of this.entries.values()) {
      if (entry.state !== 'ready') continue
      if (first === undefined || this.goesBefore(entry, first)) first = entry
    }
    return first
  }

  /** What a message repeats that is in the queue. */
  original({ key }: EntryModel, now: number): KnownKey | undefined {
    if (!this.terms.isDeduplicating || key === undefined) return undefined
    const original = this.keys.original(key, now)
    // What is moved is nobody's duplicate, also where it comes from.
    return this.entries.get(original?.position ?? -1)?.state === 'moving' ? undefined : original
  }

  enter(entry: EntryModel, now: number): void {
    this.expect(
      !this.entries.has(entry.position),
      `${entry.id} comes to position ${entry.position}, which is taken`,
    )
    this.entries.set(entry.position, entry)
    this.enqueued++
    const { key, position, isPersistent } = entry
    const { isDeduplicating, cacheSize, cacheTtl } = this.terms
    if (!isDeduplicating || key === undefined) return
    const isKept = isPersistent && this.isKept
    this.keys.add({ key, position, isKept, expires: now + cacheTtl }, cacheSize)
  }

  /** It was not let in. */
  refused(entry: EntryModel, isRepeated: boolean): void {
    if (!isRepeated) {
      this.entries.delete(entry.position)
      this.enqueued--
      if (this.hasKey(entry)) this.keys.undo()
    }
    const others = this.inState('ready')
    const bytes = others.reduce((sum, other) => sum + other.bytes, entry.bytes)
    const isTooMuch = others.length + 1 > this.terms.maxLength || bytes > this.terms.maxLengthBytes
    this.expect(
      this.terms.overflow !== 'drop-head' && isTooMuch,
      `${entry.id} was refused beside ${others.length} others`,
    )
  }

  /** Returns the entry that goes out now, if it is one that may. */
  goesOut(
    position: number,
    id: string,
    isRedelivered: boolean,
    now: number,
    isComing: boolean,
  ): EntryModel | undefined {
    const entry = this.entries.get(position)
    this.delivered++
    if (isRedelivered) this.redelivered++
    if (entry === undefined || entry.id !== id) {
      this.wrong(`${id} went out of position ${position}, where ${entry?.id ?? 'nothing'} is`)
      return undefined
    }
    this.expect(entry.state === 'ready', `${id} went out while it was ${entry.state} ${entry.holder}`)
    const first = this.firstReady
    this.expect(first === entry || entry.state !== 'ready', `${id} went out before ${first?.id}`)
    this.expect(isComing || entry.dueUntil > now, `${id} went out although it had expired`)
    if (entry.isRedelivered !== undefined)
      this.expect(entry.isRedelivered === isRedelivered, `${id} went out with redelivered=${isRedelivered}`)
    entry.isRedelivered = true
    entry.state = 'out'
    return entry
  }

  settle(position: number): void {
    const entry = this.entries.get(position)
    if (entry !== undefined)
      this.expect(entry.state === 'out', `${entry.id} was settled while ${entry.state}`)
  }

  requeue(position: number, failed: boolean): void {
    this.returned++
    const entry = this.entries.get(position)
    if (entry === undefined) return this.wrong(`position ${position} came back, where nothing was`)
    this.expect(entry.state === 'out', `${entry.id} came back while it was ${entry.state}`)
    entry.state = 'back'
    entry.limit = this.terms.deliveryLimit
    entry.returns++
    const { deliveryLimit, delaysRetries } = this.terms
    if (deliveryLimit < Infinity || delaysRetries) this.isCounting = true
    if (failed && this.isCounting) entry.failures++
  }

  putBack(position: number): void {
    const entry = this.entries.get(position)
    if (entry === undefined) return this.wrong(`position ${position} was put back, where nothing was`)
    this.expect(entry.state === 'back', `${entry.id} was put back while it was ${entry.state}`)
    this.expect(entry.failures <= entry.limit, `${entry.id} came back more than the limit`)
    entry.state = 'ready'
    entry.holder = ''
  }

  /** Returns the entry when it becomes a dead letter. */
  drops(position: number, reason: string, now: number): EntryModel | undefined {
    const entry = this.entries.get(position)
    if (entry === undefined) {
      this.wrong(`position ${position} died (${reason}), where nothing was`)
      return undefined
    }
    if (entry.state === 'moving') entry.state = 'ready' // only to die
    this.expect(this.mayDie(entry, reason, now), `${entry.id} died (${reason}) while it was ${entry.state}`)
    entry.state = 'dying'
    // Where its dead letter goes may be this queue.
    this.keys.forget(position)
    return this.terms.deadLetterExchange === undefined ? undefined : entry
  }

  forget(position: number): void {
    this.settled++
    this.keys.forget(position)
    if (!this.entries.delete(position)) this.wrong(`position ${position} was forgotten, where nothing was`)
  }

  /** It went out in the call it came in, and is nobody's any more. */
  handedOn(position: number): void {
    const entry = this.entries.get(position)
    if (entry !== undefined && this.hasKey(entry)) this.keys.undo()
    this.forget(position)
  }

  private hasKey({ key }: EntryModel): boolean {
    return this.terms.isDeduplicating && key !== undefined
  }

  /** Everything that waits goes. Returns how many. */
  purge(): number {
    const ready = this.inState('ready')
    for (const { position } of ready) {
      this.entries.delete(position)
      this.keys.forget(position)
    }
    this.settled += ready.length
    return ready.length
  }

  private mayDie(entry: EntryModel, reason: string, now: number): boolean {
    if (reason === 'rejected') return entry.state === 'out'
    if (reason === 'delivery_limit') return entry.state === 'back' && entry.returns > this.terms.deliveryLimit
    if (reason === 'expired' && this.terms.isExact) return entry.state === 'ready' && entry.dueFrom <= now
    if (entry !== this.firstReady) return false
    return reason === 'expired' ? entry.dueFrom <= now : this.hasTooMuch
  }

  get hasTooMuch(): boolean {
    const ready = this.inState('ready')
    const bytes = ready.reduce((sum, entry) => sum + entry.bytes, 0)
    return ready.length > this.terms.maxLength || bytes > this.terms.maxLengthBytes
  }

  private goesBefore(one: EntryModel, other: EntryModel): boolean {
    const [a, b] = [this.level(one), this.level(other)]
    return a === b ? one.position < other.position : a > b
  }

  private level({ priority }: EntryModel): number {
    return Math.min(priority, this.terms.maxPriority)
  }

  expect(holds: boolean, text: string): void {
    if (!holds) this.wrong(text)
  }

  wrong(text: string): void {
    this.findings.wrong(`queue ${this.name}: ${text}`)
  }
}
