/** What becomes of one delivery: its queue forgets it, drops it or takes it back, and its consumer gets credit. */
import type { Queue } from '../queues/queue'
import type { CommitTicket } from '../store/message-store'
import type { CreditHolder } from './unacked'

/** ack; nack or reject without requeue; nack with requeue, recover, channel closed; reject with requeue. */
export type Outcome = 'acked' | 'dropped' | 'returned' | 'failed'

export function settleEntry(
  queue: Queue,
  position: number,
  consumer: CreditHolder | undefined,
  outcome: Outcome,
): CommitTicket {
  const ticket = settle(queue, position, outcome)
  if (consumer !== undefined) consumer.returnCredit()
  return ticket
}

function settle(queue: Queue, position: number, outcome: Outcome): CommitTicket {
  if (outcome === 'acked') {
    queue.tally.ack++
    return queue.settle(position)
  }
  return outcome === 'dropped' ? queue.reject(position) : queue.requeue(position, outcome === 'failed')
}
