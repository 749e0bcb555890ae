/**
 * What comes in on one connection: the protocol header, then frames, as much per turn as is this connection's share.
 *
 * libuv reads up to 32 chunks from one socket before it looks at the next: a publisher running free would get 2 MiB in
 * before anyone's acknowledgement is seen. So a connection is read once per turn; what it sent beyond that waits in
 * its socket, and TCP slows the sender down.
 */
import { type FrameHandler, FrameParser } from '../amqp/frame-parser'
import { type TurnWork, WORK_PER_TURN } from '../turn'
import type { ReadingOrder } from './reading-order'
import type { Transport } from './transport'

const PROTOCOL_HEADER_BYTES = 8

export interface InputReceiver extends FrameHandler {
  /** The first bytes: fewer than eight when they cannot become a header. False: nothing after them counts. */
  protocolHeader(bytes: Buffer): boolean
  /** Something thrown by this receiver or by the parser. */
  inputFailed(error: unknown): void
}

export class Input implements TurnWork {
  bytesReceived = 0
  chunksReceived = 0
  private readonly parser: FrameParser
  private header: Buffer | undefined = Buffer.alloc(0)
  private readonly waiting: Buffer[] = []
  /** Of the last chunk. */
  private lastBytes = 0
  private holds = 0
  private isDeaf = false
  private marked = false
  private workLeft = WORK_PER_TURN

  constructor(
    private readonly transport: Transport,
    private readonly order: ReadingOrder,
    private readonly receiver: InputReceiver,
    frameMaxBeforeTune: number,
  ) {
    this.parser = new FrameParser(receiver, frameMaxBeforeTune)
  }

  /** Nothing is taken in at present, on our own account. */
  get isHeld(): boolean {
    return this.holds > 0
  }

  set frameMax(frameMax: number) {
    this.parser.frameMax = frameMax
  }

  receive(chunk: Buffer): void {
    this.bytesReceived += chunk.length
    this.chunksReceived++
    this.lastBytes = chunk.length
    if (this.isDeaf) return
    if (this.holds > 0 || this.waiting.length > 0 || this.parser.hasInput) {
      this.waiting.push(chunk)
      this.transport.pause()
      return
    }
    this.take(chunk)
    this.rest()
  }

  /** Work was done for what came in. Beyond a connection's share the rest of a chunk waits for the next turn. */
  spend(units: number): void {
    this.workLeft -= units
    if (this.workLeft <= 0) this.parser.paused = true
  }

  /** Nothing further is taken in until `release`, as often as it was called. */
  hold(): void {
    this.holds++
    this.parser.paused = true
  }

  release(): void {
    this.holds--
    if (this.holds === 0) this.rest()
  }

  /** Whatever still comes is thrown away. */
  goDeaf(): void {
    this.isDeaf = true
    this.parser.paused = true
    this.waiting.length = 0
    this.transport.resume()
  }

  /** The turn is over: on with what waits, then with the socket. */
  runTurn(): void {
    this.marked = false
    if (this.isDeaf || this.holds > 0) return
    this.goOn()
    if (this.isDeaf || this.holds > 0) return
    if (this.waiting.length > 0 || this.parser.hasInput) this.rest()
    else this.transport.resume()
  }

  private goOn(): void {
    this.parser.paused = false
    this.workLeft = WORK_PER_TURN
    try {
      if (this.parser.hasInput) this.parser.resume()
      else {
        const chunk = this.waiting.shift()
        if (chunk !== undefined) this.parser.push(chunk)
      }
    } catch (error) {
      this.receiver.inputFailed(error)
    }
  }

  private take(chunk: Buffer): void {
    try {
      const rest = this.header === undefined ? chunk : this.takeHeader(this.header, chunk)
      if (rest !== undefined) this.parser.push(rest)
    } catch (error) {
      this.receiver.inputFailed(error)
    }
  }

  /** Returns what came behind the protocol header, if it is complete and spoken. */
  private takeHeader(begun: Buffer, chunk: Buffer): Buffer | undefined {
    const missing = PROTOCOL_HEADER_BYTES - begun.length
    const header = Buffer.concat([begun, chunk.subarray(0, missing)])
    this.header = header
    if (!this.receiver.protocolHeader(header)) return undefined
    if (header.length < PROTOCOL_HEADER_BYTES) return undefined
    this.header = undefined
    return chunk.subarray(missing)
  }

  /** Leaves the socket alone until the others had their turn. */
  private rest(): void {
    if (this.marked || this.isDeaf) return
    this.marked = true
    this.transport.pause()
    this.order.enter(this, this.lastBytes)
  }
}
