/** A transport that can be made to stand still, in either direction: nothing is lost, it comes later. */
import type { TlsDescription, Transport, TransportEvents } from '../server/transport'

export class FaultyTransport implements Transport {
  private events: TransportEvents | undefined
  private readStalls = 0
  private writeStalls = 0
  private isPaused = false
  private isEnding = false
  private readonly read: Buffer[] = []
  private readonly unwritten: { readonly chunk: Uint8Array; readonly written: (() => void) | undefined }[] =
    []
  private unwrittenBytes = 0

  constructor(private readonly inner: Transport) {}

  get localAddress(): string {
    return this.inner.localAddress
  }

  get localPort(): number {
    return this.inner.localPort
  }

  get remoteAddress(): string {
    return this.inner.remoteAddress
  }

  get remotePort(): number {
    return this.inner.remotePort
  }

  get isFromElsewhere(): boolean {
    return this.inner.isFromElsewhere ?? false
  }

  get tls(): TlsDescription | undefined {
    return this.inner.tls
  }

  get pendingBytes(): number {
    return this.inner.pendingBytes + this.unwrittenBytes
  }

  write(chunk: Uint8Array, written?: () => void): void {
    if (this.writeStalls === 0) {
      this.inner.write(chunk, written)
      return
    }
    this.unwritten.push({ chunk, written })
    this.unwrittenBytes += chunk.length
  }

  pause(): void {
    this.isPaused = true
    this.inner.pause()
  }

  resume(): void {
    this.isPaused = false
    if (this.readStalls === 0) this.inner.resume()
  }

  end(): void {
    if (this.writeStalls === 0) this.inner.end()
    else this.isEnding = true
  }

  destroy(): void {
    this.inner.destroy()
  }

  listen(events: TransportEvents): void {
    this.events = events
    this.inner.listen({
      onData: chunk => {
        if (this.readStalls === 0) events.onData(chunk)
        else this.read.push(chunk)
      },
      onDrain: () => {
        if (this.unwrittenBytes === 0) events.onDrain()
      },
      onEnd: () => events.onEnd(),
      onClosed: cause => events.onClosed(cause),
    })
  }

  /** What the client sends stays in its socket. */
  stallReads(): void {
    this.readStalls++
    this.inner.pause()
  }

  /** As often as it was stalled. */
  goOnReading(): void {
    if (--this.readStalls > 0) return
    for (let chunk = this.read.shift(); chunk !== undefined; chunk = this.read.shift())
      this.events?.onData(chunk)
    if (!this.isPaused) this.inner.resume()
  }

  /** What is for the client stays here. */
  stallWrites(): void {
    this.writeStalls++
  }

  /** As often as it was stalled. */
  goOnWriting(): void {
    if (--this.writeStalls > 0) return
    const held = this.unwritten.splice(0)
    this.unwrittenBytes = 0
    for (const { chunk, written } of held) this.inner.write(chunk, written)
    if (held.length > 0) this.events?.onDrain()
    if (this.isEnding) this.inner.end()
  }
}
