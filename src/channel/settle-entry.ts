/** What becomes of one delivery: its queue forgets it or takes it back, and its consumer gets credit. */
import type { Queue } from '../queues/queue'
import type { CommitTicket } from '../store/message-store'
import type { CreditHolder } from './unacked'

export function settleEntry(
  queue: Queue,
  position: number,
  consumer: CreditHolder | undefined,
  requeue: boolean,
): CommitTicket {
  const ticket = requeue ? queue.requeue(position) : queue.settle(position)
  if (consumer !== undefined) consumer.returnCredit()
  return ticket
}
