/**
 * What a queue holds, wherever that is: the ready list in memory, what must outlive the broker in the store, and what
 * memory does not need for now on the disk. One place where an entry comes in and one where it is forgotten.
 */
import type { Message } from '../message'
import type { StoredQueue } from '../store/definition-store'
import { type CommitTicket, type MessageStore, NOTHING_TO_WAIT_FOR } from '../store/message-store'
import { type Entries, NOT_LOADED } from './entries'
import { Paging } from './paging'
import { Persistence } from './persistence'
import type { Segment } from './segment'

export class Backlog {
  /** Makes the last purge safe. */
  purgeTicket: CommitTicket = NOTHING_TO_WAIT_FOR
  /** Undefined: nothing of it outlives the broker. */
  private readonly persistence: Persistence | undefined
  /** Undefined: all of it is in memory. */
  private readonly paging: Paging | undefined
  private waitingForLoad: (() => void)[] = []

  constructor(
    queueId: number,
    private readonly ready: Entries,
    store: MessageStore,
    isKept: boolean,
    /** Entries came back from the store. */
    private readonly onLoaded: () => void,
  ) {
    this.persistence = isKept ? new Persistence(queueId, ready, store) : undefined
    this.paging = store.canLoad ? new Paging(queueId, ready, store, () => this.readBack()) : undefined
  }

  /** Takes back what was kept before a restart. */
  restore(stored: StoredQueue): void {
    this.persistence?.restore(stored)
    if (this.paging === undefined) return
    this.paging.deliveredBefore = stored.delivered
    this.paging.rest()
    this.paging.bringBack()
  }

  /** An entry was appended and waits. Returns the ticket that makes it safe. */
  waits(message: Message, position: number): CommitTicket {
    const ticket = this.keep(message, position)
    if (this.paging !== undefined && this.ready.beganSegment) this.paging.leaveToStore()
    return ticket
  }

  /** Keeps an entry that was appended, if it is one to be kept. Returns the ticket that makes it safe. */
  keep(message: Message, position: number): CommitTicket {
    if (this.persistence === undefined || !message.persistent) return NOTHING_TO_WAIT_FOR
    return this.persistence.keep(position)
  }

  /** Forgets an entry that was taken. Returns the ticket that makes it safe. */
  forget(position: number): CommitTicket {
    const { persistence, ready } = this
    const isKept = persistence !== undefined && ready.isPersistent(position)
    ready.settle(position)
    if (isKept) return persistence.settle(position)
    persistence?.passed()
    return NOTHING_TO_WAIT_FOR
  }

  /** An entry comes back: that it was delivered is worth remembering. */
  remember(position: number): CommitTicket {
    if (this.persistence === undefined || !this.ready.isPersistent(position)) return NOTHING_TO_WAIT_FOR
    return this.persistence.markDelivered()
  }

  /** Drops what waits from the first entry on that was never taken. Returns how many. */
  dropUndelivered(): number {
    const from = this.ready.untaken
    const dropped = this.ready.dropUndelivered()
    this.purgeTicket = this.persistence?.settleFrom(from) ?? NOTHING_TO_WAIT_FOR
    this.paging?.drop(from)
    return dropped
  }

  /** Somebody takes from it: what is needed now or soon is brought back, until it rests again. */
  bringBack(): void {
    this.paging?.stir()
  }

  /** Brings back what is needed, if somebody takes from it. */
  keepUp(): void {
    this.paging?.bringBack()
  }

  /** Nobody takes from it: what it has in memory for those who might leaves. */
  rest(): void {
    this.paging?.rest()
  }

  /** Reads what is at the head, unless that was read since a restart. False: it was, and `read` is not called. */
  readHead(read: () => void): boolean {
    if (this.paging?.readHead() !== true) return false
    this.waitingForLoad.push(read)
    return true
  }

  /** Goes on finding out how large the bodies of before a restart are. */
  weigh(): void {
    this.paging?.weigh()
  }

  /** Calls back once when entries were loaded, or the queue is gone. */
  whenLoaded(run: () => void): void {
    this.bringBack()
    this.waitingForLoad.push(run)
  }

  /** A segment that is not in memory is brought there and stays until `letGo`. */
  hold(segment: Segment): void {
    this.paging?.hold(segment)
  }

  letGo(segment: Segment): void {
    this.paging?.letGo(segment)
  }

  /** Shows a segment, or a copy of it when it is not in memory, which changes nothing. Undefined: it is gone. */
  read(segment: Segment, seen: (shown: Segment | undefined) => void): void {
    if (segment.residence === 'memory' || this.paging === undefined) seen(segment)
    else if (segment.isSpilled && segment.residence === 'loading')
      this.waitingForLoad.push(() => seen(undefined))
    else this.paging.read(segment, seen)
  }

  /** Calls back those for whom nothing had to be loaded: too many entries that had expired were before theirs. */
  serveWaiting(): void {
    if (this.waitingForLoad.length > 0 && this.ready.peek() !== NOT_LOADED) this.loaded()
  }

  /** Everything goes. */
  remove(): CommitTicket {
    const ticket = this.persistence?.remove() ?? NOTHING_TO_WAIT_FOR
    this.paging?.remove()
    this.ready.clear()
    this.loaded()
    return ticket
  }

  private readBack(): void {
    this.persistence?.passed()
    this.loaded()
  }

  private loaded(): void {
    const waiting = this.waitingForLoad
    this.waitingForLoad = []
    for (const run of waiting) run()
    this.onLoaded()
  }
}
