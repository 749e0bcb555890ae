/**
 * What a broker counts of its whole life: things that came and went, how large messages are, and what those counted that
 * are gone. Metrics add what is there at present.
 */
import type { QueueType } from '../queues/arguments'
import type { Queue } from '../queues/queue'
import { DeathCounts, tallyOfQueue } from '../queues/queue-tally'
import { MessageTally } from '../structures/message-tally'
import { SizeHistogram } from '../structures/size-histogram'

/** What the queues of one type counted that were deleted. */
export interface EndedQueues {
  readonly tally: MessageTally
  readonly deaths: DeathCounts
}

export class BrokerCounters {
  readonly churn = {
    connectionsCreated: 0,
    connectionsClosed: 0,
    channelsCreated: 0,
    channelsClosed: 0,
    queuesDeclared: 0,
    queuesCreated: 0,
    queuesDeleted: 0,
  }
  readonly logins = { succeeded: 0, failed: 0 }
  /** Of channels that are closed. */
  readonly endedChannels = new MessageTally()
  readonly endedQueues = new Map<QueueType, EndedQueues>()
  readonly messageSizes = new SizeHistogram()

  queueEnded(queue: Queue): void {
    const { type } = queue.options
    let ended = this.endedQueues.get(type)
    if (ended === undefined) {
      ended = { tally: new MessageTally(), deaths: new DeathCounts() }
      this.endedQueues.set(type, ended)
    }
    tallyOfQueue(queue, ended.tally)
    if (queue.tally.deaths !== undefined) ended.deaths.addAll(queue.tally.deaths)
  }
}
