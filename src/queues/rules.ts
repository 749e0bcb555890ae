/**
 * What a queue's options ask for beyond first in, first out: limits, expiry, counted and delayed redelivery, its own end.
 * A plain queue has none of them, and nothing is asked of it here. Decides; what dies is dropped by the queue.
 */
import type { Message } from '../message'
import type { StoredQueue } from '../store/definition-store'
import type { QueueJournal } from '../store/queue-journal'
import type { Backlog } from './backlog'
import type { DeadLetterSink, DeathReason } from './dead-letter'
import { NO_DEADLINE } from './deadlines'
import { Deduplication } from './deduplication'
import { type Entries, NOT_LOADED } from './entries'
import { Expiry } from './expiry'
import { IdleExpiry, type IdleQueue } from './idle-expiry'
import { Limits } from './limits'
import type { QueueOptions } from './options'
import { PriorityReady } from './priority-ready'
import type { QueueDefinition } from './queue-definition'
import { Redelivery, type Verdict } from './redelivery'

/** Entries that die in one turn, after which other queues and the sockets come first. */
const DEATHS_PER_TURN = 4096

/** What the rules need of their queue. */
export interface RuledQueue extends IdleQueue {
  readonly ready: Entries
  readonly isKept: boolean
  readonly definition: QueueDefinition
  readonly options: QueueOptions
  readonly around: {
    readonly deadLetters: Pick<DeadLetterSink, 'isBehind'>
    journal?(queueId: number): QueueJournal
  }
  /** An entry that was taken out of the ready list dies. */
  drop(position: number, reason: DeathReason): void
  /** An entry that waited for its next try returns. */
  putBack(position: number): void
  /** Something is to be looked at by the end of this turn. */
  mark(): void
}

export class Rules {
  /** Nothing is limited and nothing expires: messages may come in without asking. */
  admitAll = true
  private messageTtl: number | undefined
  /** The head is to be dropped as soon as it is in memory. Of what was not read since a restart nothing is known yet. */
  private isOverdue = false
  /** What dies goes to others. */
  private buries = false
  private ttlMode: QueueOptions['ttlMode'] = 'head'
  private limits: Limits | undefined
  private expiry: Expiry | undefined
  private redelivery: Redelivery | undefined
  private idle: IdleExpiry | undefined
  private deduplication: Deduplication | undefined

  constructor(
    private readonly queue: RuledQueue,
    private readonly backlog: Pick<Backlog, 'bringBack' | 'keepUp' | 'weigh'>,
  ) {
    queue.ready.onDeadline = (position, deadline) => this.watch(position, deadline)
  }

  /** How many came back and wait for their next try. */
  get delayedCount(): number {
    return this.redelivery?.delayed ?? 0
  }

  /** Whether an entry that came back waits for its next try. */
  isDelayed(position: number): boolean {
    return this.redelivery?.isDelayed(position) === true
  }

  get deadLettersRefused(): boolean {
    return this.limits?.deadLettersRefused === true
  }

  /** What waits already keeps its time to live. */
  configure(options: QueueOptions): void {
    this.limits = Limits.of(options)
    this.ttlMode = options.ttlMode
    this.messageTtl = options.messageTtl
    this.buries = options.deadLetterExchange !== undefined
    this.queue.ready.ttls.change(this.queue.ready.tail, options.messageTtl, this.queue.ready.head)
    if (options.messageTtl !== undefined) this.expiring()
    if (this.redelivery !== undefined) this.redelivery.configure(options)
    else if (Redelivery.isNeeded(options)) this.redelivery = this.redeliveryOf(options)
    this.limitIdleness(options.expires)
    this.deduplicate(options.deduplication)
    this.admitAll = this.limits === undefined && this.expiry === undefined && this.deduplication === undefined
    if (this.limits !== undefined) this.queue.mark()
  }

  /** Whether a message must not come in. */
  refuses(message: Message): boolean {
    const { length, bytes, bytesUnsure } = this.queue.ready
    return this.limits?.refuses(length, bytes - bytesUnsure, message.bodyLength) === true
  }

  /** The position of the message in the queue that this one repeats; undefined: none. */
  original(message: Message): number | undefined {
    return this.deduplication?.original(message)
  }

  /** An entry is handed to other queues, or none any more: NO_POSITION. */
  leaves(position: number): void {
    if (this.deduplication !== undefined) this.deduplication.leaving = position
  }

  /** The message that `original` was asked about came in. */
  entered(position: number, isPersistent: boolean): void {
    this.deduplication?.entered(position, isPersistent)
  }

  /** Everything that waits from a position on is being dropped. */
  purged(from: number): void {
    this.deduplication?.forgetFrom(from)
    this.redelivery?.forgetFrom(from)
  }

  /** Takes back what was kept before a restart. */
  restore({ keys = [], deliveryCounts = [] }: StoredQueue): void {
    this.deduplication?.restore(keys)
    if (deliveryCounts.length === 0) return
    this.redelivery ??= this.redeliveryOf(this.queue.options)
    this.redelivery.restore(deliveryCounts)
  }

  /** When a message that comes now expires, in milliseconds since the epoch, or `NO_DEADLINE`. */
  deadlineFor(message: Message): number {
    if (message.ttl < 0 && this.messageTtl === undefined) return NO_DEADLINE
    return this.expiring().deadlineFor(message, this.messageTtl)
  }

  /** An entry waits, for the first time or again: it will expire, and others may have to go for it. */
  waits(position: number, deadline: number): void {
    this.watch(position, deadline)
    this.dropHead()
  }

