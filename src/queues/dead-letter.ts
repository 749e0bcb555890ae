/**
 * Dead letters as the queue knows them: why a message dies, and who takes care of it. The queue knows no exchange; what
 * becomes of the message is the sink's.
 */
import type { Message } from '../message'
import type { QueueOptions } from './options'

export type DeathReason = 'rejected' | 'expired' | 'maxlen' | 'delivery_limit'

/** What the sink may know of the queue that something died in. */
export interface DyingQueue {
  readonly name: string
  readonly deleted: boolean
  readonly options: QueueOptions
  /** Points `into` at the entry. */
  view(position: number, into: Message): void
  /** It is published where it belongs, or nowhere: the queue forgets it. */
  buried(position: number): void
}

/** Owned by the queues, implemented by the broker. It answers later, never within the call. */
export interface DeadLetterSink {
  /** So many wait for it that nothing should die now that may as well die in a later turn. */
  readonly isBehind: boolean
  /** An entry that was taken out: it stays kept until the sink says `queue.buried`. */
  bury(queue: DyingQueue, position: number, reason: DeathReason): void
  /** The queue goes: what died in it before is published all the same, unless it found no place so far. */
  leaving(queue: DyingQueue): void
  /** A message that never got in. It is copied. */
  buryRefused(queue: DyingQueue, message: Message, reason: DeathReason): void
}
