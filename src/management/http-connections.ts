/**
 * The connections of an HTTP server, of which there are only so many. Anybody can open one and say nothing. With one too many
 * the oldest goes on which nobody has logged in, not the one that comes: who means well asks at once, and is answered
 * however many hold their places.
 */
import type { Socket } from 'node:net'
import type { Logger } from '../logger'

/** One line in the log for so many that had to go. */
const TOLD_EVERY = 1000

export class HttpConnections {
  /** By the addresses of both ends: there is no way back from a TLS socket to the one beneath. */
  private readonly here = new Map<string, Socket>()
  /** Those on which nobody has logged in, in the order they came. */
  private readonly strangers = new Set<string>()
  private dropped = 0

  /** `max` 0: no bound. */
  constructor(
    private readonly max: number,
    private readonly logger: Logger,
  ) {}

  get count(): number {
    return this.here.size
  }

  came(socket: Socket): void {
    const ends = endsOf(socket)
    this.here.set(ends, socket)
    this.strangers.add(ends)
    socket.once('close', () => {
      if (this.here.get(ends) === socket) this.forget(ends)
    })
    if (this.max > 0 && this.here.size > this.max) this.dropOldest()
  }

  /** Somebody has logged in on it. */
  known(socket: Socket): void {
    this.strangers.delete(endsOf(socket))
  }

  /** It speaks HTTP no more. */
  left(socket: Socket): void {
    this.forget(endsOf(socket))
  }

  private forget(ends: string): void {
    this.here.delete(ends)
    this.strangers.delete(ends)
  }

  /** There is one: who has just come is a stranger. */
  private dropOldest(): void {
    const [oldest] = this.strangers
    if (oldest === undefined) return
    const socket = this.here.get(oldest)
    this.forget(oldest)
    if (this.dropped++ % TOLD_EVERY === 0) {
      const { max, dropped } = this
      this.logger.warn(
        { max, dropped },
        'too many HTTP connections: the oldest on which nobody has logged in are dropped',
      )
    }
    socket?.destroy()
  }
}

function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`
}
