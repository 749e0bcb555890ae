/** A transport that is listened in on: whoever observes hears of everything just before the broker or the peer does. */
import type { TlsDescription, Transport, TransportEvents } from '../server/transport'

/** What it is told is only lent: the bytes are another's when it returns. */
export interface TransportObserver {
  received?(chunk: Uint8Array): void
  sent?(chunk: Uint8Array): void
  /** The peer is gone or says nothing more. Called once. */
  ended?(): void
}

export class ObservedTransport implements Transport {
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
  readonly isFromElsewhere: boolean
  readonly tls: TlsDescription | undefined
  private hasEnded = false

  constructor(
    private readonly inner: Transport,
    private readonly observers: readonly TransportObserver[],
  ) {
    this.localAddress = inner.localAddress
    this.localPort = inner.localPort
    this.remoteAddress = inner.remoteAddress
    this.remotePort = inner.remotePort
    this.isFromElsewhere = inner.isFromElsewhere ?? false
    this.tls = inner.tls
  }

  get pendingBytes(): number {
    return this.inner.pendingBytes
  }

  listen(events: TransportEvents): void {
    this.inner.listen({
      onData: chunk => {
        for (const observer of this.observers) observer.received?.(chunk)
        events.onData(chunk)
      },
      onDrain: () => events.onDrain(),
      onEnd: () => {
        this.tellEnd()
        events.onEnd()
      },
      onClosed: cause => {
        this.tellEnd()
        events.onClosed(cause)
      },
    })
  }

  write(chunk: Uint8Array, written?: () => void): void {
    for (const observer of this.observers) observer.sent?.(chunk)
    this.inner.write(chunk, written)
  }

  pause(): void {
    this.inner.pause()
  }

  resume(): void {
    this.inner.resume()
  }

  end(): void {
    this.inner.end()
  }

  destroy(): void {
    this.inner.destroy()
  }

  private tellEnd(): void {
    if (this.hasEnded) return
    this.hasEnded = true
    for (const observer of this.observers) observer.ended?.()
  }
}
