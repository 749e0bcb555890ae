/**
 * Takes out of memory what queues have there for consumers that do not take. A queue keeps some hundred KiB near its head and
 * its end: of ten queues nobody notices, of ten thousand it is all the memory there is.
 */
import type { Queue } from '../../queues/queue'
import type { Vhost } from '../vhost'

/** Most have nothing to give. */
const QUEUES_AT_ONCE = 5000

export class IdleQueues {
  private round: Iterator<Queue> | undefined

  constructor(private readonly vhosts: () => ReadonlyMap<string, Vhost>) {}

  /** Some of the queues, from where it ended the last time. */
  rest(): void {
    this.round ??= this.queues()
    for (let rested = 0; rested < QUEUES_AT_ONCE; rested++) {
      const { value: queue, done } = this.round.next()
      if (done === true) {
        this.round = undefined
        return
      }
      if (queue.consumers.isIdle) queue.backlog.rest()
    }
  }

  private *queues(): Generator<Queue, undefined> {
    for (const vhost of this.vhosts().values()) yield* vhost.queues.values()
  }
}
