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

/** What a connection received and sent: bytes, and how often its socket was read and written. */
export interface Traffic {
  bytesReceived: number
  bytesSent: number
  chunksReceived: number
  chunksSent: number
}

export function noTraffic(): Traffic {
  return { bytesReceived: 0, bytesSent: 0, chunksReceived: 0, chunksSent: 0 }
}

export function addTraffic(into: Traffic, traffic: Readonly<Traffic>): void {
  into.bytesReceived += traffic.bytesReceived
  into.bytesSent += traffic.bytesSent
  into.chunksReceived += traffic.chunksReceived
  into.chunksSent += traffic.chunksSent
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
  /** Of channels that are closed. */
  readonly endedChannels = new MessageTally()
  readonly endedTraffic = noTraffic()
  /** Messages that went to queues: those that went to two count twice. */
  routed = 0
  readonly endedQueues = new Map<QueueType, EndedQueues>()
  readonly messageSizes = new SizeHistogram()

  connectionEnded(traffic: Readonly<Traffic>): void {
    this.churn.connectionsClosed++
    addTraffic(this.endedTraffic, traffic)
  }

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
