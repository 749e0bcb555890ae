/**
 * Connections whose bytes move when they are told to: in pieces of any size, stalled in either direction, cut at any
 * byte. Nothing is ever told to the broker inside a call of its own.
 */

import type { Transport, TransportEvents } from '../../../src/server/transport'
import type { Random } from '../../crash/random'

/** How a connection's bytes arrive. */
export type Splits = 'whole' | 'pieces' | 'bytes'

interface Written {
  readonly bytes: Uint8Array
  readonly taken: (() => void) | undefined
}

export class Link implements Transport {
  readonly localAddress = '127.0.0.1'
  readonly remoteAddress = '127.0.0.1'
  readonly localPort = 5672
  pendingBytes = 0
  isCut = false
  readonly stalled = { toServer: false, toClient: false }
  private toServer: Buffer[] = []
  private toClient: Written[] = []
  private events: TransportEvents | undefined
  private isPaused = false
  private hasEnded = false
  private clientEnded = false
  private endIsTold = false
  private news: (() => void)[] = []

  constructor(
    readonly remotePort: number,
    private readonly random: Random,
    public splits: Splits,
    /** The client's end. */
    private readonly client: { received(bytes: Buffer): void; ended(): void },
  ) {}

  /** Whether anything is under way that could move. */
  get isBusy(): boolean {
    if (this.news.length > 0) return true
    if (this.isCut) return false
    const comes = this.toServer.length > 0 || (this.clientEnded && !this.endIsTold)
    if (comes && !this.stalled.toServer && !this.isPaused) return true
    return (this.toClient.length > 0 || this.hasEnded) && !this.stalled.toClient
  }

  listen(events: TransportEvents): void {
    this.events = events
  }

  write(chunk: Uint8Array, written?: () => void): void {
    if (this.hasEnded || this.isCut) {
      this.news.push(() => written?.())
      return
    }
    // Not copied: what the broker writes again too early, the client will find damaged.
    this.toClient.push({ bytes: chunk, taken: written })
    this.pendingBytes += chunk.length
  }

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
  }

  end(): void {
    this.hasEnded = true
  }

  /** A reset, from either side. */
  destroy(): void {
    if (this.isCut) return
    this.isCut = true
    this.toServer = []
    this.toClient = []
    this.pendingBytes = 0
    this.news.push(
      () => this.events?.onClosed(),
      () => this.client.ended(),
    )
  }

  /** The broker's machine is gone: nobody there hears of anything any more. */
  vanish(): void {
    this.isCut = true
    this.news = []
    this.client.ended()
  }

  send(bytes: Buffer): void {
    if (!this.isCut && !this.clientEnded) this.toServer.push(bytes)
  }

  /** The client sends nothing more. */
  endClient(): void {
    this.clientEnded = true
  }

  /** Moves some of what is under way. */
  move(): void {
    const { news } = this
    this.news = []
    for (const tell of news) tell()
    if (this.isCut) return
    if (!this.stalled.toServer && !this.isPaused) this.moveIn()
    if (!this.isCut && !this.stalled.toClient) this.moveOut()
  }

  private moveIn(): void {
    const bytes = this.toServer.length > 0 ? Buffer.concat(this.toServer) : undefined
    if (bytes === undefined) {
      if (this.clientEnded && !this.endIsTold) {
        this.endIsTold = true
        this.events?.onEnd()
      }
      return
    }
    const size = this.piece(bytes.length)
    this.toServer = size < bytes.length ? [bytes.subarray(size)] : []
    // A chunk is the receiver's, and nobody else's.
    this.events?.onData(Buffer.from(bytes.subarray(0, size)))
  }

  private moveOut(): void {
    const written = this.toClient.shift()
    if (written !== undefined) {
      const size = this.piece(written.bytes.length)
      const rest = written.bytes.subarray(size)
      this.client.received(Buffer.from(written.bytes.subarray(0, size)))
      this.pendingBytes -= size
      if (rest.length > 0) this.toClient.unshift({ bytes: rest, taken: written.taken })
      else written.taken?.()
      if (this.toClient.length === 0 && !this.isCut) this.events?.onDrain()
      return
    }
    if (this.hasEnded) this.destroy()
  }

  /** Often small, but a large write is through after some pieces. */
  private piece(length: number): number {
    if (this.splits === 'whole' || this.random.chance(0.1)) return length
    return Math.min(
      length,
      this.splits === 'bytes' ? this.random.between(1, 7) : this.random.magnitude(1, 4096),
    )
  }
}
