/**
 * In which part of the time a queue could hand over what waits: RabbitMQ's consumer capacity. 1 says that no message ever
 * waited for consumers, less that more of them, or a larger prefetch, would take messages sooner.
 *
 * RabbitMQ adds up the time; here each sampling looks whether the queue is held back at that moment, which costs messages
 * nothing. What is told is an average over those looks, of which the last ten seconds weigh half: with a sampling each
 * second it is within some 0.1 of the truth, unless messages come in step with the samplings.
 */
import type { Queue } from '../queues/queue'

const HALF_LIFE_MS = 10_000

interface Kept {
  average: number
  /** Of the looks so far, each of which weighed 1 when it was the last. */
  weight: number
  /** When it was looked at last, in milliseconds since the epoch. */
  at: number
}

export class ConsumerCapacity {
  private readonly kept = new WeakMap<Queue, Kept>()

  sample(queue: Queue, now: number): void {
    if (queue.consumers.count === 0) return
    const seen = isHeldBack(queue) ? 0 : 1
    const kept = this.kept.get(queue)
    if (kept === undefined) {
      this.kept.set(queue, { average: seen, weight: 1, at: now })
      return
    }
    // A clock that was set back has no time passed; after a long time without consumers only this look counts.
    const passed = Math.max(0, now - kept.at)
    kept.weight = kept.weight * 2 ** (-passed / HALF_LIFE_MS) + 1
    kept.average += (seen - kept.average) / kept.weight
    kept.at = now
  }

  /** From 0 to 1; without consumers 0, as RabbitMQ has it. Of one that was not sampled yet, what is seen now. */
  of(queue: Queue): number {
    if (queue.consumers.count === 0) return 0
    return this.kept.get(queue)?.average ?? (isHeldBack(queue) ? 0 : 1)
  }
}

/** Something waits, and it is the consumers who do not take it. */
function isHeldBack({ consumers, messageCount }: Queue): boolean {
  return messageCount > 0 && consumers.isIdle
}
