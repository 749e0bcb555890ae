/**
 * A transport that can be made to stand still, in either direction: nothing is lost, it comes later. And one that can be cut
 * behind a certain frame: what comes before it passes, what comes after does not.
 *
 *     client ──► received ──► the broker takes it in ──► `resume`: all of it was taken
 *            ◄── sent ◄── what the broker writes
 */
import { MethodId } from '../../amqp/methods'
import type { TlsDescription, Transport, TransportEvents } from '../../server/transport'
import { FrameWalk } from './frame-walk'

export type Direction = 'received' | 'sent'

/** What happens behind a frame. */
export interface Cut {
  /** Nothing is said any more. Otherwise the connection is closed, and ends in order. */
  readonly isSilent: boolean
  end(): void
}

/** Hears of each frame before anything behind it passes; not of heartbeats, which come when they like. */
export type FramePassed = (transport: FaultyTransport, direction: Direction) => Cut | undefined

interface Unwritten {
  readonly chunk: Uint8Array
  readonly written: (() => void) | undefined
}

export class FaultyTransport implements Transport {
  private events: TransportEvents | undefined
  private readStalls = 0
  private writeStalls = 0
  private isPaused = false
  private isEnding = false
  private readonly read: Buffer[] = []
  private readonly unwritten: Unwritten[] = []
  private unwrittenBytes = 0
  private readonly incoming = new FrameWalk()
  private readonly outgoing = new FrameWalk()
  /** To be done when all that passed was taken in. */
  private whenTaken: (() => void) | undefined
  private isCut = false
  /** Nothing is sent before the connection's close. */
  private isClosing = false

  constructor(
    private readonly inner: Transport,
    /** Connections are counted from 1. */
    readonly number: number,
    private readonly passed: FramePassed,
  ) {}

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
      this.send(chunk, written)
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
    const { whenTaken } = this
    this.whenTaken = undefined
    whenTaken?.()
    if (this.readStalls === 0) this.inner.resume()
  }

  end(): void {
    if (this.isCut) this.inner.destroy()
    else if (this.writeStalls === 0) this.inner.end()
    else this.isEnding = true
  }

  destroy(): void {
    this.inner.destroy()
  }

  listen(events: TransportEvents): void {
    this.events = events
    this.inner.listen({
      onData: chunk => {
        if (this.readStalls === 0) this.receive(chunk)
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
    // One of them may be the last that passes.
    while (this.readStalls === 0 && this.read.length > 0) this.receive(this.read.shift() as Buffer)
    if (this.readStalls === 0 && !this.isPaused) this.inner.resume()
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
    for (const { chunk, written } of held) this.send(chunk, written)
    if (held.length > 0) this.events?.onDrain()
    if (this.isEnding) this.end()
  }

  private receive(chunk: Buffer): void {
    if (this.isCut) return
    let end = this.incoming.next(chunk, 0)
    while (end !== -1) {
      const cut = this.incoming.isHeartbeat ? undefined : this.passed(this, 'received')
      if (cut !== undefined) {
        this.cutReceiving(cut, chunk, end)
        return
      }
      end = this.incoming.next(chunk, end)
    }
    this.events?.onData(chunk)
  }

  /** What passed is taken in to its end, which may be some turns away; nothing of it is answered when it is a drop. */
  private cutReceiving(cut: Cut, chunk: Buffer, end: number): void {
    this.stallReads()
    this.isCut = cut.isSilent
    this.whenTaken = () => {
      cut.end()
      if (!cut.isSilent) this.goOnReading()
    }
    if (end < chunk.length) this.read.unshift(chunk.subarray(end))
    this.events?.onData(chunk.subarray(0, end))
  }

  private send(chunk: Uint8Array, written?: () => void): void {
    if (this.isCut) {
      written?.()
      return
    }
    let end = this.outgoing.next(chunk, 0)
    let start = 0
    while (end !== -1) {
      if (this.isClosing) {
        if (isClose(this.outgoing.method)) {
          this.isClosing = false
          this.inner.write(chunk.subarray(start), written)
          return
        }
      } else {
        const cut = this.outgoing.isHeartbeat ? undefined : this.passed(this, 'sent')
        if (cut !== undefined) {
          this.cutSending(cut, chunk.subarray(0, end), written)
          return
        }
      }
      start = end
      end = this.outgoing.next(chunk, end)
    }
    if (this.isClosing) written?.()
    else this.inner.write(chunk, written)
  }

  private cutSending(cut: Cut, chunk: Uint8Array, written?: () => void): void {
    if (cut.isSilent) {
      this.isCut = true
      this.stallReads()
      this.inner.write(chunk, () => {
        written?.()
        cut.end()
      })
      return
    }
    this.isClosing = true
    this.inner.write(chunk, written)
    // Not in the middle of what is being written.
    queueMicrotask(() => cut.end())
  }
}

function isClose(method: number): boolean {
  return method === MethodId.connectionClose || method === MethodId.connectionCloseOk
}