  /**
   * Takes the next entry out that has not expired; NO_POSITION or NOT_LOADED when there is none, NOT_LOADED also when too
   * many have expired to find it now.
   */
  takeNext(): number {
    const { ready } = this.queue
    for (let deaths = 0; deaths < DEATHS_PER_TURN && !this.nextMustWait; deaths++) {
      const position = ready.take()
      if (position < 0 || this.expiry === undefined || !this.expiry.isDue(position)) return position
      this.queue.drop(position, 'expired')
    }
    this.queue.mark()
    return NOT_LOADED
  }

  /** What has expired goes, then what is too much. */
  thinOut(): void {
    const { expiry } = this
    // What was too much before something else expired is too much still.
    if (this.isOverdue) this.dropHead()
    for (let deaths = 0; expiry !== undefined && !this.isOverdue; deaths++) {
      if (deaths === DEATHS_PER_TURN || this.lettersWait) {
        this.queue.mark()
        break
      }
      const position = expiry.takeDue()
      if (position === undefined) break
      this.queue.drop(position, 'expired')
    }
    if (expiry?.isHeldUp !== true) this.dropHead()
    if (expiry !== undefined && this.queue.ready.restsBehind) this.backlog.bringBack()
    else this.backlog.keepUp()
    const { bytes, bytesUnsure } = this.queue.ready
    if (this.limits?.isInDoubt(bytes, bytesUnsure) === true) this.backlog.weigh()
  }

  /** An entry came back. `failed`: it was rejected, not merely returned. */
  returned(position: number, failed: boolean): Verdict {
    if (this.redelivery === undefined) return 'again'
    return this.redelivery.returned(position, failed, this.queue.ready.isPersistent(position))
  }

  /** Tells in the message how often the entry came back. */
  annotate(message: Message, position: number): void {
    this.redelivery?.annotate(message, position)
  }

  forget(position: number): void {
    this.redelivery?.forget(position)
    this.deduplication?.forget(position)
  }

  /** An entry becomes a dead letter, which may come to this very queue and repeats nothing then. */
  died(position: number): void {
    this.deduplication?.forget(position)
  }

  used(): void {
    this.idle?.used()
  }

  stop(): void {
    this.expiry?.stop()
    this.redelivery?.stop()
    this.idle?.stop()
  }

  /** What dies would only pile up. */
  private get lettersWait(): boolean {
    return this.buries && this.queue.around.deadLetters.isBehind
  }

  /** What is next has expired, and cannot die now. */
  private get nextMustWait(): boolean {
    if (this.expiry === undefined || !this.lettersWait) return false
    const position = this.queue.ready.peek()
    return position >= 0 && this.expiry.isDue(position)
  }

  /** Undefined: the queue does not outlive the broker. */
  private get journal(): QueueJournal | undefined {
    return this.queue.isKept ? this.queue.around.journal?.(this.queue.definition.id) : undefined
  }

  private watch(position: number, deadline: number): void {
    if (deadline !== NO_DEADLINE) this.expiring().watch(position, deadline)
  }

  private dropHead(): void {
    const { limits } = this
    const { ready } = this.queue
    this.isOverdue = false
    if (limits === undefined) return
    for (let deaths = 0; limits.dropsHead(ready.length, ready.bytes - ready.bytesUnsure); deaths++) {
      if (deaths === DEATHS_PER_TURN) {
        this.queue.mark()
        return
      }
      const position = ready.take()
      // On its way back from the store: the queue is marked when it is there.
      if (position < 0) {
        this.isOverdue = ready instanceof PriorityReady && ready.isWhole
        return this.backlog.bringBack()
      }
      this.queue.drop(position, 'maxlen')
      if (this.expiry !== undefined) this.queue.mark() // another entry is the head now, and may expire
    }
  }

  /** From the first entry on that expires there is always something to look at. */
  private expiring(): Expiry {
    const { clock, ready } = this.queue
    const anywhere = this.ttlMode === 'exact' && ready instanceof PriorityReady ? ready : undefined
    const isWanted = (): boolean => this.buries
    this.expiry ??= new Expiry(clock, ready, anywhere, () => this.wake(), isWanted)
    this.admitAll = false
    return this.expiry
  }

  /** Something is due, which may not be in memory. Where it expires anywhere that will be seen. */
  private wake(): void {
    const { ready } = this.queue
    const isIndexed = this.ttlMode === 'exact' && ready instanceof PriorityReady && ready.isWhole
    if (!isIndexed) this.backlog.bringBack()
    this.queue.mark()
  }

  /** What is in the queue already may be repeated. */
  private deduplicate(options: QueueOptions['deduplication']): void {
    const { queue } = this
    if (options === undefined) {
      // Nobody would forget them with their messages, and after a restart they would be keys of nothing.
      this.deduplication?.forgetFrom(0)
      this.deduplication = undefined
    } else if (this.deduplication !== undefined) this.deduplication.configure(options)
    else {
      this.deduplication = new Deduplication(options, queue.clock, this.journal?.keys)
    }
  }

  private redeliveryOf(options: QueueOptions): Redelivery {
    const { queue } = this
    const putBack = (position: number): void => queue.putBack(position)
    return new Redelivery(options, queue.clock, putBack, this.journal?.deliveryCounts)
  }

  private limitIdleness(limit: number | undefined): void {
    if (limit === undefined) {
      this.idle?.stop()
      this.idle = undefined
      return
    }
    this.idle ??= new IdleExpiry(this.queue)
    this.idle.allow(limit)
  }
}
