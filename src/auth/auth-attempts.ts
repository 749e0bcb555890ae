/** How many logins were tried and how they ended, by protocol: RabbitMQ's auth attempts. Plain numbers, to be looked at. */

/** RabbitMQ's names. */
export type LoginProtocol = 'amqp091' | 'http'

export interface AttemptCounts {
  attempts: number
  succeeded: number
  failed: number
}

export class AuthAttempts {
  private readonly byProtocol = new Map<LoginProtocol, AttemptCounts>()

  count(protocol: LoginProtocol, hasSucceeded: boolean): void {
    let counts = this.byProtocol.get(protocol)
    if (counts === undefined) {
      counts = { attempts: 0, succeeded: 0, failed: 0 }
      this.byProtocol.set(protocol, counts)
    }
    counts.attempts++
    if (hasSucceeded) counts.succeeded++
    else counts.failed++
  }

  /** From now on they are counted anew. */
  reset(): void {
    this.byProtocol.clear()
  }

  /** Those protocols that somebody tried. */
  [Symbol.iterator](): IterableIterator<[LoginProtocol, Readonly<AttemptCounts>]> {
    return this.byProtocol.entries()
  }
}
