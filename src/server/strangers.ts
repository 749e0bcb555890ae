/**
 * Peers that have not said who they are yet. Anybody can be one, so there is a bound to them; and when there are too many, the
 * one that has been here for the longest goes, not the one that comes: who means well is known within milliseconds, and gets
 * in however many hold their places.
 */
import type { Logger } from '../logger'

/** One line in the log for so many that had to go. */
const TOLD_EVERY = 1000

export class Strangers<Peer> {
  /** In the order they came. */
  private readonly here = new Set<Peer>()
  private dropped = 0

  /** `max` 0: no bound. */
  constructor(
    private readonly max: number,
    private readonly logger: Logger,
    private readonly drop: (peer: Peer) => void,
  ) {}

  came(peer: Peer): void {
    this.here.add(peer)
    if (this.max === 0 || this.here.size <= this.max) return
    const [oldest] = this.here
    if (oldest === undefined) return
    this.here.delete(oldest)
    if (this.dropped++ % TOLD_EVERY === 0) {
      const { max, dropped } = this
      this.logger.warn(
        { max, dropped },
        'too many connections are not open yet: the oldest of them are dropped',
      )
    }
    this.drop(oldest)
  }

  /** It is known now, or gone. */
  left(peer: Peer): void {
    this.here.delete(peer)
  }
}
