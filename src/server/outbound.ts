/**
 * What goes out on one connection: frames of a turn gather in a chunk and leave in one write at its end, or when the
 * chunk is full. Says when the peer is too slow to be given more deliveries. Knows no methods.
 */
import { type ChunkSink, FrameWriter } from '../amqp/frame-writer'
import type { Turn, TurnWork } from '../turn'
import { type ChunkPool, SMALL_CHUNK_BYTES } from './chunk-pool'
import type { Transport } from './transport'

/** More than this waiting to be read by the peer: its queues keep their messages. */
const CONGESTED_BYTES = 1024 * 1024

export class Outbound implements ChunkSink, TurnWork {
  /** Deliveries must wait until `drained`. */
  congested = false
  bytesSent = 0
  chunksSent = 0
  private readonly writer = new FrameWriter(this)
  private marked = false
  private isBusy = false
  private isHushed = false

  constructor(
    private readonly transport: Transport,
    private readonly pool: ChunkPool,
    private readonly turn: Turn,
  ) {}

  /** For writing frames: they leave at the end of this turn. */
  frames(): FrameWriter {
    if (!this.marked) {
      this.marked = true
      this.turn.flush(this)
    }
    return this.writer
  }

  set frameMax(frameMax: number) {
    this.writer.frameMax = frameMax
  }

  /** Hands what was written to the transport now. */
  runTurn(): void {
    this.marked = false
    const { writer } = this
    const used = writer.offset
    this.isBusy = used > SMALL_CHUNK_BYTES / 2
    if (used > 0) this.hand(writer.bytes, used)
    else this.pool.give(writer.bytes)
    writer.bytes = NO_CHUNK
    writer.offset = 0
  }

  nextChunk(bytes: Buffer, used: number, room: number): Buffer {
    if (used > 0) this.hand(bytes, used)
    else this.pool.give(bytes)
    return this.pool.take(room, this.isBusy || used > 0)
  }

  passOn(bytes: Buffer): void {
    this.write(bytes)
  }

  drained(): void {
    this.congested = this.isHushed
  }

  get hushed(): boolean {
    return this.isHushed
  }

  /** What was said so far still goes out; nothing is said or delivered from now on. */
  hush(): void {
    if (this.marked) this.runTurn()
    this.congested = this.isHushed = true
  }

  /** What would have been said meanwhile is forgotten. */
  speak(): void {
    if (this.marked) this.runTurn()
    this.isHushed = false
  }

  private hand(bytes: Buffer, used: number): void {
    const { pool } = this
    this.write(bytes.subarray(0, used), () => pool.give(bytes))
  }

  private write(bytes: Buffer, written?: () => void): void {
    if (this.isHushed) {
      written?.()
      return
    }
    this.bytesSent += bytes.length
    this.chunksSent++
    this.transport.write(bytes, written)
    if (this.transport.pendingBytes > CONGESTED_BYTES) this.congested = true
  }
}

const NO_CHUNK = Buffer.alloc(0)
