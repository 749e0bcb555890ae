/**
 * A connection within this process: two transports, what one writes the other receives. Bytes are handed over in the
 * call that writes them unless the receiver has paused; ends and resets are left to the `Network`, as a real one reports
 * them later and never inside the call that caused them.
 *
 *      client.write ──► server.onData          paused: waits at the writer, as `pendingBytes`
 */
import type { Transport, TransportEvents } from '../../src/server/transport'

/** What happened on the wires and is to be told: run by whoever drives the simulation. */
export class Network {
  private news: (() => void)[] = []
  private ports = 40_000

  later(run: () => void): void {
    this.news.push(run)
  }

  get hasNews(): boolean {
    return this.news.length > 0
  }

  /** Returns whether there was anything to tell. */
  tell(): boolean {
    const { news } = this
    this.news = []
    for (const run of news) run()
    return news.length > 0
  }

  /** The client's and the server's end of a new connection. */
  pair(): [PairEnd, PairEnd] {
    const port = this.ports++
    const client = new PairEnd(this, port, 5672)
    const server = new PairEnd(this, 5672, port)
    client.other = server
    server.other = client
    return [client, server]
  }
}

interface Written {
  readonly bytes: Buffer
  readonly taken: (() => void) | undefined
}

export class PairEnd implements Transport {
  readonly localAddress = '127.0.0.1'
  readonly remoteAddress = '127.0.0.1'
  pendingBytes = 0
  /** Set by the network when it makes the pair. */
  other!: PairEnd
  private events: TransportEvents | undefined
  private readonly outgoing: Written[] = []
  private paused = false
  private isHandingOver = false
  private hasEnded = false
  private endIsTold = false
  private isClosed = false

  constructor(
    private readonly network: Network,
    readonly localPort: number,
    readonly remotePort: number,
  ) {}

  listen(events: TransportEvents): void {
    this.events = events
  }

  write(chunk: Uint8Array, written?: () => void): void {
    if (this.hasEnded || this.isClosed) {
      this.network.later(() => written?.())
      return
    }
    // A copy: the writer may use its chunk again, the receiver may keep views on what it got.
    this.outgoing.push({ bytes: Buffer.from(chunk), taken: written })
    this.pendingBytes += chunk.length
    this.handOver()
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    if (!this.paused) return
    this.paused = false
    this.network.later(() => this.other.handOver())
  }

  /** The other side hears of it behind all that was written. When both have ended the connection is closed. */
  end(): void {
    if (this.hasEnded) return
    this.hasEnded = true
    this.network.later(() => this.handOver())
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
    if (this.isClosed || this.outgoing.length > 0 || this.other.paused) return
    if (hadToWait) this.network.later(() => this.events?.onDrain())
    if (this.hasEnded) this.network.later(() => this.ended())
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
    this.network.later(() => this.events?.onClosed())
  }
}
