/**
 * What queues ask of a disk: entries of durable queues as opaque bytes at positions. Knows no AMQP.
 *
 * The one durability clock is the *commit ticket*: every operation joins the batch that gathers now and
 * returns that batch's number; once `committed` reaches it, a crash can no longer undo the operation.
 * Confirms, `tx.commit-ok` and replies to durable declarations wait for tickets and for nothing else.
 */

import type { TurnWork } from '../turn'

/** Grows by one per batch; 0: nothing to wait for. */
export type CommitTicket = number

export const NOTHING_TO_WAIT_FOR: CommitTicket = 0

/** A queue as the store sees it: asked when a batch is written, so that a thousand settlements are one number. */
export interface EntrySource {
  /** The lowest position that is not settled. */
  readonly head: number
  /** Everything before this position was delivered at least once. */
  readonly delivered: number
}

/** An entry read back: `record[start, end)`, of which the properties begin behind the address. */
export interface StoredEntry {
  readonly position: number
  readonly record: Buffer
  readonly start: number
  readonly end: number
  readonly propertiesBytes: number
  /** Whatever the queue gave: 0 to 3. */
  readonly marks: number
  /** When it was committed, in milliseconds since the epoch. */
  readonly writtenAt: number
}

/** A part of a queue on its way to the disk and back, for memory's sake: means nothing to the store. */
export interface SpilledPart {
  readonly entries: Int32Array
  readonly records: Uint8Array
}

export interface MessageStore {
  /** Everything up to this ticket is kept. */
  readonly committed: CommitTicket

  /** Whether what is kept can be read back, and what need not be kept spilled, so that neither must stay in memory. */
  readonly canLoad: boolean

  /** More was asked for than the disk keeps up with: publishers should wait for `whenCaughtUp`. */
  readonly isBehind: boolean

  /** Calls back after `committed` grew, once per batch, never inside another call of the store. */
  onCommitted(listener: (committed: CommitTicket) => void): void

  /** Must precede everything else about a queue. */
  openQueue(queueId: number, source: EntrySource): void

  /**
   * Adds an entry to a queue. `record[start, end)` is the caller's and stays as it is until the ticket is
   * committed or the entry settled, so the store need not copy it before it writes. `marks`, 0 to 3, mean nothing to the store.
   */
  append(
    queueId: number,
    position: number,
    record: Buffer,
    start: number,
    end: number,
    propertiesBytes: number,
    marks?: number,
  ): CommitTicket

  /** Takes an entry off for good. One that was appended in the gathering batch never reaches the disk. */
  settle(queueId: number, position: number): CommitTicket

  /** Takes all entries from a position on off for good. */
  settleFrom(queueId: number, position: number): CommitTicket

  /** `delivered` of the queue's source grew and is worth remembering. */
  markDelivered(queueId: number): CommitTicket

  /** Forgets a queue's entries. */
  removeQueue(queueId: number): CommitTicket

  /**
   * Reads entries back that are kept and not settled, in order of position. `first`: not before the head. Calls back in a later turn, with nothing
   * when the queue was removed meanwhile.
   */
  load(queueId: number, first: number, last: number, loaded: (entries: readonly StoredEntry[]) => void): void

  /** What it gave back of a queue is no message. Whoever looks after the broker must hear of it; for stores that can load. */
  damaged?(queueId: number): void

  /** Moves a part of a queue to the disk, under its first position. It need not outlive the broker. Takes its memory. */
  spill(queueId: number, first: number, part: SpilledPart): void

  /** Brings it back, once, in a later turn. */
  unspill(queueId: number, first: number, back: (part: SpilledPart) => void): void

  /** Shows it, in a later turn, and leaves it there. Undefined: it is not there any more. */
  readSpilled(queueId: number, first: number, seen: (part: SpilledPart | undefined) => void): void

  /** Forgets the spilled parts from a position on. */
  dropSpilled(queueId: number, from: number): void

  /** Runs the work in the answer phase of a turn once the disk keeps up again. */
  whenCaughtUp(work: TurnWork): void
}
