/**
 * What a queue counts for those who watch it: RabbitMQ's message_stats, the exchanges its messages came from, and what
 * died in it. Deliveries are counted by its consumers; they are added here when one leaves.
 */
import { MessageTally } from '../structures/message-tally'
import type { Consumers } from './consumers'
import type { DeathReason } from './dead-letter'
import type { QueueOptions } from './options'

/** RabbitMQ's names. */
export type DeathStrategy = 'disabled' | 'at_most_once' | 'at_least_once'

/** Exchanges that are told apart; a peer may make any number of them, one after the other. */
const SOURCES_MAX = 256

export class QueueTally extends MessageTally {
  /** By the name of the exchange; undefined: nothing came so far. */
  sources: Map<string, number> | undefined = undefined
  /** Undefined: nothing died so far. */
  deaths: DeathCounts | undefined = undefined

  /** Messages were published to an exchange that leads here. */
  cameFrom(exchange: string, count: number): void {
    this.publish += count
    this.sources ??= new Map()
    const before = this.sources.get(exchange)
    if (before === undefined && this.sources.size >= SOURCES_MAX) this.forgetOldestSource(this.sources)
    this.sources.set(exchange, (before ?? 0) + count)
  }

  died(reason: DeathReason, options: QueueOptions): void {
    this.deaths ??= new DeathCounts()
    this.deaths.add(reason, strategyOf(options), 1)
  }

  private forgetOldestSource(sources: Map<string, number>): void {
    for (const oldest of sources.keys()) {
      sources.delete(oldest)
      return
    }
  }
}

/** Dead messages by reason and by what the queue does with such. */
export class DeathCounts {
  private readonly counts = new Map<DeathStrategy, Record<DeathReason, number>>()

  of(reason: DeathReason, strategy: DeathStrategy): number {
    return this.counts.get(strategy)?.[reason] ?? 0
  }

  add(reason: DeathReason, strategy: DeathStrategy, count: number): void {
    let byReason = this.counts.get(strategy)
    if (byReason === undefined) {
      byReason = { rejected: 0, expired: 0, maxlen: 0, delivery_limit: 0 }
      this.counts.set(strategy, byReason)
    }
    byReason[reason] += count
  }

  addAll(other: DeathCounts): void {
    for (const [strategy, byReason] of other.counts) {
      for (const reason of DEATH_REASONS) this.add(reason, strategy, byReason[reason])
    }
  }
}

export const DEATH_REASONS = ['rejected', 'expired', 'maxlen', 'delivery_limit'] as const

/** Adds all that was counted at a queue, by itself and by its present consumers. */
export function tallyOfQueue(queue: { tally: QueueTally; consumers: Consumers }, into: MessageTally): void {
  into.add(queue.tally)
  if (queue.consumers.count === 0) return
  for (const consumer of queue.consumers.all()) into.addDelivered(consumer)
}

function strategyOf({ deadLetterExchange, deadLetterStrategy }: QueueOptions): DeathStrategy {
  if (deadLetterExchange === undefined) return 'disabled'
  return deadLetterStrategy === 'at-least-once' ? 'at_least_once' : 'at_most_once'
}
