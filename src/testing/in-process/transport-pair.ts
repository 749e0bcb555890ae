/**
 * A connection within this process: two transports, what one writes the other receives. Who drives it says when: bytes are
 * carried as its `Wires` see fit, unless the receiver has paused; ends and resets come later, as a real network reports them,
 * and never inside the call that caused them.
 *
 *      client.write ──► carry ──► server.onData          paused: waits at the writer, as `pendingBytes`
 */
import type { Transport, TransportEvents } from '../../server/transport'
import type { Turn } from '../../turn'

export interface Wires {
  /** Bytes were written. */
  carry(run: () => void): void
  /** Something happened that is to be told; in the order in which it came. */
  later(run: () => void): void
}

// As the test runner found it: a test may put a clock of its own in its place.
export const soon = process.nextTick

/**
 * What is written arrives a turn of the broker later, as if the system had passed it on: whoever wrote has heard that it is
 * written before an answer comes. And never inside the turn, which an error of the receiver would break off.
 */
export function turnWires(turn: Turn): Wires {
  const later = (run: () => void) => turn.readOn({ runTurn: () => soon(run) })
  return { carry: later, later }
}

interface Written {
  readonly bytes: Buffer
  readonly taken: (() => void) | undefined
}

/** The client's and the server's end of a new connection. */
export function transportPair(wires: Wires, clientPort: number): [PairEnd, PairEnd] {
  const client = new PairEnd(wires, clientPort, 5672)
  const server = new PairEnd(wires, 5672, clientPort)
  client.other = server
  server.other = client
  return [client, server]
}

export class PairEnd implements Transport {
  readonly localAddress = '127.0.0.1'
  readonly remoteAddress = '127.0.0.1'
  pendingBytes = 0
  /** Set when the pair is made. */
  other!: PairEnd
  private events: TransportEvents | undefined
  private readonly outgoing: Written[] = []
  private paused = false
  private isHandingOver = false
  private hasEnded = false
  private endIsTold = false
  private isClosed = false

  constructor(
    private readonly wires: Wires,
    readonly localPort: number,
    readonly remotePort: number,
  ) {}

  listen(events: TransportEvents): void {
    this.events = events
  }

  write(chunk: Uint8Array, written?: () => void): void {
    if (this.hasEnded || this.isClosed) {
      this.wires.later(() => written?.())
      return
    }
    // A copy: the writer may use its chunk again, the receiver may keep views on what it got.
    this.outgoing.push({ bytes: Buffer.from(chunk), taken: written })
    this.pendingBytes += chunk.length
    if (this.outgoing.length === 1) this.wires.carry(() => this.handOver())
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    if (!this.paused) return
    this.paused = false
    this.wires.later(() => this.other.handOver())
  }

  /** The other side hears of it behind all that was written. When both have ended the connection is closed. */
  end(): void {
    if (this.hasEnded) return
    this.hasEnded = true
    this.wires.later(() => this.handOver())
  }

  /** A reset: what is under way is lost. */
  destroy(): void {
    for (const end of [this, this.other]) end.close()
  }

  private handOver(): void {
    if (this.isHandingOver) return
    this.isHandingOver = true
    const hadToWait = this.pendingBytes > 0
    while (this.outgoing.length > 0 && !this.other.paused && !this.isClosed) {
      const { bytes, taken } = this.outgoing.shift()!
      this.pendingBytes -= bytes.length
      this.other.events?.onData(bytes)
      taken?.()
    }
    this.isHandingOver = false
    if (this.isClosed || this.outgoing.length > 0) return
    if (hadToWait) this.wires.later(() => this.events?.onDrain())
    if (this.hasEnded && !this.other.paused) this.wires.later(() => this.ended())
  }

  private ended(): void {
    if (this.isClosed || this.endIsTold) return
    this.endIsTold = true
    if (this.other.endIsTold) this.destroy()
    else this.other.events?.onEnd()
  }

  private close(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.outgoing.length = 0
    this.pendingBytes = 0
    this.wires.later(() => this.events?.onClosed())
  }
}
