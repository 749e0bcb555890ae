/**
 * What queues ask of a disk: entries of durable queues as opaque bytes at positions. Knows no AMQP.
 *
 * The one durability clock is the *commit ticket*: every operation joins the batch that gathers now and
 * returns that batch's number; once `committed` reaches it, a crash can no longer undo the operation.
 * Confirms, `tx.commit-ok` and replies to durable declarations wait for tickets and for nothing else.
 */

/** Grows by one per batch; 0: nothing to wait for. */
export type CommitTicket = number

export const NOTHING_TO_WAIT_FOR: CommitTicket = 0

export interface MessageStore {
  /** Everything up to this ticket is kept. */
  readonly committed: CommitTicket

  /** Calls back after `committed` grew, once per batch, never inside another call of the store. */
  onCommitted(listener: (committed: CommitTicket) => void): void

  /**
   * Adds an entry to a queue. `record[start, end)` is the caller's and stays as it is until the ticket is
   * committed or the entry settled, so the store need not copy it before it writes.
   */
  append(queueId: number, position: number, record: Buffer, start: number, end: number): CommitTicket

  /** Takes an entry off for good. One that was appended in the gathering batch never reaches the disk. */
  settle(queueId: number, position: number): CommitTicket

  /** Remembers that an entry was delivered once, for the `redelivered` flag after a restart. */
  markRedelivered(queueId: number, position: number): CommitTicket

  /** Forgets a queue's entries. */
  removeQueue(queueId: number): CommitTicket
}
