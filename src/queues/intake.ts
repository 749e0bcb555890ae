/**
 * How a message comes into a queue: straight to a consumer when nothing waits and one has credit, else to the others that
 * wait; or not at all, when there are too many of them.
 */
import type { Message } from '../message'
import { type CommitTicket, NOTHING_TO_WAIT_FOR } from '../store/message-store'
import type { Backlog } from './backlog'
import type { Consumer } from './consumer'
import type { Consumers } from './consumers'
import type { DeadLetterSink, DyingQueue } from './dead-letter'
import { NO_DEADLINE } from './deadlines'
import { type Entries, NO_POSITION } from './entries'
import type { QueueTally } from './queue-tally'
import type { Rules } from './rules'

/** The answer for a message that the queue does not take (x-overflow: reject-publish). */
export const REFUSED: CommitTicket = -1

/** What this needs of its queue. */
export interface OpenQueue extends DyingQueue {
  readonly ready: Entries
  readonly consumers: Consumers
  readonly counters: { enqueued: number; delivered: number; settled: number; unacked: number }
  readonly tally: QueueTally
  readonly around: { readonly deadLetters: DeadLetterSink }
}

export class Intake {
  private readonly ready: Entries
  private readonly consumers: Consumers
  private readonly counters: OpenQueue['counters']

  constructor(
    private readonly queue: OpenQueue,
    private readonly backlog: Backlog,
    private readonly rules: Rules,
  ) {
    this.ready = queue.ready
    this.consumers = queue.consumers
    this.counters = queue.counters
  }

  /** Returns the ticket that makes the message safe, or REFUSED. */
  take(message: Message): CommitTicket {
    if (!this.rules.admitAll || message.ttl >= 0) return this.takeByRules(message)
    this.counters.enqueued++
    if (this.ready.length === 0) {
      const consumer = this.consumers.next()
      if (consumer !== undefined) return this.handOver(message, consumer, NO_DEADLINE)
    }
    return this.backlog.waits(message, this.ready.append(message))
  }

  private takeByRules(message: Message): CommitTicket {
    const { ready, rules } = this
    if (rules.refuses(message)) return this.refuse(message)
    const original = rules.original(message)
    // A duplicate is as safe as the message it repeats.
    if (original !== undefined) return ready.segmentAt(original).ticket
    this.counters.enqueued++
    const deadline = rules.deadlineFor(message)
    if (ready.length === 0) {
      const consumer = this.consumers.next()
      if (consumer !== undefined) return this.handOver(message, consumer, deadline)
    }
    const position = ready.append(message, deadline)
    const ticket = this.backlog.waits(message, position)
    rules.entered(position, message.persistent)
    rules.waits(position, deadline)
    return ticket
  }

  private refuse(message: Message): CommitTicket {
    const { queue } = this
    if (this.rules.deadLettersRefused) queue.tally.died('maxlen', queue.options)
    if (this.rules.deadLettersRefused && queue.options.deadLetterExchange !== undefined) {
      queue.around.deadLetters.buryRefused(queue, message, 'maxlen')
    }
    return REFUSED
  }

  private handOver(message: Message, consumer: Consumer, deadline: number): CommitTicket {
    this.counters.delivered++
    if (consumer.noAck) {
      this.counters.settled++
      consumer.deliver(message, NO_POSITION, false)
      return NOTHING_TO_WAIT_FOR
    }
    const position = this.ready.appendTaken(message, deadline)
    this.counters.unacked++
    const ticket = this.backlog.keep(message, position)
    if (!this.rules.admitAll) this.rules.entered(position, message.persistent)
    consumer.deliver(message, position, false)
    return ticket
  }
}
